//! The end of an `init`: the doctor's checks in brief, so that no success is reported over what does not work.

use std::fs;
use std::process::Command;

use pyve_testkit::{interpreter, prerequisite};

use crate::ready::{done, quick, whole};

/// A wheel that writes over the environment's own description, as no wheel should.
const BREAKER: &str = "import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1], 'w')
info = 'breaker-1.0.dist-info/'
wheel.writestr('breaker-1.0.data/data/pyvenv.cfg', 'home = /gone\\nversion = 3.1.0\\n')
wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: breaker\\nVersion: 1.0\\n')
wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
wheel.writestr(info + 'RECORD', '')
wheel.close()
";

#[test]
fn dependencies_that_break_the_environment_are_no_success() {
    let Some(world) = whole("project") else { return };
    let python = interpreter(3, 10).unwrap();
    let file = world.project().join("breaker-1.0-py3-none-any.whl");
    assert!(Command::new(&python.path).args(["-c", BREAKER]).arg(&file).status().unwrap().success());
    world.write("requirements.txt", "./breaker-1.0-py3-none-any.whl\n");
    let outcome = world.pyve().args(["init", "--no-direnv", "--install-deps"]).run();
    let told = outcome.err();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let error = "error: the environment was created, but does not work: [PROJECT]/.venv: made with Python 3.1, but its \
                 interpreter";
    assert!(told.contains(error), "{told}");
    assert!(told.ends_with("hint: run `pyve init --force --no-direnv`\n"), "{told}");
    assert!(!told.contains('✓'), "{told}");
}

/// A Python that dies once the environment is made: its interpreter leads nowhere.
const DYING: &str = r#"#!/bin/sh
case "$*" in
"-I -m venv "*) shift 3
    "${0%/*}/../base/python3" -I -m venv --without-pip "$@" || exit
    for prefix; do :; done
    ln -sfn /gone/python3 "$prefix/bin/python" ;;
*) exec "${0%/*}/../base/python3" "$@" ;;
esac
"#;

#[test]
fn an_interpreter_that_dies_meanwhile_is_no_success() {
    let Some(world) = quick("project") else { return };
    world.stand_in("python3", DYING);
    let outcome = world.pyve().args(["init", "--no-direnv"]).run();
    insta::assert_snapshot!(outcome, @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    error: the environment was created, but does not work: [PROJECT]/.venv: its interpreter /gone/python3 is gone
      the incomplete .venv was removed
    hint: see every step: `pyve init --force --verbose --no-direnv`
    ");
    assert!(!world.project().join(".venv").exists() && !world.project().join(".pyve").exists());
}

#[test]
fn a_dependency_that_was_not_installed_is_told_unless_nobody_wants_it() {
    let Some(world) = whole("project") else { return };
    world.write("requirements.txt", "");
    world.write("pyproject.toml", "[tool.x]\n");
    done(&world, "init --install-deps --no-direnv");
    world.write("requirements.txt", "nobody-has-this==1.0\n");
    let silent = done(&world, "init --no-install-deps --no-direnv").err();
    assert!(!silent.contains("nobody-has-this"), "{silent}");
    let told = done(&world, "init --no-direnv").err();
    assert!(told.contains("not installed: nobody-has-this==1.0 (requirements.txt:1)"), "{told}");
}

#[test]
fn secrets_that_git_would_take_along_are_told() {
    let Some(git) = prerequisite("git") else { return };
    let Some(world) = quick("project") else { return };
    world.write(".gitignore", "!.env\n");
    let warning = "warning: Variables file: .env: git does not ignore it; add the line `.env` to .gitignore\n";
    // Without a repository there is nobody to take it along.
    assert!(!done(&world, "init --no-direnv").err().contains("git does not"));
    assert!(Command::new(&git).args(["init", "-q"]).arg(world.project()).status().unwrap().success());
    // git itself is not asked.
    assert!(!world.bin().join("git").exists());
    let text = done(&world, "init --no-direnv").err();
    assert!(text.contains(warning), "{text}");
    world.write(".gitignore", format!("{}.env\n", world.read(".gitignore")));
    assert!(!done(&world, "init --no-direnv").err().contains("git does not"));
}

#[test]
fn each_problem_is_one_line_with_what_mends_it_where_init_was_typed() {
    let Some(world) = quick("Dropbox") else { return };
    let project = world.project().join("app");
    fs::create_dir(&project).unwrap();
    world.filter(r"(?m)^✓ .*$", "✓ …");
    let said = |words: &[&str]| world.pyve().current_dir(world.root()).args(words).run().to_string();
    insta::assert_snapshot!(said(&["-C", "Dropbox/app", "init", "--no-direnv", "--env", "dev"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    ✓ …
    ✓ …
    ✓ …
    warning: pip: the environment was made without pip; run `pyve -C Dropbox/app run --env dev python -m ensurepip --default-pip`
    warning: Location: [PROJECT]/app: Dropbox copies this directory, which damages environments in it; run `mv [PROJECT]/app [HOME]/app`
    Run commands in it with: pyve run --env dev CMD
    ");
    // The folder of an environment with a name is no setting of the project's.
    assert!(!world.read("app/.pyve/config").contains("directory"));
}
