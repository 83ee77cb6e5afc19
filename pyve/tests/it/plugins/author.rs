//! The author's first steps: `pyve plugin new`, build, check, add.

use std::fs;

use super::build::{cargo, repository, target};
use super::world::World;

#[test]
fn a_new_plugin_builds_and_passes_every_check() {
    let world = World::new();
    let api = repository().join("plugin-api");
    let said = world.pyve(&["plugin", "new", "demo", "--api-path", api.to_str().unwrap()]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(
        said.stderr,
        "✓ created `[ROOT]/project/pyve-demo`\n\
         then: cargo build --release, pyve plugin check, pyve plugin add, all in that folder\n"
    );
    let folder = world.path("project/pyve-demo");
    let lines = fs::read_to_string(folder.join("src/lib.rs")).unwrap().lines().count();
    assert!(lines <= 85, "{lines} lines");
    // The versions of this repository are on this machine; the newest ones need not be.
    fs::copy(repository().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    cargo(&folder, &["build"]);
    let library = world.bring(&target().join("build/debug/libpyve_demo.so"), "demo");
    let checked = world.pyve(&["plugin", "check", library.to_str().unwrap()]);
    assert_eq!((checked.code, checked.stderr.as_str()), (Some(0), "all 69 checks passed\n"), "{}", checked.stdout);
    world.add(&library);
    assert_eq!(world.pyve(&["plugin", "list"]).stdout, "demo  0.1.0     trusted      Environments of demo\n");
    fs::write(world.path("project/demo.txt"), "").unwrap();
    assert_eq!(world.pyve(&["init", "--no-direnv"]).code, Some(0));
    let run = ["run", "python", "-c", "import sys; print(sys.prefix)"];
    fs::remove_dir_all(world.path("project/.pyve/state")).unwrap();
    let ran = world.pyve(&run);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("[ROOT]/project/.demo\n", ""), "without a record");
    fs::rename(world.path("project"), world.path("copy")).unwrap();
    let moved = world.said(&world.command(&run).current_dir(world.path("copy")).output().unwrap());
    assert_eq!(moved.code, Some(125));
    assert!(moved.stderr.contains("was moved or copied from `[ROOT]/project/.demo`"), "{}", moved.stderr);
}

#[test]
fn a_new_plugin_depends_on_the_released_api() {
    let world = World::new();
    assert_eq!(world.pyve(&["plugin", "new", "demo"]).code, Some(0));
    let manifest = fs::read_to_string(world.path("project/pyve-demo/Cargo.toml")).unwrap();
    assert!(manifest.contains("\npyve-plugin-api = \"1.0.0\"\n"), "{manifest}");
}

#[test]
fn names_and_folders_that_cannot_be() {
    let world = World::new();
    let new = |name: &str| world.pyve(&["plugin", "new", name]);
    let said = new("My Plugin");
    assert_eq!(said.code, Some(2));
    assert_eq!(
        said.stderr,
        "error: invalid plugin ID `My Plugin`: use `[a-z][a-z0-9-]*`, at most 32 characters\nhint: run `pyve plugin new my-plugin`\n"
    );
    let said = new("venv");
    assert_eq!(
        said.stderr,
        "error: plugin ID `venv` is already taken by pyve's backend `venv`\nhint: run `pyve plugin new my-venv`\n"
    );
    assert_eq!(
        new("auto").stderr,
        "error: plugin ID `auto` is already taken by pyve itself\nhint: run `pyve plugin new my-auto`\n"
    );
    fs::create_dir(world.path("project/pyve-demo")).unwrap();
    let said = new("demo");
    assert_eq!(said.code, Some(1));
    assert_eq!(said.stderr, "error: `[ROOT]/project/pyve-demo` already exists\nhint: choose another name\n");
    let said = world.pyve(&["plugin", "new", "demo2", "--api-path", "nowhere"]);
    assert_eq!(
        said.stderr,
        "error: no `Cargo.toml` found in `[ROOT]/project/nowhere`\n\
         hint: pass the directory of the crate `pyve-plugin-api`\n"
    );
    assert!(!world.path("project/pyve-demo2").exists());
}
