//! `--fix`: what it does, what it asks, and what it leaves alone.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use pyve_testkit::{contents, mode};

use super::{healthy, report, wrong};
use crate::ready::{changed_nothing, told};

#[test]
fn a_dry_run_lists_and_changes_nothing() {
    let Some(world) = healthy() else { return };
    break_all(&world);
    let before = contents(world.project());
    let seen = report(&world, "--fix --dry-run --yes");
    changed_nothing(&before, &contents(world.project()));
    let planned: Vec<_> =
        seen["fixes"].as_array().unwrap().iter().map(|fix| (&fix["action"], &fix["outcome"])).collect();
    insta::assert_debug_snapshot!(planned, @r#"
    [
        (
            String("recreate the environment"),
            String("planned"),
        ),
        (
            String("set the mode of .env to 600"),
            String("planned"),
        ),
    ]
    "#);
}

#[test]
fn what_is_safe_is_done_without_a_question() {
    let Some(world) = healthy() else { return };
    let env = world.project().join(".env");
    fs::set_permissions(&env, fs::Permissions::from_mode(0o666)).unwrap();
    world.write(".gitignore", "");
    let outcome = world.pyve().args(["doctor", "--fix", "--quiet"]).run();
    insta::assert_snapshot!(outcome, @"
    exit code: 0
    ----- stdout -----
    Pyve Environment Diagnostics
    • done: set the mode of .env to 600
    • done: update pyve's blocks in .envrc and .gitignore
    ⚠ pip: the environment was made without pip
      → pyve run python -m ensurepip --default-pip
    14 ok, 1 warning
    ----- stderr -----
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    ");
    assert_eq!(mode(&env), 0o600);
    assert!(wrong(&world).is_empty());
}

#[test]
fn an_environment_is_made_again_after_asking() {
    let Some(world) = healthy() else { return };
    break_all(&world);
    let seen = report(&world, "--fix");
    let declined = seen["fixes"].as_array().unwrap().iter().filter(|fix| fix["outcome"] == "declined").count();
    assert_eq!(declined, 1, "{seen:#}");
    assert!(world.project().join(".venv.pyve-old-x").exists());
    assert!(wrong(&world).contains("venv.interpreter-missing"));
    let seen = report(&world, "--fix --yes");
    assert_eq!(seen["counts"]["error"], 0, "{seen:#}");
    // What was put aside may have been the only good one until a whole environment stood.
    assert!(world.project().join(".venv/bin/python").exists() && !world.project().join(".venv.pyve-old-x").exists());
}

#[test]
fn nothing_is_ever_trusted_by_it() {
    let Some(world) = healthy() else { return };
    world.write(".envrc", format!("{}export MINE=1\n", world.read(".envrc")));
    assert!(told(&world, "doctor --fix --yes").contains("not allowed as it is now"));
    assert!(wrong(&world).iter().eq(["pyve.envrc-blocked"]));
}

fn break_all(world: &pyve_testkit::World) {
    fs::remove_file(world.project().join(".venv/bin/python")).unwrap();
    fs::set_permissions(world.project().join(".env"), fs::Permissions::from_mode(0o640)).unwrap();
    world.write(".venv.pyve-old-x/pyvenv.cfg", "");
    world.write(".gitignore", "");
}
