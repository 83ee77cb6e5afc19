//! `init --backend` in a project whose settings say another one.

use insta::assert_snapshot;
use pyve_testkit::interpreter;

use super::place::Place;
use crate::ready;

const WRITTEN: &str = "# Settings of this project for pyve. Commit this file, so that a clone gets the same environment.\n\
                       pyve_version: \"4.0.0\"\n";

#[test]
fn settings_that_pyve_wrote_follow_the_flag_and_others_are_left_alone() {
    let Some(python) = interpreter(3, 11) else { return };
    let place = Place::new();
    ready::without_pip(&place.world, python);
    place.environment(&["hello=1.0"]);
    place.done("init --no-direnv --backend venv .env-dev");
    assert_eq!(place.world.read(".pyve/config"), format!("{WRITTEN}backend: venv\n\nvenv:\n  directory: .env-dev\n"));
    let plan = place.done("init --no-direnv --backend micromamba --env-name other --dry-run").out();
    assert!(plan.contains("  write .pyve/config (backend: venv → micromamba)\n"), "{plan}");
    assert_snapshot!(place.done("init --no-direnv --backend micromamba --env-name other").err(), @"
    no lock file; for the same packages everywhere run: pyve lock
    Create the environment 'other' from environment.yml
    ✓ Backend: micromamba (set by `--backend`)
    ✓ micromamba: [MICROMAMBA] (user, [HOME]/.pyve/bin/micromamba)
    ✓ Environment: .pyve/envs/other (created)
    ✓ backend: venv → micromamba (`.pyve/config`)
    Run commands in it with: pyve run CMD
    ");
    let switched =
        format!("{WRITTEN}backend: micromamba\n\nvenv:\n  directory: .env-dev\n\nmicromamba:\n  env_name: other\n");
    assert_eq!(place.world.read(".pyve/config"), switched);
    assert_eq!(place.run(&["hello"]), "hello 1.0\n");
    // The record of the second one knows the file as pyve's: it goes back, and `purge` removes it.
    place.done("init --no-direnv --backend venv");
    assert_eq!(place.world.read(".pyve/config"), switched.replace("backend: micromamba", "backend: venv"));
    assert_eq!(place.run(&["printenv", "VIRTUAL_ENV"]), "[PROJECT]/.env-dev\n");

    place.world.write(".pyve/config", switched.replace("backend: micromamba", "backend: venv # mine"));
    let refused = place.refused("init --no-direnv --backend micromamba");
    assert_snapshot!(refused, @"
    1
    error: `.pyve/config:3` says `backend: venv`, not `backend: micromamba`
      `pyve run` follows that line, and the file is not as pyve wrote it, so it is not changed
    hint: write `backend: micromamba` in `.pyve/config:3`, then: `pyve init --backend micromamba --no-direnv`
    ");
    assert_eq!(place.run(&["printenv", "VIRTUAL_ENV"]), "[PROJECT]/.env-dev\n");

    place.world.write(".pyve/config", &switched);
    assert!(place.done("purge --yes").out().contains("  remove  .pyve/config\n"));
    assert_eq!(pyve_testkit::tree(place.project(), &[]), "0644 environment.yml\n");
}
