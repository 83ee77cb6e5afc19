//! Several commands of pyve's on one project at once: one waits, says for whom, and finds the work done.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use pyve_testkit::World;

use crate::ready::{done, making, pyve, quick, until};

/// Its Python takes a while and tells when it begins.
fn slow() -> Option<World> {
    let world = quick("project")?;
    let script = std::fs::read_to_string(world.bin().join("python3")).unwrap();
    world.stand_in("python3", &script.replace("shift 3;", "shift 3; touch \"${0%/*}/../hanging\"; sleep 1;"));
    Some(world)
}

/// What the one who waits is told at first.
fn waiting(of: u32) -> String {
    format!("waiting for pyve init (process {of}), which is changing this project …\n")
}

#[test]
fn the_second_init_waits_and_finds_the_work_done() {
    let Some(world) = slow() else { return };
    let first = making(&world, "init");
    let outcome = pyve(&world, "init").success();
    let err = outcome.err();
    assert!(err.starts_with(&waiting(first.id())), "{outcome}");
    assert!(err.contains("✓ Environment: .venv (kept)\n"), "{outcome}");
    assert!(!err.contains("Create the virtual environment"), "{outcome}");
    let output = first.wait_with_output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("✓ Environment: .venv (created)\n"));
    assert_eq!(pyve(&world, "run python -V").code, Some(0));
}

#[test]
fn a_command_waits_for_the_environment_that_is_being_made() {
    let Some(world) = slow() else { return };
    let first = making(&world, "init");
    // On a busy machine that takes longer than the five seconds for which a command waits.
    let waited = || {
        let start = Instant::now();
        let outcome = world.pyve().args(["run", "python", "-c", "import sys; print(sys.prefix)"]).run();
        (outcome.code != Some(125) || start.elapsed() < Duration::from_secs(5)).then_some(outcome)
    };
    let outcome = (0..12).find_map(|_| waited()).expect("the environment is made within a minute");
    insta::assert_snapshot!(outcome, @r"
    exit code: 0
    ----- stdout -----
    [PROJECT]/.venv
    ----- stderr -----
    ");
    assert!(first.wait_with_output().unwrap().status.success());
}

#[test]
fn purge_waits_for_init_and_takes_back_all_of_it() {
    let Some(world) = slow() else { return };
    let first = making(&world, "init");
    let process = first.id();
    let outcome = pyve(&world, "purge --yes").success();
    assert!(outcome.err().starts_with(&waiting(process)), "{outcome}");
    assert!(first.wait_with_output().unwrap().status.success());
    assert_eq!(world.tree(), "", "{outcome}");
}

#[test]
fn a_plan_that_failed_because_of_another_init_is_made_again() {
    let Some(world) = quick("project") else { return };
    let script = std::fs::read_to_string(world.bin().join("python3")).unwrap();
    // The first that is asked, by the second init, answers when the first init has begun to make the environment.
    let first_waits = "#!/bin/sh\nroot=${0%/*}/..\n\
        if mkdir \"$root/asked\" 2>&-; then until [ -e \"$root/hanging\" ]; do sleep 0.01; done; fi\n";
    let script = script.replace("#!/bin/sh\n", first_waits);
    let begins = "shift 3; mkdir -p \"$PWD/.venv/bin\"; touch \"$root/hanging\"; sleep 1;";
    world.stand_in("python3", &script.replace("shift 3;", begins));
    let mut second = world.pyve().arg("init").into_command();
    let second = second.process_group(0).stderr(Stdio::piped()).spawn().unwrap();
    let second = until(&world.root().join("asked"), second);
    let first = making(&world, "init");
    let process = first.id();
    let output = second.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.starts_with(&waiting(process)), "{said}");
    assert!(said.contains("✓ Environment: .venv (kept)\n"), "{said}");
    assert!(first.wait_with_output().unwrap().status.success());
}

#[test]
fn many_at_once_make_one_environment() {
    let Some(world) = quick("project") else { return };
    let started: Vec<_> = (0..4)
        .map(|_| {
            let mut command = world.pyve().arg("init").into_command();
            command.stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let said = |child: std::process::Child| {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stderr).unwrap()
    };
    let said: Vec<String> = started.into_iter().map(said).collect();
    assert_eq!(said.iter().filter(|said| said.contains("(created)")).count(), 1, "{said:#?}");
    assert_eq!(said.iter().filter(|said| said.contains("(kept)")).count(), 3, "{said:#?}");
}

#[test]
fn a_purge_that_waited_finds_its_environment_gone() {
    let Some(world) = quick("project") else { return };
    done(&world, "init --env docs --no-direnv");
    let lock = std::fs::File::open(world.project().join(".pyve/state/lock")).unwrap();
    lock.lock().unwrap();
    let mut purge = world.pyve().args(["purge", "--env", "docs", "--yes"]).into_command();
    let mut purge = purge.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(purge.stderr.take().unwrap());
    let (mut first, mut rest) = (String::new(), String::new());
    said.read_line(&mut first).unwrap();
    assert!(first.starts_with("waiting for "), "{first}");
    for gone in [".pyve/state/docs", ".pyve/envs/docs"] {
        std::fs::remove_dir_all(world.project().join(gone)).unwrap();
    }
    drop(lock);
    said.read_to_string(&mut rest).unwrap();
    assert!(rest.starts_with("nothing to remove in `"), "{rest}");
    assert!(purge.wait().unwrap().success());
    assert_eq!(pyve(&world, "purge --env docs --yes").code, Some(1));
}
