//! Commands beside a recreation: they run in the old environment or the new one, wait, or fail.

use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use pyve_testkit::{World, contents};

use crate::ready::{changed_nothing, done, light, making, pyve, quick, signal, told};

/// How long the others go on.
const WHILE: Duration = Duration::from_millis(2500);

/// Says the lines one after the other again and again, and meanwhile lets commands run, each of which must end well for
/// `is_fine`. Returns how many there were.
fn beside(world: &World, lines: &[&str], run: &[&str], is_fine: impl Fn(&Output) -> bool + Sync) -> usize {
    let over = AtomicBool::new(false);
    let count = AtomicUsize::new(0);
    let started = |line: &[&str]| {
        let mut command = world.pyve().args(line).into_command();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let mut runs: Vec<_> = (0..2).map(|_| started(run)).collect();
    let mut changes: Vec<_> = lines.iter().map(|line| started(&line.split(' ').collect::<Vec<_>>())).collect();
    std::thread::scope(|scope| {
        for command in &mut runs {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    let output = command.output().unwrap();
                    assert!(is_fine(&output), "{output:?}");
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let start = Instant::now();
        while start.elapsed() < WHILE {
            for command in &mut changes {
                let output = command.output().unwrap();
                assert!(output.status.success(), "{output:?}");
            }
        }
        over.store(true, Ordering::Relaxed);
    });
    count.into_inner()
}

#[test]
fn a_recreation_never_leaves_a_command_without_its_environment() {
    let Some(world) = light("project") else { return };
    done(&world, "init");
    let prefix = ["run", "python", "-I", "-c", "import sys; print(sys.prefix)"];
    let own = format!("{}\n", world.project().join(".venv").display());
    let is_fine = |output: &Output| output.status.code() == Some(0) && output.stdout == own.as_bytes();
    assert!(beside(&world, &["init --force --yes"], &prefix, is_fine) > 10);
}

#[test]
fn beside_a_purge_no_command_of_the_environment_is_one_of_path() {
    let Some(world) = light("project") else { return };
    world.stand_in("pip", "#!/bin/sh\necho outside\n");
    done(&world, "init");
    // Gone under a command that has begun it cannot go on.
    let is_fine = |output: &Output| output.stdout.is_empty();
    assert!(beside(&world, &["purge --yes", "init"], &["run", "pip"], is_fine) > 10);
}

/// A Python that begins an environment and never ends it.
fn hanging(world: &World) {
    let script = "#!/bin/sh\ncase \"$*\" in\n\"-I -c \"*ensurepip*) exit 1 ;;\n\
                  \"-I -m venv \"*) mkdir -p \"$4/bin\"; echo half >\"$4/bin/python\"; touch \"${0%/*}/../hanging\"; exec sleep 60 ;;\n\
                  *) exec \"${0%/*}/../base/python3\" \"$@\" ;;\nesac\n";
    world.stand_in("python3", script);
}

#[test]
fn where_the_new_one_is_made_in_place_a_command_waits_for_it_and_restores_the_old_one_after_a_crash() {
    // What stands in a folder whose name has a space is never cloned.
    let Some(world) = quick("my project") else { return };
    done(&world, "init --no-direnv");
    world.write(".venv/mark", "");
    let python = std::fs::read_to_string(world.bin().join("python3")).unwrap();
    hanging(&world);
    let child = making(&world, "init --force --yes --no-direnv");
    world.filter(&format!(r"process {}\)", child.id()), "process [ID])");
    insta::assert_snapshot!(told(&world, "run python -V"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: the environment is being created right now
      project: [PROJECT]
      by pyve init (process [ID])
    hint: wait until that is done, then try again
    ");
    let _ = signal(child, "KILL");
    let before = contents(world.project());
    let outcome = pyve(&world, "doctor");
    assert!(outcome.out().contains("recreating the environment was interrupted"), "{outcome}");
    changed_nothing(&before, &contents(world.project()));
    world.stand_in("python3", &python);
    insta::assert_snapshot!(told(&world, "run printenv VIRTUAL_ENV"), @r"
    exit code: 0
    ----- stdout -----
    [PROJECT]/.venv
    ----- stderr -----
    ");
    assert!(world.project().join(".venv/mark").exists(), "it is the old one");
    assert!(!world.tree().contains(".pyve-old-"), "{}", world.tree());
    assert!(world.read(".pyve/state/default/venv.json").contains("\"ready\""));
}

#[test]
fn a_version_is_pinned_in_the_record_of_the_old_one_that_is_restored_first() {
    let Some(world) = quick("my project") else { return };
    std::fs::create_dir_all(world.home().join(".asdf/installs/python")).unwrap();
    world.write(".tool-versions", "nodejs 20.1.0\n");
    done(&world, "init --no-direnv");
    world.write(".venv/mark", "");
    let python = std::fs::read_to_string(world.bin().join("python3")).unwrap();
    hanging(&world);
    let _ = signal(making(&world, "init --force --yes --no-direnv"), "KILL");
    world.stand_in("python3", &python);
    insta::assert_snapshot!(told(&world, "python-version 3"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    recreating .venv was interrupted; the old .venv is back in its place
    ✓ .tool-versions: python [VERSION]
    ");
    assert!(world.project().join(".venv/mark").exists());
    done(&world, "run python -V");
    done(&world, "purge --yes");
    assert_eq!(world.read(".tool-versions"), "nodejs 20.1.0\n", "the record knows whose the line is");
}

#[test]
fn an_init_says_that_it_restored_the_old_one_and_keeps_it() {
    let Some(world) = quick("my project") else { return };
    done(&world, "init --no-direnv");
    world.write(".venv/mark", "");
    let python = std::fs::read_to_string(world.bin().join("python3")).unwrap();
    hanging(&world);
    let _ = signal(making(&world, "init --force --yes --no-direnv"), "KILL");
    world.stand_in("python3", &python);
    insta::assert_snapshot!(told(&world, "init --no-direnv"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    recreating .venv was interrupted; the old .venv is back in its place
    ✓ Backend: venv (set in `.pyve/config:3`)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .venv (kept)
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    Run commands in it with: pyve run CMD
    ");
    assert!(world.project().join(".venv/mark").exists());
    done(&world, "purge --yes");
    assert_eq!(world.tree(), "");
}
