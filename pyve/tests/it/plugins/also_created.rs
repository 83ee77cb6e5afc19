//! What a plugin's steps make besides the environment: recorded, and taken back only where it is still that.

use std::fs;

use pyve_testkit::{World, contents};

use super::build::libraries;
use crate::doctor::give_pyve;
use crate::ready::{changed_nothing, done, told};

/// A project of the stress plugin's, which also makes `modules`.
fn world() -> World {
    let world = World::new();
    give_pyve(&world);
    world.pyve().args(["plugin", "add", "--yes"]).arg(libraries().path("stress")).run().success();
    world.write("stress.txt", "");
    world.set("STRESS", "create:folder=modules/a,create:also=modules");
    world
}

#[test]
fn a_purge_removes_what_was_not_there_before() {
    let world = world();
    let before = contents(world.project());
    done(&world, "init --no-direnv");
    assert!(world.project().join("modules/a").is_dir());
    // What is in it by now is the tool's.
    world.write("modules/a/b", "");
    let said = told(&world, "purge --yes");
    assert!(said.contains("  remove  modules/\n"), "{said}");
    changed_nothing(&before, &contents(world.project()));
    assert!(!world.project().join("modules").exists());
}

#[test]
fn what_was_there_before_stays_the_users() {
    let world = world();
    world.write("modules/mine", "mine");
    done(&world, "init --no-direnv");
    done(&world, "init --no-direnv --force --yes");
    done(&world, "purge --yes");
    assert_eq!(world.read("modules/mine"), "mine");
}

#[test]
fn a_folder_that_took_its_place_stays() {
    let world = world();
    done(&world, "init --no-direnv");
    fs::rename(world.project().join("modules"), world.root().join("elsewhere")).unwrap();
    world.write("modules/mine", "mine");
    let said = told(&world, "purge --yes");
    assert!(said.contains("modules: it is not the one that pyve created"), "{said}");
    assert_eq!(world.read("modules/mine"), "mine");
}

#[test]
fn it_is_removed_after_a_later_init_too() {
    let world = world();
    done(&world, "init --no-direnv");
    fs::remove_dir_all(world.project().join("modules")).unwrap();
    done(&world, "init --no-direnv --force --yes");
    assert!(world.project().join("modules/a").is_dir());
    done(&world, "init --no-direnv");
    done(&world, "purge --yes");
    assert!(!world.project().join("modules").exists());
}

#[test]
fn a_failure_takes_it_back() {
    let world = world();
    let before = contents(world.project());
    world.set("STRESS", "create:folder=modules/a,create:also=modules,diagnose:panic");
    let said = told(&world, "init --no-direnv");
    assert!(said.starts_with("exit code: 1\n") && said.contains("`modules` was removed"), "{said}");
    changed_nothing(&before, &contents(world.project()));
    assert!(!world.project().join("modules").exists());
}

#[test]
fn what_never_came_about_is_nobodys() {
    let world = world();
    world.set("STRESS", "create:also=modules");
    done(&world, "init --no-direnv");
    world.write("modules/mine", "mine");
    done(&world, "purge --yes");
    assert_eq!(world.read("modules/mine"), "mine");
}

#[test]
fn only_what_could_be_removed_again_may_be_named() {
    let world = world();
    let before = contents(world.project());
    let mut said = Vec::new();
    for path in ["../x", ".", ".git/hooks", ".stress", ".stress/x", ".pyve/state"] {
        world.set("STRESS", format!("create:also={path}"));
        said.push(format!("{path}\n{}", told(&world, "init --no-direnv")));
        changed_nothing(&before, &contents(world.project()));
    }
    insta::assert_snapshot!(said.join(""), @"
    ../x
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not remove `../x`: it is not normalised (it contains `..`)
      allowed is what is below `[PROJECT]`, and `bin`, `pythons` and `cache` in `[HOME]/.pyve`
      backend `stress`, what it creates besides
    hint: check the settings of `stress` in `.pyve/config`, or report this to its author
    .
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not remove `.`: it is the project itself
      backend `stress`, what it creates besides
    hint: check the settings of `stress` in `.pyve/config`, or report this to its author
    .git/hooks
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not remove `.git/hooks`: it belongs to a git repository
      backend `stress`, what it creates besides
    hint: check the settings of `stress` in `.pyve/config`, or report this to its author
    .stress
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not remove `.stress`: it is the environment's directory, above it or in it
      backend `stress`, what it creates besides
    hint: check the settings of `stress` in `.pyve/config`, or report this to its author
    .stress/x
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not remove `.stress/x`: it is the environment's directory, above it or in it
      backend `stress`, what it creates besides
    hint: check the settings of `stress` in `.pyve/config`, or report this to its author
    .pyve/state
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not remove `.pyve/state`: `.pyve/state` is reserved for pyve itself
      backend `stress`, what it creates besides
    hint: check the settings of `stress` in `.pyve/config`, or report this to its author
    ");
}
