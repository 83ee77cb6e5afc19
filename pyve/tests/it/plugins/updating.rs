//! `pyve init --update` with a backend that brings an environment in line in place.

use pyve_testkit::World;

use super::build::libraries;
use crate::doctor::give_pyve;
use crate::ready::{done, told};

/// An outdated environment of a backend that knows how to update it as `how` says.
fn world(how: &str) -> World {
    let world = World::new();
    give_pyve(&world);
    world.set("STRESS", format!("create:outdated=1,{how}"));
    world.pyve().args(["plugin", "add", "--yes"]).arg(libraries().path("stress")).run().success();
    world.write("stress.txt", "");
    done(&world, "init --no-direnv");
    world.write(".stress/kept", "");
    world
}

#[test]
fn what_stands_is_updated_in_place() {
    let world = world("update:write=.stress/more");
    let plan = told(&world, "init --no-direnv --update --dry-run");
    assert!(plan.contains("  write .stress/new\n  write .stress/more\n") && !plan.contains("put aside"), "{plan}");
    insta::assert_snapshot!(told(&world, "init --no-direnv --update"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ Backend: stress (set in `.pyve/config:3`)
    ✓ stress: 1.0.0 (PATH, /bin/sh)
    ✓ Environment: .stress (updated)
    Run commands in it with: pyve run CMD
    ");
    for file in ["kept", "new", "more"] {
        assert!(world.project().join(".stress").join(file).exists(), "{file}");
    }
    done(&world, "run /bin/true");
    // `--force` means a new one all the same, and so does a purge mean all of it.
    done(&world, "init --no-direnv --force --yes");
    assert!(!world.project().join(".stress/kept").exists());
    done(&world, "purge --yes");
    assert!(!world.project().join(".stress").exists());
}

#[test]
fn a_backend_may_say_that_only_a_new_one_helps() {
    let world = world("update:recreate=it was made by another stress");
    let said = told(&world, "init --no-direnv --update");
    assert!(said.contains(".stress is recreated: it was made by another stress\n"), "{said}");
    assert!(!world.project().join(".stress/kept").exists());
}

#[test]
fn without_the_capability_it_is_recreated() {
    let world = world("diagnose:x=");
    done(&world, "init --no-direnv --update");
    assert!(!world.project().join(".stress/kept").exists());
}

#[test]
fn a_failure_that_changed_nothing_leaves_the_environment_in_use() {
    let world = world("update:run=exit 3");
    insta::assert_snapshot!(told(&world, "init --no-direnv --update"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Try
    error: /bin/sh failed with exit code 3
      it was started as: /bin/sh -c 'exit 3'
    hint: fix the error above and run the same command again
    ");
    done(&world, "run /bin/true");
    assert!(world.project().join(".stress/kept").exists());
}

#[test]
fn one_that_is_only_half_updated_is_recreated_by_the_next_init() {
    let world = world("update:run=: > .stress/half; exit 3");
    insta::assert_snapshot!(told(&world, "init --no-direnv --update"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Try
    error: /bin/sh failed with exit code 3
      it was started as: /bin/sh -c ': > .stress/half; exit 3'
      `.stress` is only partly updated; the next `pyve init` recreates it
    hint: fix the error above and run the same command again
    ");
    insta::assert_snapshot!(told(&world, "run /bin/true"), @"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: creating the environment was interrupted
      project: [PROJECT]
    hint: recreate it: `pyve init`
    ");
    done(&world, "init --no-direnv");
    assert!(!world.project().join(".stress/half").exists());
    done(&world, "run /bin/true");
}

#[test]
fn steps_of_an_update_are_bounded_like_any_others() {
    let world = world("update:write=../out");
    let said = told(&world, "init --no-direnv --update");
    assert!(said.contains("error: could not write `../out`"), "{said}");
    done(&world, "run /bin/true");
}
