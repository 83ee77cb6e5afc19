//! `pyve plugin add` that fails or is killed on the way: nothing is left of it, and the next one works.

use std::fs;
use std::path::PathBuf;

use pyve_testkit::World;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
use pyve_testkit::tracer::{Blow, traced, traced_or_left_out};

use super::build::libraries;
use crate::ready::done;

fn plugins(world: &World) -> PathBuf {
    world.home().join(".pyve/plugins")
}

/// What lies in the folder, besides its lock.
fn left(world: &World) -> Vec<String> {
    let names = fs::read_dir(plugins(world)).into_iter().flatten().flatten();
    let mut names: Vec<String> = names.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.retain(|name| name != ".lock");
    names.sort();
    names
}

fn add<'a>(world: &'a World, more: &[&str]) -> pyve_testkit::Invocation<'a> {
    world.pyve().args(["plugin", "add", "--yes"]).args(more).arg(libraries().path("stress"))
}

/// Adds it where no file may have more than so many KiB; `quietly` the one who writes is told so instead of ended.
fn add_cramped(world: &World, quietly: bool, more: &str) -> pyve_testkit::Outcome {
    let library = libraries().path("stress");
    let trap = if quietly { "trap '' XFSZ; " } else { "" };
    let script = format!("{trap}ulimit -f 32; exec pyve plugin add --yes {more} '{}'", library.display());
    world.command("bash").args(["-c", &script]).run()
}

fn world() -> World {
    let world = World::new();
    crate::doctor::give_pyve(&world);
    world.link_as("bash", &pyve_testkit::prerequisite("bash").expect("bash is everywhere"));
    world
}

#[test]
fn one_that_fails_leaves_nothing() {
    let world = world();
    let failed = add_cramped(&world, true, "");
    assert_eq!(failed.code, Some(1), "{failed}");
    assert!(failed.err().contains("stress"), "{failed}");
    assert_eq!(left(&world), ["manifest.json"]);
    assert_eq!(done(&world, "plugin list").out(), "");
    add(&world, &[]).run().success();
    // One that was to replace it leaves the old one as it was.
    let before = left(&world);
    let failed = add_cramped(&world, true, "--replace");
    assert_eq!(failed.code, Some(1), "{failed}");
    assert_eq!(left(&world), before);
    assert!(done(&world, "plugin list").out().contains("trusted"));
}

#[test]
fn one_that_is_ended_while_it_copies_is_swept_up_by_the_next() {
    let world = world();
    let ended = add_cramped(&world, false, "");
    assert_ne!(ended.code, Some(0), "{ended}");
    assert!(left(&world).iter().any(|name| name.ends_with(".tmp")), "{:?}", left(&world));
    assert_eq!(done(&world, "plugin list").out(), "");
    add(&world, &[]).run().success();
    assert_eq!(left(&world), ["manifest.json".to_owned(), format!("stress{}", std::env::consts::DLL_SUFFIX)]);
}

#[test]
fn replacing_keeps_one_file() {
    let world = world();
    for _ in 0..3 {
        add(&world, &["--replace"]).run().success();
        assert_eq!(left(&world).len(), 2, "{:?}", left(&world));
        assert_eq!(done(&world, "plugin try --added detect stress").out(), "[]\n");
    }
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn one_that_is_killed_at_any_call_that_changes_something() {
    let world = world();
    let Some(whole) = traced_or_left_out(add(&world, &[])) else { return };
    assert_eq!(whole.code, Some(0), "{}", whole.said);
    // From the first one on that is about the folder; every second, as each costs time.
    let begun = whole.calls.iter().position(|call| call.contains("/plugins")).expect("it writes there");
    let points = (begun..whole.calls.len()).step_by(2);
    assert!(points.len() >= 5, "{:#?}", whole.calls);
    for point in points {
        fs::remove_dir_all(plugins(&world)).unwrap();
        let killed = traced(add(&world, &[]), Some((point + 1, Blow::Kill))).unwrap();
        let list = done(&world, "plugin list").out();
        assert!(list.is_empty() || list.contains("trusted"), "{:?}: {list}", killed.hit);
        add(&world, &[]).run().success();
        assert_eq!(left(&world).len(), 2, "{:?}: {:?}", killed.hit, left(&world));
        assert_eq!(done(&world, "plugin try --added detect stress").out(), "[]\n", "{:?}", killed.hit);
    }
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn an_update_that_is_killed_at_any_call_leaves_the_old_one_or_the_new_one() {
    let world = world();
    let (old, new) = (libraries().path("stress"), world.root().join("newer.so"));
    fs::write(&new, [fs::read(&old).unwrap(), vec![0]].concat()).unwrap();
    let hashes = [&old, &new].map(|file| super::from_url::sha256(file));
    let update = || {
        let words = ["plugin", "update", "--yes", "--sha256", &hashes[1], "stress"];
        world.pyve().args(words).arg(&new)
    };
    add(&world, &[]).run().success();
    let Some(whole) = traced_or_left_out(update()) else { return };
    assert_eq!(whole.code, Some(0), "{}", whole.said);
    let begun = whole.calls.iter().position(|call| call.contains("/plugins")).expect("it writes there");
    let mut seen = [false; 2];
    for point in (begun..whole.calls.len()).step_by(2) {
        add(&world, &["--replace"]).run().success();
        let killed = traced(update(), Some((point + 1, Blow::Kill))).unwrap();
        let listed: serde_json::Value = serde_json::from_slice(&done(&world, "plugin list --json").stdout).unwrap();
        let plugin = &listed["plugins"][0];
        assert_eq!(plugin["state"], "trusted", "{:?}: {listed:#}", killed.hit);
        let which = hashes.iter().position(|hash| plugin["sha256"] == **hash).expect("one of both");
        seen[which] = true;
        let path = PathBuf::from(plugin["path"].as_str().unwrap());
        assert_eq!(super::from_url::sha256(&path), hashes[which], "{:?}", killed.hit);
        assert_eq!(done(&world, "plugin try --added detect stress").out(), "[]\n", "{:?}", killed.hit);
    }
    assert_eq!(seen, [true, true], "{:#?}", whole.calls);
    add(&world, &["--replace"]).run().success();
    assert_eq!(left(&world).len(), 2, "{:?}", left(&world));
}
