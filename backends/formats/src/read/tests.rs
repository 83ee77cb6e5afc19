//! Every kind of file that is none to read, each refused at once and in words.

use std::io::Write;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::*;

fn refused(path: &Path) -> String {
    let begin = Instant::now();
    let error = bytes(path, Limit::VERSION_FILE).unwrap_err();
    assert!(begin.elapsed() < Duration::from_secs(1), "{error}");
    assert!(error.is_special());
    error.reason()
}

fn sparse(folder: &TempDir, length: u64) -> std::path::PathBuf {
    let path = folder.path().join("sparse");
    File::create(&path).unwrap().set_len(length).unwrap();
    path
}

#[test]
fn what_is_no_regular_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (pipe, socket, link) = (folder.path().join("pipe"), folder.path().join("socket"), folder.path().join("link"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let _listening = UnixListener::bind(&socket).unwrap();
    symlink("/dev/zero", &link).unwrap();
    assert_eq!(refused(&pipe), "it is a named pipe, not a regular file");
    assert_eq!(refused(&socket), "it is a socket, not a regular file");
    assert_eq!(refused(&link), "it is a device, not a regular file");
    assert_eq!(refused(folder.path()), "it is a directory, not a regular file");
    symlink("pipe", folder.path().join("to-pipe")).unwrap();
    assert_eq!(refused(&folder.path().join("to-pipe")), "it is a named pipe, not a regular file");
}

#[test]
fn a_size_beyond_the_limit_is_told_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(refused(&sparse(&folder, 200 << 20)), "it is 200 MiB; at most 1 MiB is read");
    assert_eq!(refused(&sparse(&folder, (1 << 20) + 1)), "it is larger than 1 MiB");
    assert_eq!(refused(&sparse(&folder, 3 << 30)), "it is 3 GiB; at most 1 MiB is read");
    assert_eq!(bytes(sparse(&folder, 1 << 20), Limit::VERSION_FILE).unwrap().unwrap().len(), 1 << 20);
}

#[test]
fn a_file_that_says_it_is_empty_and_is_not_is_bounded() {
    let endless = Path::new("/proc/self/mountinfo");
    if endless.exists() {
        let error = bytes(endless, Limit::of_bytes(3)).unwrap_err();
        assert_eq!(error.to_string(), "could not read `/proc/self/mountinfo`: it is larger than 3 bytes");
    }
}

#[test]
fn a_file_that_was_opened_elsewhere_is_checked_as_well() {
    let zero = File::open("/dev/zero").unwrap();
    assert_eq!(
        all(&zero, "it", Limit::NOTE).unwrap_err().to_string(),
        "could not read `it`: it is a device, not a regular file"
    );
}

#[test]
fn links_are_followed_or_refused_as_asked() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    File::create(&file).unwrap().write_all(b"3.12\n").unwrap();
    symlink("file", &link).unwrap();
    assert_eq!(text(&link, Limit::VERSION_FILE).unwrap().unwrap(), "3.12\n");
    assert_eq!(text_no_follow(&file, Limit::VERSION_FILE).unwrap().unwrap(), "3.12\n");
    let error = text_no_follow(&link, Limit::VERSION_FILE).unwrap_err();
    assert_eq!(error.reason(), "it is a symbolic link, and links are not followed there");
}

#[test]
fn what_is_not_there_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let dangling = folder.path().join("dangling");
    symlink("nowhere", &dangling).unwrap();
    assert!(bytes(folder.path().join("none"), Limit::NOTE).unwrap().is_none());
    assert!(bytes(&dangling, Limit::NOTE).unwrap().is_none());
    assert!(start(&dangling, 10).unwrap().is_none());
}

#[test]
fn the_start_of_a_file_of_any_size_is_enough_for_some() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(start(sparse(&folder, 8 << 30), 4).unwrap().unwrap(), [0; 4]);
    assert!(start(folder.path(), 4).is_err());
}

#[test]
fn text_that_is_none_is_placed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    File::create(&file).unwrap().write_all(b"a\nb\xff\n").unwrap();
    assert_eq!(text(&file, Limit::NOTE).unwrap_err().reason(), "line 2 is not valid UTF-8");
}

#[test]
fn what_a_listing_called_a_regular_file_is_read_only_if_it_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let (pipe, file, link) = (folder.path().join("pipe"), folder.path().join("file"), folder.path().join("link"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::fs::write(&file, "#!/bin/sh\n").unwrap();
    symlink("file", &link).unwrap();
    let begin = Instant::now();
    assert_eq!(start_of_listed(&pipe, 9).unwrap_err().reason(), "it is a named pipe, not a regular file");
    assert!(begin.elapsed() < Duration::from_secs(1));
    assert!(start_of_listed(&link, 9).is_err(), "a link is a matter of where it leads");
    assert_eq!(start_of_listed(&file, 4).unwrap().unwrap(), b"#!/b");
    assert_eq!(start_of_listed(&file, 4096).unwrap().unwrap(), b"#!/bin/sh\n");
    assert_eq!(start_of_listed(folder.path().join("absent"), 9).unwrap(), None);
}
