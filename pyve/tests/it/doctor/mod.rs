//! `pyve doctor`: each fault, made on a real environment, is reported under its own name, and its remedy mends it.

mod aim;
mod complete;
mod conda;
mod disk;
mod environment;
mod files;
mod fix;
mod hanging;
mod lock;
mod migration;
mod output;
mod place;
pub mod plugins;
mod python;
mod real_files;
mod records;
mod shell;
mod speed;
mod untouched;

use std::collections::BTreeSet;
use std::path::Path;

use pyve_testkit::{World, prerequisite};
use serde_json::Value;

use crate::ready::{done, light, quick, whole};

/// What doctor says in JSON, with `-C`, variables and such left to the world.
pub fn report(world: &World, line: &str) -> Value {
    let outcome = world.pyve().args(["doctor", "--json"]).args(line.split_whitespace()).run();
    let report = serde_json::from_slice(&outcome.stdout).unwrap_or_else(|error| panic!("{error}: {outcome}"));
    complete::documented(&report);
    report
}

/// The ids of what is wrong.
pub fn wrong(world: &World) -> BTreeSet<String> {
    ids(&report(world, ""))
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

/// The same, with a pip that is small.
#[track_caller]
pub fn healthy_with_pip() -> Option<World> {
    set_up(light("project")?)
}

/// The same, with the pip that its Python brings.
#[track_caller]
pub fn healthy_with_whole_pip() -> Option<World> {
    set_up(whole("project")?)
}

/// A world in which nothing was made yet, with all that remedies are typed with.
#[track_caller]
pub fn equipped(world: World) -> Option<World> {
    equip(&world)?;
    Some(world)
}

/// Puts all that remedies are typed with on this world's PATH.
#[track_caller]
pub fn equip(world: &World) -> Option<&World> {
    for program in ["direnv", "bash"] {
        world.link_as(program, &prerequisite(program)?);
    }
    give_pyve(world);
    Some(world)
}

#[track_caller]
fn set_up(world: World) -> Option<World> {
    let world = equipped(world)?;
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

/// Exactly this is wrong.
#[track_caller]
pub fn exactly(world: &World, id: &str) -> Value {
    let report = report(world, "");
    let wrong = problems(&report);
    let ids: Vec<&str> = wrong.iter().map(|check| check["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [id], "{report:#}");
    wrong[0].clone()
}

/// Exactly this is wrong; the remedy is typed as it is printed, and nothing is wrong any more.
#[track_caller]
pub fn fixed(world: &World, id: &str) {
    type_remedy(world, &exactly(world, id));
    // What was allowed is another file now, and who mends it allows that.
    if wrong(world).iter().eq(["pyve.envrc-blocked"]) {
        allow(world);
    }
    assert_eq!(wrong(world), BTreeSet::new());
}

/// Exactly this is wrong; `edit` does what is printed, and nothing is wrong any more.
#[track_caller]
pub fn fixed_by(world: &World, id: &str, edit: impl FnOnce(&str)) {
    let check = exactly(world, id);
    let printed = printed(world, world.project(), id);
    let words: Vec<&str> = check["remedy"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    match (words.join(" "), check["hint"].as_str()) {
        (command, None) => assert_eq!(printed, command),
        (command, Some(hint)) if command.is_empty() => assert_eq!(printed, hint),
        (command, Some(hint)) => assert_eq!(printed, format!("{hint}: `{command}`")),
    }
    edit(&printed);
    assert_eq!(wrong(world), BTreeSet::new());
}

/// Exactly this is wrong, and what was seen says what to edit; `edit` does that, and nothing is wrong any more.
#[track_caller]
pub fn fixed_by_edit(world: &World, id: &str, edit: impl FnOnce()) -> String {
    let check = exactly(world, id);
    edit();
    assert_eq!(wrong(world), BTreeSet::new());
    check["detail"].as_str().unwrap().to_owned()
}

/// What is printed behind the arrow below the check.
#[track_caller]
fn printed(world: &World, folder: &Path, id: &str) -> String {
    let text = world.pyve().current_dir(folder).args(["doctor", "--verbose"]).run();
    let text = String::from_utf8(text.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.trim_start().starts_with(&format!("{id} ("))).unwrap();
    lines[at - 1].strip_prefix("  → ").unwrap_or_else(|| panic!("no help for {id}: {text}")).to_owned()
}

/// Types what is printed behind the arrow below the check.
#[track_caller]
pub fn type_remedy(world: &World, check: &Value) {
    type_remedy_in(world, world.project(), check);
}

/// The same in another folder than the project's.
#[track_caller]
pub fn type_remedy_in(world: &World, folder: &Path, check: &Value) {
    assert!(!check["remedy"].as_array().unwrap().is_empty(), "{check:#}");
    let typed = printed(world, folder, check["id"].as_str().unwrap());
    let _ = world.command("sh").current_dir(folder).args(["-c", &typed]).stdin("y\nn\n").run().success();
}

/// What doctor says in JSON of this folder.
pub fn report_in(world: &World, folder: &Path) -> Value {
    let outcome = world.pyve().current_dir(folder).args(["doctor", "--json"]).run();
    serde_json::from_slice(&outcome.stdout).unwrap_or_else(|error| panic!("{error}: {outcome}"))
}

/// The ids of the problems.
pub fn ids(report: &Value) -> BTreeSet<String> {
    problems(report).iter().map(|check| check["id"].as_str().unwrap().to_owned()).collect()
}
