//! `pyve doctor`: each fault, made on a real environment, is reported under its own name, and its remedy mends it.

mod aim;
mod conda;
mod environment;
mod files;
mod fix;
mod output;
mod place;
mod plugins;
mod records;
mod shell;
mod speed;

use std::collections::BTreeSet;

use pyve_testkit::{World, prerequisite};
use serde_json::Value;

use crate::ready::{done, quick, whole};

/// What doctor says in JSON, with `-C`, variables and such left to the world.
pub fn report(world: &World, line: &str) -> Value {
    let outcome = world.pyve().args(["doctor", "--json"]).args(line.split_whitespace()).run();
    serde_json::from_slice(&outcome.stdout).unwrap_or_else(|error| panic!("{error}: {outcome}"))
}

/// The ids of what is wrong.
pub fn wrong(world: &World) -> BTreeSet<String> {
    problems(&report(world, "")).iter().map(|check| check["id"].as_str().unwrap().to_owned()).collect()
}

/// What is wrong; that an environment was made without pip on purpose is not.
pub fn problems(report: &Value) -> Vec<Value> {
    let checks = report["checks"].as_array().unwrap().iter();
    let problem = |check: &&Value| {
        check["status"] == "error" || (check["status"] == "warning" && check["id"] != "venv.pip-missing")
    };
    checks.filter(problem).cloned().collect()
}

/// The check with this id.
#[track_caller]
pub fn check(report: &Value, id: &str) -> Value {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["id"] == id).unwrap_or_else(|| panic!("no {id} in {report:#}")).clone()
}

/// A world with an environment in which nothing is wrong: made, wired in and allowed. It has no pip, which saves time.
#[track_caller]
pub fn healthy() -> Option<World> {
    set_up(quick("project")?)
}

/// The same, with pip.
#[track_caller]
pub fn healthy_with_pip() -> Option<World> {
    set_up(whole("project")?)
}

fn set_up(world: World) -> Option<World> {
    for program in ["direnv", "bash"] {
        world.link_as(program, &prerequisite(program)?);
    }
    give_pyve(&world);
    done(&world, "init --yes");
    allow(&world);
    assert_eq!(wrong(&world), BTreeSet::new());
    Some(world)
}

/// Puts the pyve under test on this world's PATH, where remedies look for it.
pub fn give_pyve(world: &World) {
    world.link_as("pyve", std::path::Path::new(env!("CARGO_BIN_EXE_pyve")));
}

pub fn allow(world: &World) {
    let _ = world.command("direnv").args(["allow"]).run().success();
}

/// Exactly this is wrong; the remedy is typed as it is printed, and nothing is wrong any more.
#[track_caller]
pub fn mended(world: &World, id: &str) {
    let report = report(world, "");
    let wrong = problems(&report);
    let ids: Vec<&str> = wrong.iter().map(|check| check["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [id], "{report:#}");
    type_remedy(world, &wrong[0]);
    // What was allowed is another file now, and who mends it allows that.
    let again = self::wrong(world);
    if again.iter().all(|id| id == "pyve.envrc-blocked") {
        allow(world);
    }
    assert_eq!(self::wrong(world), BTreeSet::new());
}

/// Types what the text shows behind the arrow below the check.
#[track_caller]
pub fn type_remedy(world: &World, check: &Value) {
    let text = world.pyve().args(["doctor", "--verbose"]).run();
    let text = String::from_utf8(text.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let id = check["id"].as_str().unwrap();
    let at = lines.iter().position(|line| line.trim_start().starts_with(&format!("{id} ("))).unwrap();
    let typed = lines[at - 1].strip_prefix("  → ").unwrap_or_else(|| panic!("no remedy for {id}: {text}"));
    assert!(!check["remedy"].as_array().unwrap().is_empty(), "{check:#}");
    let _ = world.command("sh").args(["-c", typed]).stdin("y\nn\n").run().success();
}
