//! A migration that is killed: the old environment works at every moment, and the way back is open.

use std::fs;

use pyve_testkit::tracer::{Blow, traced, traced_or_left_out};
use pyve_testkit::{World, interpreter};

use super::chosen;
use super::scene::{copy, kept};
use crate::conda::place::Place;
use crate::migrate::{MOVE, files, place, prefix, requires_nothing};
use crate::plugin_examples::{uv, uv_migration};

/// How many calls are tried.
const POINTS: usize = 10;

#[test]
fn a_migration() {
    let Some(place) = place() else { return };
    requires_nothing(&place);
    let (before, old) = (files(&place), prefix(&place, &[]));
    let folders = [place.project().to_owned(), place.world.home()];
    folders.iter().for_each(|folder| copy(folder, &kept(folder)));
    let reset = || {
        for folder in &folders {
            fs::remove_dir_all(folder).unwrap();
            copy(&kept(folder), folder);
        }
    };
    let Some(whole) = traced_or_left_out(place.pyve(MOVE)) else { return };
    assert_eq!(whole.code, Some(0), "{}", whole.said);
    let new = prefix(&place, &[]);
    assert_ne!(old, new);
    for point in chosen(&whole.calls, POINTS) {
        reset();
        let traced = traced(place.pyve(MOVE), Some((point, Blow::Kill))).unwrap();
        let hit = traced.hit.clone().unwrap_or_default();
        assert_eq!(prefix(&place, &["--backend", "micromamba"]), old, "at {hit}");
        assert!([&old, &new].contains(&&prefix(&place, &[])), "at {hit}");
        if place.project().join(".pyve/state/default/migration").exists() {
            place.done("migrate --undo");
        }
        assert_eq!(files(&place), before, "at {hit}");
        assert_eq!(prefix(&place, &[]), old, "at {hit}");
    }
    place.done(MOVE);
    removed_half(&place, &new);
}

/// The end of it is killed when the old environment has begun to go: nothing leads back to that any more.
fn removed_half(place: &Place, new: &str) {
    copy(place.project(), &kept(place.project()).with_extension("moved"));
    let finish = || place.pyve("migrate --finish --yes");
    let whole = traced(finish(), None).unwrap();
    let moved = whole.calls.iter().position(|call| call.starts_with("rename") && call.contains(".pyve-old-"));
    let point = moved.unwrap_or_else(|| panic!("{:#?}", whole.calls)) + 3;
    fs::remove_dir_all(place.project()).unwrap();
    copy(&kept(place.project()).with_extension("moved"), place.project());
    assert!(traced(finish(), Some((point, Blow::Kill))).unwrap().hit.is_some());
    assert_eq!(prefix(place, &[]), new);
    assert_eq!(
        place.refused("migrate --undo"),
        "1\nerror: could not go back to `micromamba`: its environment is being removed\n\
         hint: remove the rest: `pyve migrate --finish`\n"
    );
    assert_eq!(
        place.refused("migrate --to micromamba"),
        "1\nerror: the migration of `default` from `micromamba` to `venv` is not finished\n\
         hint: remove the rest of the `micromamba` environment: `pyve migrate --finish`\n"
    );
    place.done("migrate --finish --yes");
    assert_eq!(prefix(place, &[]), new);
    assert!(!place.world.tree().contains("pyve-old"), "{}", place.world.tree());
}

/// Both keep their environments at one place, so that the new one is created beside.
#[test]
fn a_migration_to_a_backend_that_keeps_its_environments_at_the_same_place() {
    let Some(world) = bare() else { return };
    let folders = [world.project().to_owned(), world.home()];
    let (before, old) = (uv_migration::files(&world), uv_migration::prefix(&world, "run", "os"));
    folders.iter().for_each(|folder| copy(folder, &kept(folder)));
    let line = || world.pyve().args(["migrate", "--to", "uv", "--offline"]).env("CI", "1");
    let Some(whole) = traced_or_left_out(line()) else { return };
    assert_eq!(whole.code, Some(0), "{}", whole.said);
    for point in chosen(&whole.calls, 4) {
        for folder in &folders {
            fs::remove_dir_all(folder).unwrap();
            copy(&kept(folder), folder);
        }
        let hit = traced(line(), Some((point, Blow::Kill))).unwrap().hit.clone().unwrap_or_default();
        assert_eq!(uv_migration::prefix(&world, "run --backend venv", "os"), old, "at {hit}");
        if world.project().join(".pyve/state/default/migration").exists() {
            uv_migration::done(&world, "migrate --undo");
        }
        assert_eq!(uv_migration::files(&world), before, "at {hit}");
        assert_eq!(uv_migration::prefix(&world, "run", "os"), old, "at {hit}");
    }
}

/// A world with an environment of venv's without pip, whose project asks for nothing.
fn bare() -> Option<World> {
    let world = uv::world()?;
    crate::ready::without_pip(&world, interpreter(3, 11)?);
    let project = "[project]\nname = 'demo'\nversion = '0'\nrequires-python = '>=3.10'\n[tool.uv]\npackage = false\n";
    world.write("pyproject.toml", project);
    uv_migration::done(&world, "init --backend venv --no-direnv");
    Some(world)
}
