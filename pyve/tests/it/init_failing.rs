//! A `pyve init` that fails, is interrupted or killed: what is left, what is said, what helps.

use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use pyve_testkit::{World, contents, tree};

use crate::ready::{changed_nothing, done, pyve, quick, told};

/// A Python that answers every question and begins an environment, but cannot end it: it fails or sleeps.
fn replace_python(world: &World, end: &str) {
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in\n\"-I -m venv \"*) mkdir -p \"$4/bin\"; echo half >\"$4/bin/half\"; {end} ;;\n\
         *) exec \"${{0%/*}}/../base/python3\" \"$@\" ;;\nesac\n"
    );
    world.stand_in("python3", &script);
}

const FAILS: &str = "echo 'no space left' >&2; exit 3";
/// It tells that it is on its way, and is ended by the signals that end any program.
const HANGS: &str = "touch \"${0%/*}/../hanging\"; exec sleep 60";

/// pyve in a process group of its own, as a shell starts it, once it is making the environment.
fn making(world: &World, line: &str) -> Child {
    let hanging = world.root().join("hanging");
    if hanging.exists() {
        std::fs::remove_file(&hanging).unwrap();
    }
    let mut command = world.pyve().args(line.split(' ')).into_command();
    command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let start = Instant::now();
    while !hanging.exists() {
        assert!(start.elapsed() < Duration::from_secs(60), "the environment is not being made");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

fn signal(child: Child, signal: Signal) -> (Option<i32>, String) {
    let group = Pid::from_raw(i32::try_from(child.id()).unwrap());
    killpg(group, signal).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_first_one_that_fails_leaves_nothing() {
    let Some(world) = quick("project") else { return };
    replace_python(&world, FAILS);
    insta::assert_snapshot!(told(&world, "init"), @"");
    assert_eq!(world.tree(), "");
}

#[test]
fn a_first_one_that_is_interrupted_leaves_nothing() {
    let Some(world) = quick("project") else { return };
    replace_python(&world, HANGS);
    let (code, said) = signal(making(&world, "init"), Signal::SIGINT);
    assert_eq!(code, Some(130), "{said}");
    insta::assert_snapshot!(said.replace(world.root().to_str().unwrap(), "[ROOT]"), @"");
    assert_eq!(world.tree(), "");
}

#[test]
fn the_old_one_comes_back_byte_for_byte_if_the_new_one_fails() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    done(&world, "init");
    let before = contents(world.project());
    replace_python(&world, FAILS);
    insta::assert_snapshot!(told(&world, "init --force --yes"), @"");
    changed_nothing(&before, &contents(world.project()));
    replace_python(&world, HANGS);
    let (code, said) = signal(making(&world, "init --force --yes"), Signal::SIGINT);
    assert_eq!(code, Some(130), "{said}");
    assert!(said.ends_with("  the old .venv is back in its place\n"), "{said}");
    changed_nothing(&before, &contents(world.project()));
    insta::assert_snapshot!(told(&world, "run printenv VIRTUAL_ENV"), @"");
}

#[test]
fn one_that_was_killed_is_not_used_and_is_made_again() {
    let Some(world) = quick("project") else { return };
    let python = std::fs::read_to_string(world.bin().join("python3")).unwrap();
    replace_python(&world, HANGS);
    let _ = signal(making(&world, "init"), Signal::SIGKILL);
    assert!(world.read(".pyve/state/default/venv.json").contains("\"status\": \"creating\""));
    insta::assert_snapshot!(told(&world, "run true"), @"");
    world.stand_in("python3", &python);
    insta::assert_snapshot!(told(&world, "init"), @"");
    assert!(!world.project().join(".venv/bin/half").exists());
    assert_eq!(pyve(&world, "run true").code, Some(0));
}

#[test]
fn an_old_one_whose_remaking_was_killed_is_found_again() {
    let Some(world) = quick("project") else { return };
    let python = std::fs::read_to_string(world.bin().join("python3")).unwrap();
    done(&world, "init");
    replace_python(&world, HANGS);
    let _ = signal(making(&world, "init --force --yes"), Signal::SIGKILL);
    let names = |world: &World| tree(world.project(), &[".venv"]).lines().filter(|line| line.contains("venv.pyve-old-") && line.ends_with('/') && line.matches('/').count() == 1).count();
    assert_eq!(names(&world), 1, "the old one was put aside");
    world.stand_in("python3", &python);
    done(&world, "init");
    assert_eq!(names(&world), 0, "nothing old is left");
    assert_eq!(pyve(&world, "run true").code, Some(0));
}
