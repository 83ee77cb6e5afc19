//! A `pyve init` that fails, is interrupted or killed: what is left, what is said, what helps.

use pyve_testkit::{World, contents};

use crate::ready::{changed_nothing, done, making, pyve, quick, signal, told};

/// A Python that answers every question and begins an environment, but cannot end it: it fails or sleeps.
fn replace_python(world: &World, end: &str) {
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in\n\"-I -c \"*ensurepip*) exit 1 ;;\n\
         \"-I -m venv \"*) mkdir -p \"$4/bin\"; echo half >\"$4/bin/half\"; {end} ;;\n\
         *) exec \"${{0%/*}}/../base/python3\" \"$@\" ;;\nesac\n"
    );
    world.stand_in("python3", &script);
}

/// A folder whose name has a space: what stands in it is never cloned, but made where it is.
const IN_PLACE: &str = "my project";

const FAILS: &str = "echo 'no space left' >&2; exit 3";
/// Ended by the signals that end any program.
const HANGS: &str = "touch \"${0%/*}/../hanging\"; exec sleep 60";

#[test]
fn a_first_one_that_fails_leaves_nothing() {
    let Some(world) = quick(IN_PLACE) else { return };
    replace_python(&world, FAILS);
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    no space left
    error: [BIN]/python3 failed with exit code 3
      it was started as: [BIN]/python3 -I -m venv '[PROJECT]/.venv'
      the incomplete .venv was removed
    hint: fix the error above and run the same command again
    ");
    assert_eq!(world.tree(), "");
}

#[test]
fn on_a_terminal_something_moves_until_the_program_speaks_for_itself() {
    let Some(world) = quick(IN_PLACE) else { return };
    replace_python(&world, "sleep 1.3; echo 'no space left' >&2; exit 3");
    let (code, said) = world.pyve().env("LC_ALL", "C").arg("init").terminal().end();
    assert_eq!(code, 1);
    let (sign, rest) = said.split_once("no space left").unwrap();
    // Its letters, where the locale knows no other ones.
    assert!(sign.contains("| Create the virtual environment"), "{said}");
    assert!(!rest.contains("Create the virtual environment"), "{said}");
    // The sign leaves nothing behind in the line that is written next.
    assert!(sign.trim_end_matches('\r').ends_with("     "), "{said}");
}

#[test]
fn a_first_one_that_is_interrupted_leaves_nothing() {
    let Some(world) = quick(IN_PLACE) else { return };
    replace_python(&world, HANGS);
    let (code, said) = signal(making(&world, "init"), "INT");
    assert_eq!(code, Some(130), "{said}");
    insta::assert_snapshot!(said.replace(world.root().to_str().unwrap(), "[ROOT]"), @r"
    Create the virtual environment
    error: interrupted
      while this ran: [ROOT]/bin/python3 -I -m venv '[ROOT]/my project/.venv'
      the incomplete .venv was removed
    ");
    assert_eq!(world.tree(), "");
}

#[test]
fn the_old_one_comes_back_byte_for_byte_if_the_new_one_fails() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    done(&world, "init");
    let before = contents(world.project());
    replace_python(&world, FAILS);
    insta::assert_snapshot!(told(&world, "init --force --yes"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    no space left
    error: [BIN]/python3 failed with exit code 3
      it was started as: [BIN]/python3 -I -m venv [PROJECT]/.venv
      the old .venv is back in its place
    hint: fix the error above and run the same command again
    ");
    changed_nothing(&before, &contents(world.project()));
    replace_python(&world, HANGS);
    let (code, said) = signal(making(&world, "init --force --yes"), "INT");
    assert_eq!(code, Some(130), "{said}");
    assert!(said.ends_with("  the old .venv is back in its place\n"), "{said}");
    changed_nothing(&before, &contents(world.project()));
    // SIGTERM reaches pyve alone, which hands it on as Ctrl-C.
    let child = making(&world, "init --force --yes");
    let began = std::time::Instant::now();
    assert!(std::process::Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(130) && began.elapsed().as_secs() < 20, "{said}");
    assert!(said.ends_with("  the old .venv is back in its place\n"), "{said}");
    changed_nothing(&before, &contents(world.project()));
    insta::assert_snapshot!(told(&world, "run printenv VIRTUAL_ENV"), @r"
    exit code: 0
    ----- stdout -----
    [PROJECT]/.venv
    ----- stderr -----
    ");
}

#[test]
fn one_that_was_killed_is_not_used_and_is_made_again() {
    let Some(world) = quick(IN_PLACE) else { return };
    let python = std::fs::read_to_string(world.bin().join("python3")).unwrap();
    replace_python(&world, HANGS);
    let _ = signal(making(&world, "init"), "KILL");
    assert!(world.read(".pyve/state/default/venv.json").contains("\"status\":\"creating\""));
    insta::assert_snapshot!(told(&world, "run python -V"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: creating the environment was interrupted
      project: [PROJECT]
    hint: recreate it: `pyve init`
    ");
    world.stand_in("python3", &python);
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    ✓ Backend: venv (default)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .venv (created)
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    assert!(!world.project().join(".venv/bin/half").exists());
    assert_eq!(pyve(&world, "run python -V").code, Some(0));
}

#[test]
fn an_old_one_whose_remaking_was_killed_is_found_again() {
    let Some(world) = quick("project") else { return };
    let python = std::fs::read_to_string(world.bin().join("python3")).unwrap();
    done(&world, "init");
    replace_python(&world, HANGS);
    let _ = signal(making(&world, "init --force --yes"), "KILL");
    let names = |world: &World| {
        let names = std::fs::read_dir(world.project()).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with(".venv.pyve-")).count()
    };
    assert!(names(&world) > 0, "the old one was put aside");
    world.stand_in("python3", &python);
    done(&world, "init");
    assert_eq!(names(&world), 0, "nothing of both is left");
    assert_eq!(pyve(&world, "run python -V").code, Some(0));
    replace_python(&world, HANGS);
    let _ = signal(making(&world, "init --force --yes"), "KILL");
    done(&world, "purge --yes");
    assert_eq!(world.tree(), "", "purge finds what was put aside");
}
