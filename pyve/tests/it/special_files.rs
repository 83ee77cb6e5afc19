//! Pipes, devices, sockets, folders and huge files in the place of those that pyve reads: one clear answer, at once.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use pyve_testkit::{Outcome, World};

use crate::ready::{done, quick, told};

/// Longer than any of it takes on a machine that is busy, shorter than to read what never ends.
const LIMIT: Duration = Duration::from_secs(5);

/// How something is called that is no file to read, and how it is made.
type Kind = (&'static str, fn(&Path));

const KINDS: [Kind; 5] = [
    ("it is a named pipe, not a regular file", pipe),
    ("it is a device, not a regular file", zero),
    ("it is 200 MiB; at most", large),
    ("it is a socket, not a regular file", socket),
    ("it is a directory, not a regular file", folder),
];

const COMMANDS: [&str; 11] = [
    "init",
    "init --dry-run",
    "init --explain",
    "run ls",
    "doctor",
    "doctor --json",
    "config",
    "config --json",
    "purge --dry-run",
    "completions bash",
    "shell-hook bash",
];

/// The commands that need what the file says; the others do their work without.
const READERS: [(&str, &[&str]); 10] = [
    (".tool-versions", &["init", "init --dry-run", "doctor", "doctor --json"]),
    (".python-version", &["init", "init --dry-run", "doctor", "doctor --json"]),
    ("pyproject.toml", &["init", "init --dry-run", "doctor", "doctor --json"]),
    ("requirements.txt", &["init", "init --dry-run", "doctor", "doctor --json"]),
    (".venv/pyvenv.cfg", &["init", "init --dry-run", "run ls", "doctor", "doctor --json"]),
    (
        ".pyve/config",
        &["init", "init --dry-run", "init --explain", "run ls", "doctor", "doctor --json", "config", "config --json"],
    ),
    (".envrc", &["init", "init --dry-run", "doctor", "doctor --json"]),
    (".gitignore", &["init", "init --dry-run", "doctor", "doctor --json"]),
    (".venv/bin/activate", &[]),
    ("environment.yml", &[]),
];

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn zero(path: &Path) {
    symlink("/dev/zero", path).unwrap();
}

fn large(path: &Path) {
    File::create(path).unwrap().set_len(200 << 20).unwrap();
}

fn socket(path: &Path) {
    drop(UnixListener::bind(path).unwrap());
}

fn folder(path: &Path) {
    fs::create_dir(path).unwrap();
}

/// Puts the file aside and something else in its place, for as long as `look` takes.
fn instead<T>(path: &Path, make: fn(&Path), look: impl FnOnce() -> T) -> T {
    let aside = path.with_file_name("aside");
    let was = fs::rename(path, &aside).is_ok();
    make(path);
    let seen = look();
    if path.symlink_metadata().unwrap().is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) }.unwrap();
    if was {
        fs::rename(aside, path).unwrap();
    }
    seen
}

fn at_once(world: &World, line: &str) -> Outcome {
    world.pyve().args(line.split(' ')).limit(LIMIT).run()
}

/// Whether all that was said is in words of the field, none in those of Rust.
#[track_caller]
fn is_plain(line: &str, outcome: &Outcome) {
    let text = format!("{}{}", outcome.out(), outcome.err());
    for word in ["panicked", "Os {", "os error", "Kind", "Err(", "RUST_"] {
        assert!(!text.contains(word), "{line}: {outcome}");
    }
}

#[test]
fn every_command_answers_at_once_and_names_what_it_needed() {
    let Some(world) = quick("project") else { return };
    world.write("requirements.txt", "");
    done(&world, "init --no-install-deps");
    for (number, (file, readers)) in READERS.into_iter().enumerate() {
        let path = world.project().join(file);
        for (command, line) in COMMANDS.into_iter().enumerate() {
            // Each file is met in each of its forms, and by each command.
            let (words, make) = KINDS[(number + command) % KINDS.len()];
            let outcome = instead(&path, make, || at_once(&world, line));
            is_plain(line, &outcome);
            let told = format!("{}{}", outcome.out(), outcome.err());
            if readers.contains(&line) {
                let failed = if line == "run ls" { 125 } else { 1 };
                // A block that cannot be looked at is a warning of doctor's.
                let warned = line.starts_with("doctor") && [".envrc", ".gitignore"].contains(&file);
                assert_eq!(
                    outcome.code,
                    Some(if warned { 0 } else { failed }),
                    "{line} with {file}, {words}: {outcome}"
                );
                assert!(told.contains(words) && told.contains(file), "{line} with {file}: {outcome}");
            } else {
                assert_eq!(outcome.code, Some(0), "{line} with {file}, {words}: {outcome}");
                assert!(!told.contains(words), "{line} with {file}: {outcome}");
            }
        }
    }
    assert_eq!(at_once(&world, "doctor --quiet").code, Some(0), "all is as it was");
}

#[test]
fn the_answer_says_which_file_and_what_helps() {
    let Some(world) = quick("project") else { return };
    pipe(&world.project().join(".tool-versions"));
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not read `[PROJECT]/.tool-versions`: it is a named pipe, not a regular file
    hint: replace `[PROJECT]/.tool-versions` with a regular file, or remove it
    ");
    fs::remove_file(world.project().join(".tool-versions")).unwrap();
    large(&world.project().join(".python-version"));
    insta::assert_snapshot!(told(&world, "python-version 3"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not read `[PROJECT]/.python-version`: it is 200 MiB; at most 1 MiB is read
    hint: reduce `[PROJECT]/.python-version` to at most 1 MiB, or remove it
    ");
    fs::remove_file(world.project().join(".python-version")).unwrap();
    symlink("/dev/zero", world.project().join(".gitignore")).unwrap();
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not read `[PROJECT]/.gitignore`: it is a device, not a regular file
    hint: replace `[PROJECT]/.gitignore` with a regular file, or remove it
    ");
    assert!(!world.project().join(".pyve").exists() && !world.project().join(".venv").exists());
}

#[test]
fn what_requirements_include_is_looked_at_before_pip_is() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    world.write("requirements.txt", "-r more.txt\n");
    world.write("more.txt", "-c pins.txt\n-r requirements.txt\n");
    zero(&world.project().join("pins.txt"));
    insta::assert_snapshot!(told(&world, "init --install-deps"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not read `[PROJECT]/pins.txt`: it is a device, not a regular file
    hint: replace `[PROJECT]/pins.txt` with a regular file, or remove it
    ");
    fs::write(world.project().join("more.txt"), "-r pins.txt\n").unwrap();
    let outcome = at_once(&world, "doctor");
    assert!(outcome.out().contains("pins.txt`\n  it is a device, not a regular file\n"), "{outcome}");
    assert_eq!(outcome.code, Some(1), "{outcome}");
}

#[test]
fn secrets_that_are_no_file_are_left_alone() {
    let Some(world) = quick("project") else { return };
    let path = world.project().join(".env");
    for (words, make) in KINDS {
        make(&path);
        for line in ["init", "doctor", "run ls", "config", "purge --yes"] {
            let outcome = at_once(&world, line);
            assert_eq!(outcome.code, Some(0), "{line} with {words}: {outcome}");
            is_plain(line, &outcome);
            // A folder of that name is an older environment.
            let warns = match line {
                "doctor" => !path.is_dir(),
                // A large one is just not empty.
                "purge --yes" => !path.is_file(),
                _ => false,
            };
            assert_eq!(outcome.out().contains(words), warns, "{line}: {outcome}");
        }
        if path.is_dir() { fs::remove_dir(&path) } else { fs::remove_file(&path) }.unwrap();
    }
}

/// Nobody can tell what such a file asks for, so `init` does not take the default for it.
#[test]
fn a_marker_that_is_no_file_is_an_error_of_init_and_a_note_of_others() {
    let Some(world) = quick("project") else { return };
    let path = world.project().join("environment.yml");
    pipe(&path);
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not read `[PROJECT]/environment.yml`: it is a named pipe, not a regular file
    hint: replace `[PROJECT]/environment.yml` with a regular file, or remove it
    ");
    assert!(!world.project().join(".pyve").exists() && !world.project().join(".venv").exists());
    fs::remove_file(&path).unwrap();
    let words = "`environment.yml` is not considered: it is ";
    for (kind, make) in [KINDS[0], KINDS[1], KINDS[3], KINDS[4]] {
        make(&path);
        for line in ["init", "init --dry-run", "init --explain", "doctor", "config"] {
            let outcome = at_once(&world, line);
            is_plain(line, &outcome);
            let told = format!("{}{}", outcome.out(), outcome.err());
            let fails = ["init", "init --dry-run"].contains(&line);
            // There is no environment yet, which is an error of doctor's.
            let code = if fails || line == "doctor" { 1 } else { 0 };
            assert_eq!((told.contains(kind), outcome.code), (true, Some(code)), "{line}: {outcome}");
            assert_eq!(told.contains(words), !fails, "{line}: {outcome}");
        }
        if path.is_dir() { fs::remove_dir(&path) } else { fs::remove_file(&path) }.unwrap();
    }
    // Who names a backend has decided.
    pipe(&path);
    done(&world, "init --backend venv --no-direnv");
    let env = world.project().join(".env");
    fs::remove_file(&env).unwrap();
    pipe(&env);
    let outcome = at_once(&world, "purge --dry-run");
    let told = format!("{}{}", outcome.out(), outcome.err());
    assert!(told.contains("it is a named pipe, not a regular file") && !told.contains("not empty"), "{outcome}");
}
