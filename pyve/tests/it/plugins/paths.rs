//! A plugin whose prefix or steps are where nothing of pyve's belongs: refused before anything is done.

use std::fs;

use pyve_testkit::{World, contents};

use crate::doctor::plugins::of_plugin;
use crate::ready::{changed_nothing, told};

/// A project of the stress plugin's with something of the user's in it and beside it.
fn world() -> World {
    let world = of_plugin();
    world.write("src/keep.py", "mine\n");
    world.write(".git/config", "mine\n");
    for (folder, file) in [("victim", "keep"), ("home", "letter")] {
        fs::create_dir_all(world.root().join(folder)).unwrap();
        fs::write(world.root().join(folder).join(file), "mine\n").unwrap();
    }
    world
}

#[test]
fn no_prefix_but_one_of_its_own_in_the_project() {
    let world = world();
    let mut said = Vec::new();
    for prefix in ["../home", ".", ".git", "src", "../victim", "/", ".pyve", ".pyve/state/x"] {
        world.set("STRESS", format!("create:prefix={prefix}"));
        let before = contents(world.project());
        said.push(format!("{prefix}\n{}", told(&world, "init --force --yes")));
        changed_nothing(&before, &contents(world.project()));
    }
    for file in ["victim/keep", "home/letter"] {
        assert_eq!(fs::read(world.root().join(file)).unwrap(), b"mine\n");
    }
    insta::assert_snapshot!(said.join(""), @r"
    ../home
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not use the environment `../home`: it is not normalised (it contains `..`)
      allowed is what is below `[PROJECT]`, and `bin`, `pythons` and `cache` in `[HOME]/.pyve`
      backend `stress`, its environment's directory
    hint: check the settings of `stress` in `.pyve/config`, or report this to its author
    .
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not use the environment `.`: it is the project itself
      backend `stress`, its environment's directory
    hint: check the settings of `stress` in `.pyve/config`, or report this to its author
    .git
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not use the environment `.git`: it belongs to a git repository
      backend `stress`, its environment's directory
    hint: check the settings of `stress` in `.pyve/config`, or report this to its author
    src
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not remove `src`: it was not created by pyve and is not empty
      backend `stress`, its environment's directory
    hint: move `[PROJECT]/src` away, then try again
    ../victim
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not use the environment `../victim`: it is not normalised (it contains `..`)
      allowed is what is below `[PROJECT]`, and `bin`, `pythons` and `cache` in `[HOME]/.pyve`
      backend `stress`, its environment's directory
    hint: check the settings of `stress` in `.pyve/config`, or report this to its author
    /
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not use the environment `/`: it is outside of the project
      allowed is what is below `[PROJECT]`, and `bin`, `pythons` and `cache` in `[HOME]/.pyve`
      backend `stress`, its environment's directory
    hint: check the settings of `stress` in `.pyve/config`, or report this to its author
    .pyve
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not use the environment `.pyve`: `.pyve` is reserved for pyve itself
      backend `stress`, its environment's directory
    hint: check the settings of `stress` in `.pyve/config`, or report this to its author
    .pyve/state/x
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not use the environment `.pyve/state/x`: `.pyve/state` is reserved for pyve itself
      backend `stress`, its environment's directory
    hint: check the settings of `stress` in `.pyve/config`, or report this to its author
    ");
}

#[test]
fn no_step_over_what_is_the_users() {
    let world = world();
    let mut said = Vec::new();
    for step in ["write=src/keep.py", "remove=src", "remove=../victim", "write=.git/hooks/post-commit", "remove=.git"] {
        let before = contents(world.project());
        world.set("STRESS", format!("create:{step}"));
        said.push(format!("create {step}\n{}", told(&world, "init --force --yes")));
        world.set("STRESS", format!("diagnose:{step}"));
        let fixed = world.pyve().args(["doctor", "--fix", "--yes"]).run();
        let line = fixed.out().lines().find(|line| line.contains("could not")).unwrap_or_default().to_owned();
        said.push(format!("doctor --fix {step}\n{line}\n"));
        changed_nothing(&before, &contents(world.project()));
    }
    assert_eq!(fs::read(world.root().join("victim/keep")).unwrap(), b"mine\n");
    insta::assert_snapshot!(said.join(""), @r"
    create write=src/keep.py
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not write `src/keep.py`: it already exists and was not created by pyve
      backend `stress`, step `Write`
    hint: move `[PROJECT]/src/keep.py` away, then try again
    doctor --fix write=src/keep.py
    ✗ could not Write: could not write `src/keep.py`: it already exists and was not created by pyve; backend `stress`, step `Write`
    create remove=src
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not remove `src`: it was not created by pyve and is not empty
      backend `stress`, step `Clean`
    hint: move `[PROJECT]/src` away, then try again
    doctor --fix remove=src
    ✗ could not Clean: could not remove `src`: it was not created by pyve and is not empty; backend `stress`, step `Clean`
    create remove=../victim
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not remove `../victim`: it is not normalised (it contains `..`)
      allowed is what is below `[PROJECT]`, and `bin`, `pythons` and `cache` in `[HOME]/.pyve`
      backend `stress`, step `Clean`
    hint: check the settings of `stress` in `.pyve/config`, or report this to its author
    doctor --fix remove=../victim
    ✗ could not Clean: could not remove `../victim`: it is not normalised (it contains `..`); allowed is what is below `[PROJECT]`, and `bin`, `pythons` and `cache` in `[HOME]/.pyve`; backend `stress`, step `Clean`
    create write=.git/hooks/post-commit
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not write `.git/hooks/post-commit`: it belongs to a git repository
      backend `stress`, step `Write`
    hint: check the settings of `stress` in `.pyve/config`, or report this to its author
    doctor --fix write=.git/hooks/post-commit
    ✗ could not Write: could not write `.git/hooks/post-commit`: it belongs to a git repository; backend `stress`, step `Write`
    create remove=.git
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not remove `.git`: it belongs to a git repository
      backend `stress`, step `Clean`
    hint: check the settings of `stress` in `.pyve/config`, or report this to its author
    doctor --fix remove=.git
    ✗ could not Clean: could not remove `.git`: it belongs to a git repository; backend `stress`, step `Clean`
    ");
}
