//! The note in a library's file: which crate and version it is, told before anything of it is run, and a claim only.

use std::fs;
use std::path::{Path, PathBuf};

use super::build::libraries;
use super::world::World;

/// The stress plugin whose note says something else; none may be run, for it ends the process that opens it.
fn with_note(world: &mut World, note: &str) -> PathBuf {
    const OWN: &str = " stress 0.1.0 1.0.0\n";
    assert_eq!(note.len(), OWN.len());
    let mut bytes = fs::read(libraries().path("stress")).unwrap();
    let at = bytes.windows(OWN.len()).position(|part| part == OWN.as_bytes()).expect("it has a note");
    bytes[at..at + OWN.len()].copy_from_slice(note.as_bytes());
    let file = world.plugins().join("libthing.so");
    fs::create_dir_all(world.plugins()).unwrap();
    fs::write(&file, bytes).unwrap();
    world.set("STRESS", "constructor:exit0");
    file
}

/// The first line of the list, and what programs are told.
fn listed(world: &World) -> (String, [serde_json::Value; 3]) {
    let text = world.pyve(&["plugin", "list"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&world.pyve(&["plugin", "list", "--json"]).stdout).unwrap();
    let told = ["crate", "version", "api_version"].map(|key| json["plugins"][0][key].clone());
    (text.lines().next().unwrap().to_owned(), told)
}

#[test]
fn a_library_says_what_it_is_without_being_opened() {
    let mut world = World::new();
    let file = with_note(&mut world, " stress 9.9.9 1.7.0\n");
    let (line, told) = listed(&world);
    assert_eq!(line, "libthing.so  9.9.9     not added    crate stress");
    assert_eq!(told, ["stress", "9.9.9", "1.7.0"]);
    let info = world.pyve(&["plugin", "info", "libthing.so"]).stdout;
    assert!(info.starts_with("crate           stress 9.9.9\nfile            [ROOT]/home/"), "{info}");
    // Of one that is to take another's place, too.
    world.set("STRESS", "");
    world.add(&libraries().path("stress"));
    world.set("STRESS", "constructor:exit0");
    let checked = world.pyve(&["plugin", "update", "--check", "stress", file.to_str().unwrap()]);
    assert_eq!(checked.code, Some(1));
    assert!(checked.stdout.contains("\n  crate           stress 9.9.9\n  SHA-256 now "), "{}", checked.stdout);
}

#[test]
fn what_could_harm_a_terminal_or_is_no_note_is_passed_over() {
    let mut world = World::new();
    for note in [" st\x1b[2Jss 0.1 1.0.0\n", " stress 0.1.0 1.0.0\0", "                    "] {
        with_note(&mut world, note);
        let (line, told) = listed(&world);
        assert_eq!(line, "libthing.so            not added");
        assert_eq!(told, [const { serde_json::Value::Null }; 3]);
    }
}

#[test]
fn one_of_another_major_version_is_refused_unopened() {
    let mut world = World::new();
    for (api, remedy) in [("2.0.0", "upgrade pyve"), ("0.9.0", "get a newer version of the plugin")] {
        let file = with_note(&mut world, &format!(" stress 0.1.0 {api}\n"));
        assert_eq!(
            added(&world, &file),
            format!(
                "error: `[ROOT]/home/.pyve/plugins/libthing.so` is no plugin for this pyve: it is built for version {api} of the \
                 plugin API; this pyve has version 1.0.0\nhint: {remedy}\n"
            )
        );
    }
    // The note is no more than a claim: the header decides.
    let file = with_note(&mut world, " stress 0.1.0 1.9.0\n");
    assert!(added(&world, &file).contains("it ended the process when it was opened with exit code 0"));
}

fn added(world: &World, file: &Path) -> String {
    let said = world.pyve(&["plugin", "add", "--yes", file.to_str().unwrap()]);
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    said.stderr
}
