//! A folder within an initialised project: a part of it, or a project of its own.

use std::path::Path;

use pyve_testkit::{Outcome, World};

use crate::ready::quick;

/// An initialised project with a package and a repository of its own in it.
#[track_caller]
fn world() -> Option<World> {
    let world = quick("project")?;
    world.write("packages/a/pyproject.toml", "[project]\nname = \"a\"\nversion = \"1\"\n");
    world.write("vendored/.git/HEAD", "");
    world.write("vendored/setup.py", "");
    let _ = world.pyve().args(["init", "--no-direnv"]).run().success();
    Some(world)
}

fn pyve(world: &World, folder: &str, line: &str) -> Outcome {
    world.pyve().current_dir(folder).args(line.split(' ')).run()
}

fn has(world: &World, path: impl AsRef<Path>) -> bool {
    world.project().join(path).symlink_metadata().is_ok()
}

#[test]
fn of_a_part_nothing_is_made_unless_somebody_says_so() {
    let Some(world) = world() else { return };
    let outcome = pyve(&world, "packages/a", "init --no-direnv").success();
    insta::assert_snapshot!(outcome.err().lines().take(4).collect::<Vec<_>>().join("\n"), @r"
    `packages/a` is part of the project `[PROJECT]`
    Create a separate environment for `packages/a`? [y/N]: 
    Using that project; to create a separate environment for `packages/a`, run `pyve init --here`
    Project: [PROJECT]
    ");
    assert!(!has(&world, "packages/a/.venv") && !has(&world, "packages/a/.pyve"));
    // Neither `--yes` nor `CI` is an answer to what nobody thought of, and a dry run asks nothing.
    let asked = "Create a separate environment";
    for words in ["init --no-direnv --yes", "init --no-direnv --dry-run", "init --explain"] {
        let outcome = pyve(&world, "packages/a", words).success();
        assert!(outcome.err().contains("\nProject: [PROJECT]\n") && !outcome.err().contains(asked), "{outcome}");
    }
    let outcome = world.pyve().current_dir("packages/a").args(["init", "--no-direnv"]).env("CI", "1").run().success();
    assert!(!outcome.err().contains(asked), "{outcome}");
    assert!(!has(&world, "packages/a/.venv") && !has(&world, "packages/a/.pyve"));
}

#[test]
fn a_yes_or_here_makes_a_part_a_project() {
    let Some(world) = world() else { return };
    let init = || world.pyve().current_dir("packages/a").args(["init", "--no-direnv", "--no-install-deps"]);
    let outcome = init().stdin("y\n").run().success();
    assert!(has(&world, "packages/a/.venv"), "{outcome}");
    assert!(!outcome.err().contains("Project:"), "{outcome}");
    assert_eq!(pyve(&world, "packages/a", "run printenv VIRTUAL_ENV").out(), "[PROJECT]/packages/a/.venv\n");
    // From now on it is one for all commands, from below it as well.
    std::fs::create_dir(world.project().join("packages/a/src")).unwrap();
    let outcome = pyve(&world, "packages/a/src", "purge --yes").success();
    assert!(outcome.err().starts_with("Project: [PROJECT]/packages/a\n"), "{outcome}");
    assert!(!has(&world, "packages/a/.venv") && has(&world, ".venv"));
    // What has no sign at all is one where that is said.
    let outcome = pyve(&world, "packages", "init --here --no-direnv").success();
    assert!(has(&world, "packages/.venv"), "{outcome}");
}

#[test]
fn a_repository_of_its_own_is_its_own_project() {
    let Some(world) = world() else { return };
    // Before it is initialised, the other commands are for the outer project, and say so; `run` says nothing.
    assert_eq!(pyve(&world, "vendored", "run printenv VIRTUAL_ENV").to_string(), RAN);
    for line in ["purge --dry-run", "doctor", "doctor --json", "python-version 3"] {
        let outcome = pyve(&world, "vendored", line);
        assert_eq!(outcome.err().lines().next(), Some("Project: [PROJECT]"), "{line}");
        assert_eq!(outcome.err().matches("Project:").count(), 1, "{line}");
    }
    assert_eq!(pyve(&world, "vendored", "doctor --quiet").err(), "");
    for line in ["init --no-direnv --update --dry-run", "init --no-direnv --force --dry-run", "init --env x --dry-run"]
    {
        let outcome = pyve(&world, "vendored", line).success();
        assert!(outcome.err().starts_with("Project: [PROJECT]\n"), "{outcome}");
    }
    let outcome = pyve(&world, "vendored", "init --no-direnv").success();
    assert!(has(&world, "vendored/.venv") && !outcome.err().contains("Project:"), "{outcome}");
    let outcome = pyve(&world, "vendored", "purge --yes").success();
    assert!(!has(&world, "vendored/.venv") && has(&world, ".venv"), "{outcome}");
}

const RAN: &str = "exit code: 0\n----- stdout -----\n[PROJECT]/.venv\n----- stderr -----\n";

#[test]
fn what_doctor_fixes_is_what_it_examined() {
    let Some(world) = world() else { return };
    std::fs::remove_dir_all(world.project().join(".venv")).unwrap();
    let outcome = pyve(&world, "packages/a", "doctor --fix --yes");
    assert!(has(&world, ".venv") && !has(&world, "packages/a/.pyve"), "{outcome}");
    assert_eq!(outcome.err().matches("Project:").count(), 1, "{outcome}");
}
