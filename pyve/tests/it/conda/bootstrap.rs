//! A micromamba that is missing: the error, the menu, and the download from a real server.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use pyve_standin_micromamba::channel::platform;
use pyve_standin_micromamba::program;
use sha2::{Digest, Sha256};

use super::place::Place;
use super::server::Server;

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A project that asks for micromamba where there is none, and a mirror of the one to test with, for which the
/// user vouches as one would for a version of one's own.
fn mirrored() -> (Place, Server) {
    let place = Place::without_tool("demo");
    place.environment(&["hello"]);
    let body = fs::read(pyve_testkit::micromamba()).unwrap();
    place.world.set("PYVE_MICROMAMBA_SHA256", sha256(&body));
    let server = Server::of(body);
    place.world.set("PYVE_MICROMAMBA_URL", &server.url);
    place.world.filter(r"127\.0\.0\.1:[0-9]+", "[SERVER]");
    place.world.filter(r"[0-9.]+ MB", "[SIZE]");
    (place, server)
}

#[track_caller]
fn assert_installed(place: &Place, micromamba: &Path) {
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(fs::metadata(micromamba).unwrap().permissions().mode() & 0o777, 0o755);
    assert_eq!(fs::read(micromamba).unwrap(), fs::read(pyve_testkit::micromamba()).unwrap());
    assert_eq!(fs::read_dir(micromamba.parent().unwrap()).unwrap().count(), 1, "nothing half-made lies beside it");
    assert_eq!(place.run(&["hello"]), "hello 2.0\n");
}

#[test]
fn where_nobody_can_be_asked_the_error_says_what_to_type() {
    let place = Place::without_tool("demo");
    place.environment(&["hello"]);
    assert_snapshot!(place.refused("init"), @"
    1
    error: Backend 'micromamba' required but not found
      Detected: environment.yml
      Required: micromamba
    hint: choose the place with `--bootstrap-to project|user`, or let pyve choose: `pyve init --backend micromamba --auto-bootstrap`
    ");
    assert_snapshot!(place.refused("init --backend micromamba --dry-run"), @"
    1
    error: Backend 'micromamba' required but not found
      Detected: environment.yml
      Required: micromamba
    hint: choose the place with `--bootstrap-to project|user`, or let pyve choose: `pyve init --backend micromamba --auto-bootstrap`
    ");
    fs::create_dir_all(place.sandbox().parent().unwrap()).unwrap();
    fs::write(place.sandbox().with_file_name(format!("micromamba-{}", platform())), "").unwrap();
    assert_snapshot!(place.refused("init"), @"
    1
    error: Backend 'micromamba' required but not found
      Detected: environment.yml
      Required: micromamba
      found: [HOME]/.pyve/bin/micromamba-[PLATFORM] (user): the file must be named micromamba
    hint: choose the place with `--bootstrap-to project|user`, or let pyve choose: `pyve init --backend micromamba --auto-bootstrap`
    ");
    place.assert_no_environment();
}

#[test]
fn auto_bootstrap_installs_it_for_the_user() {
    let (place, server) = mirrored();
    assert_snapshot!(place.told("init --auto-bootstrap"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    no lock file; for the same packages everywhere run: pyve lock
    Download micromamba 2.9.0
    Downloading micromamba from http://[SERVER]/micromamba
    ✓ [HOME]/.pyve/bin/micromamba: [SIZE], SHA-256 verified
    Create the environment 'demo' from environment.yml
    ✓ Backend: micromamba (found `environment.yml`)
    ✓ micromamba: [MICROMAMBA] (user, [HOME]/.pyve/bin/micromamba)
    ✓ Environment: .pyve/envs/demo (created)
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    assert_installed(&place, &place.sandbox());
    assert_eq!(server.asked(), 1);
    // What was fetched is found from then on.
    place.done("init --force --auto-bootstrap");
    assert_eq!(server.asked(), 1);
}

#[test]
fn bootstrap_to_names_the_place() {
    let (place, _server) = mirrored();
    place.done("init --bootstrap-to project");
    let own = place.project().join(".pyve/bin/micromamba");
    assert_installed(&place, &own);
    assert!(!place.sandbox().exists());
    // It is known from then on by what it is, whoever vouched for it then; another file in its place is not.
    for said in ["PYVE_MICROMAMBA_SHA256", "PYVE_MICROMAMBA_URL"] {
        place.world.set(said, "");
    }
    let said = place.done("init --force").err();
    assert!(said.contains("(project, [PROJECT]/.pyve/bin/micromamba)"), "{said}");
    let mut bytes = fs::read(&own).unwrap();
    bytes.push(b'\n');
    fs::remove_file(&own).unwrap();
    fs::write(&own, bytes).unwrap();
    fs::set_permissions(&own, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let said = place.pyve("init --force").run();
    assert_eq!(said.code, Some(1), "{said}");
    assert!(said.err().contains("not started: it came with the project"), "{said}");
    let (place, _server) = mirrored();
    place.done("init --bootstrap-to user");
    assert_installed(&place, &place.sandbox());
}

#[test]
fn a_different_hash_is_refused_and_nothing_is_left() {
    let place = Place::without_tool("demo");
    place.environment(&["hello"]);
    let server = Server::of(b"#!/bin/sh\nexit 0\n".to_vec());
    place.world.set("PYVE_MICROMAMBA_URL", &server.url);
    place.world.filter(r"127\.0\.0\.1:[0-9]+", "[SERVER]");
    place.world.filter(r"expected SHA-256 [0-9a-f]{64}", "expected SHA-256 [PINNED]");
    assert_snapshot!(place.refused("init --auto-bootstrap"), @"
    1
    no lock file; for the same packages everywhere run: pyve lock
    Download micromamba 2.9.0
    Downloading micromamba from http://[SERVER]/micromamba
    error: could not download `http://[SERVER]/micromamba`: it is not the file that was expected
      expected SHA-256 [PINNED]
      received SHA-256 306c6ca7407560340797866e077e053627ad409277d1b9da58106fce4cf717cb
      [HOME]/.pyve/bin/micromamba was not created
    hint: do not use that file; run the same command again on another network; the address is from PYVE_MICROMAMBA_URL: correct or unset it
    ");
    assert_eq!(fs::read_dir(place.sandbox().parent().unwrap()).unwrap().count(), 0);
    assert_eq!(pyve_testkit::tree(place.project(), &[]), "0644 environment.yml\n");
}

#[test]
fn offline_says_so() {
    let (place, server) = mirrored();
    assert_snapshot!(place.refused("--offline init --auto-bootstrap"), @"
    1
    no lock file; for the same packages everywhere run: pyve lock
    Download micromamba 2.9.0
    error: could not download `http://[SERVER]/micromamba`: pyve is offline (--offline)
      [HOME]/.pyve/bin/micromamba was not created
    hint: run the same command without --offline, or set PYVE_MICROMAMBA_URL to the path of a local copy
    ");
    assert_eq!(server.asked(), 0);
}

#[test]
fn two_at_once_fetch_and_make_one() {
    let (place, server) = mirrored();
    let started: Vec<_> = (0..2)
        .map(|_| {
            let mut command = place.pyve("init --auto-bootstrap").into_command();
            std::thread::spawn(move || command.output().unwrap())
        })
        .collect();
    for thread in started {
        let output = thread.join().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_installed(&place, &place.sandbox());
    assert_eq!(server.asked(), 1, "the second one waited and found it");
    assert!(program::is_real() || place.calls(&["create"]) == 1);
}

/// What is said to whoever answers the menu through a pipe.
fn answered(place: &Place, input: &str) -> String {
    place.world.pyve().arg("init").stdin(input).run().to_string()
}

#[test]
fn the_menu_is_that_of_the_plan_word_for_word() {
    let (place, server) = mirrored();
    assert_snapshot!(answered(&place, "4\n"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ERROR: Backend 'micromamba' required but not found.

    Detected: environment.yml
    Required: micromamba

    Installation options:
      1. Install to project sandbox: .pyve/bin/micromamba
      2. Install to user sandbox: ~/.pyve/bin/micromamba
      3. Install via system package manager (brew/apt)
      4. Abort and install manually

    Choice [1]: 
    cancelled: micromamba was not installed
    hint: fetch the file for your platform ([PLATFORM]) from https://github.com/mamba-org/micromamba-releases/releases/tag/2.9.0-0, save it as [HOME]/.pyve/bin/micromamba, make it executable, and run: pyve init
    ");
    assert_snapshot!(answered(&place, "").lines().skip(3).collect::<Vec<_>>().join("\n"), @"
    ERROR: Backend 'micromamba' required but not found.

    Detected: environment.yml
    Required: micromamba

    Installation options:
      1. Install to project sandbox: .pyve/bin/micromamba
      2. Install to user sandbox: ~/.pyve/bin/micromamba
      3. Install via system package manager (brew/apt)
      4. Abort and install manually

    Choice [1]: 
    error: micromamba was not installed; nothing was changed
    hint: say where to put it (`--bootstrap-to project|user`), or let pyve choose: `pyve init --auto-bootstrap`
    ");
    assert_snapshot!(answered(&place, "9\nno\n3\n").lines().skip(14).collect::<Vec<_>>().join("\n"), @"
    Choice [1]: 
    Please answer with a number from 1 to 4.
    Choice [1]: 
    Please answer with a number from 1 to 4.
    Choice [1]: 
    cancelled: micromamba was not installed
    hint: install micromamba with your package manager (with Homebrew: brew install micromamba), then run: pyve init
    ");
    assert_eq!(server.asked(), 0);
    assert_eq!(pyve_testkit::tree(place.project(), &[]), "0644 environment.yml\n");
    let said = answered(&place, "\n");
    assert!(said.starts_with("exit code: 0\n"), "{said}");
    assert_installed(&place, &place.project().join(".pyve/bin/micromamba"));
}

#[test]
fn the_menu_at_a_terminal() {
    let (place, _server) = mirrored();
    let mut terminal = place.world.pyve().arg("init").terminal();
    terminal.expect("Choice [1]: ").control('d');
    let (code, screen) = terminal.end();
    assert!(code == 0 && screen.contains("cancelled: micromamba was not installed\n"), "{screen}");
    let mut terminal = place.world.pyve().arg("init").terminal();
    terminal.expect("Choice [1]: ").type_line("2");
    let (code, screen) = terminal.end();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("  2. Install to user sandbox: ~/.pyve/bin/micromamba\n"), "{screen}");
    assert_installed(&place, &place.sandbox());
}

/// What others could change is not started, be it the program, its folder, or the folder above.
#[test]
fn a_tool_of_the_user_that_others_could_change_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.environment(&["hello"]);
    let set_mode = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    // The very file may be shared with other tests.
    let own = fs::read(place.sandbox()).unwrap();
    fs::remove_file(place.sandbox()).unwrap();
    fs::write(place.sandbox(), own).unwrap();
    set_mode(&place.sandbox(), 0o777);
    assert_snapshot!(place.refused("init"), @r"
    1
    error: Backend 'micromamba' required but not found
      Detected: environment.yml
      Required: micromamba
      found: [HOME]/.pyve/bin/micromamba (user): not started: it can be changed by others (mode 777); to change that: run `chmod go-w [HOME]/.pyve/bin/micromamba`
    hint: choose the place with `--bootstrap-to project|user`, or let pyve choose: `pyve init --backend micromamba --auto-bootstrap`
    ");
    set_mode(&place.sandbox(), 0o755);
    place.done("init");
    // It was recorded, and what it answers is known; both count no longer.
    let folder = place.sandbox().parent().unwrap().to_owned();
    set_mode(&folder, 0o777);
    place.settle();
    assert_snapshot!(place.refused("init --force"), @r"
    1
    error: Backend 'micromamba' required but not found
      Detected: environment.yml
      Required: micromamba
      found: [HOME]/.pyve/bin/micromamba (user): not started: the directory [HOME]/.pyve/bin can be changed by others (mode 777); to change that: run `chmod go-w [HOME]/.pyve/bin`
    hint: choose the place with `--bootstrap-to project|user`, or let pyve choose: `pyve init --backend micromamba --auto-bootstrap`
    ");
    let seen = place.pyve("doctor").run();
    let refused =
        "[HOME]/.pyve/bin/micromamba is not started\n  the directory [HOME]/.pyve/bin can be changed by others";
    assert!(seen.out().contains(refused), "{seen}");
    assert!(seen.out().contains("→ chmod go-w [HOME]/.pyve/bin\n"), "{seen}");
    assert_eq!(place.run(&["hello"]), "hello 2.0\n");
    set_mode(&folder, 0o755);
    let kept = folder.join("elsewhere");
    fs::rename(place.sandbox(), &kept).unwrap();
    std::os::unix::fs::symlink(&kept, place.sandbox()).unwrap();
    place.done("init --force");
}

#[test]
fn a_tool_of_another_owner_is_refused() {
    let place = Place::new();
    place.environment(&["hello"]);
    let own = fs::read(place.sandbox()).unwrap();
    fs::remove_file(place.sandbox()).unwrap();
    fs::write(place.sandbox(), own).unwrap();
    fs::set_permissions(place.sandbox(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    // Only root can give a file away.
    if std::os::unix::fs::chown(place.sandbox(), Some(4321), None).is_err() {
        return;
    }
    let said = place.refused("init");
    assert!(said.contains("not started: it belongs to another user (number 4321)"), "{said}");
    place.assert_no_environment();
}
