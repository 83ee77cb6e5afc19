//! The lock between real processes: this test program starts itself as the other one.

use super::*;
use crate::console::Volume;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

const PROJECT: &str = "PYVE_TEST_LOCKED_PROJECT";

fn console() -> Console {
    Console::new(Volume::Normal, anstream::ColorChoice::Never, true)
}

/// What the other process does: says when it waits (on stderr) and has the lock, and keeps it until its stdin ends.
#[test]
#[ignore = "the other process of the tests below"]
fn other_process() {
    let layout = Layout::new(PathBuf::from(std::env::var_os(PROJECT).unwrap()));
    let lock = Lock::wait(&layout, "pyve init --force", &console()).unwrap();
    let mut out = std::io::stdout();
    writeln!(out, "\nlocked").unwrap();
    out.flush().unwrap();
    let _ = std::io::stdin().read(&mut [0]);
    drop(lock);
}

fn start(layout: &Layout) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "--nocapture", "records::lock::tests::other_process"])
        .env(PROJECT, layout.root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn until_locked(child: &mut Child) -> BufReader<ChildStdout> {
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while line.trim() != "locked" {
        line.clear();
        assert_ne!(lines.read_line(&mut line).unwrap(), 0, "the other process ended without the lock");
    }
    lines
}

#[test]
fn a_second_process_waits_and_says_for_whom() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path());
    let mine = Lock::wait(&layout, "pyve purge", &console()).unwrap();
    let mut other = start(&layout);
    let mut said = String::new();
    let mut stderr = BufReader::new(other.stderr.take().unwrap());
    while !said.contains("waiting") {
        said.clear();
        assert_ne!(stderr.read_line(&mut said).unwrap(), 0);
    }
    let pid = std::process::id();
    assert_eq!(said, format!("waiting for pyve purge (process {pid}), which is changing this project …\n"));
    assert!(other.try_wait().unwrap().is_none());
    drop(mine);
    let _out = until_locked(&mut other);
    assert_eq!(holder(&layout).unwrap(), format!("pyve init --force (process {})", other.id()));
    assert!(Lock::attempt(&layout, "pyve run").is_none());
    drop(other.stdin.take());
    assert!(other.wait().unwrap().success());
    assert_eq!(holder(&layout), None);
    assert!(Lock::attempt(&layout, "pyve run").is_some());
}

#[test]
fn a_holder_that_is_killed_leaves_no_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path());
    let mut other = start(&layout);
    let _out = until_locked(&mut other);
    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(holder(&layout), None);
    drop(Lock::wait(&layout, "pyve init", &console()).unwrap());
}

#[test]
fn a_lock_file_removed_by_its_holder_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path());
    let mine = Lock::wait(&layout, "pyve purge", &console()).unwrap();
    let mut other = start(&layout);
    let mut stderr = BufReader::new(other.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("waiting") {
        said.clear();
        assert_ne!(stderr.read_line(&mut said).unwrap(), 0);
    }
    std::fs::remove_dir_all(layout.state()).unwrap();
    drop(mine);
    let _out = until_locked(&mut other);
    assert!(layout.lock().exists());
    assert!(Lock::attempt(&layout, "pyve run").is_none());
    drop(other.stdin.take());
    other.wait().unwrap();
}

#[test]
fn a_project_that_cannot_be_written_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path());
    std::fs::create_dir(layout.folder()).unwrap();
    std::fs::write(layout.state(), "").unwrap();
    let failure = Lock::wait(&layout, "pyve init", &console()).err().unwrap();
    let expected = format!("cannot make the folder {}: file exists", layout.state().display());
    assert_eq!(failure.message, expected);
    assert!(Lock::attempt(&layout, "pyve init").is_none());
}
