//! Plugins from the network: verified by a given hash, or shown to the user, who alone can agree to them.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;

use super::build::libraries;
use super::world::World;

/// Serves one file for as long as the tests run; its URL.
pub fn served(file: &Path) -> String {
    let bytes = fs::read(file).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://127.0.0.1:{}/plugin.so", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut request = BufReader::new(&stream).lines().map_while(Result::ok);
            while request.next().is_some_and(|line| !line.is_empty()) {}
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", bytes.len());
            let _ = (&stream).write_all(head.as_bytes()).and_then(|()| (&stream).write_all(&bytes));
        }
    });
    url
}

pub fn sha256(path: &Path) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(fs::read(path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_given_hash_is_enough_for_yes() {
    let world = World::new();
    let library = libraries().path("frozen");
    let url = served(&library);
    let said = world.pyve(&["plugin", "add", "--yes", "--sha256", &sha256(&library), &url]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(world.pyve(&["plugin", "list"]).stdout, "frozen  1.0.0     trusted      As it was at 1.0\n");
}

#[test]
fn without_a_hash_only_the_user_can_agree() {
    let world = World::new();
    let library = libraries().path("frozen");
    let url = served(&library);
    let said = world.answered(&["plugin", "add", "--yes", &url], "");
    assert_eq!(said.code, Some(1));
    let shown = format!("SHA-256         {}\n", sha256(&library));
    assert!(said.stderr.contains(&shown), "{}", said.stderr);
    assert!(
        said.stderr.ends_with(&format!(
            "Add plugin `frozen`? [y/N]: \nerror: plugin `frozen` was not added: nobody said yes\n\
             hint: run `pyve plugin add --yes --sha256 {} {url}`\n",
            sha256(&library)
        )),
        "{}",
        said.stderr
    );
    let said = world.answered(&["plugin", "add", &url], "y\n");
    assert_eq!(said.code, Some(0), "{}", said.stderr);
}

#[test]
fn what_is_fetched_is_examined_and_goes_by_its_url() {
    let world = World::new();
    let url = served(&libraries().path("plain"));
    let said = world.answered(&["plugin", "add", &url], "y\n");
    assert_eq!(said.code, Some(1));
    let expected = format!("error: `{url}` is no plugin for this pyve: it exports no backend (the symbol ");
    assert!(said.stderr.contains(&expected), "{}", said.stderr);
    let said = world.answered(&["plugin", "add", "http://example.org/plugin.so"], "y\n");
    assert_eq!(
        said.stderr,
        "error: could not trust `http://example.org/plugin.so`: the connection is not encrypted\n\
         hint: give an https URL, or the SHA-256 that the file must have\n"
    );
}

#[test]
fn another_hash_is_an_error_with_both() {
    let world = World::new();
    let library = libraries().path("frozen");
    let url = served(&library);
    let wanted = "0".repeat(64);
    let said = world.pyve(&["plugin", "add", "--yes", "--sha256", &wanted, &url]);
    assert_eq!(said.code, Some(1));
    for hash in [&wanted, &sha256(&library)] {
        assert!(said.stderr.contains(hash.as_str()), "{}", said.stderr);
    }
    assert!(!world.plugins().join("manifest.json").exists());
}
