//! pyve killed at its system calls that change the disk: the user's files are whole, no half-made environment and no other
//! Python is used, and the next command copes and leaves nothing over.
//!
//! Usually some points of each scenario are tried. `pyve/tests/run --long` tries them all, and lets the calls fail, too,
//! for as long as there is time.

mod aftermath;
mod long;
mod migration;
mod scene;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pyve_testkit::World;
use pyve_testkit::tracer::{Blow, CAN_FAIL, traced, traced_or_left_out};
use scene::{Scenario, Scene};

use crate::plugins::build::libraries;

/// One after the other; says what was wrong at which point.
#[track_caller]
fn survives(scenario: &Scenario) {
    let Some(scene) = Scene::new(scenario) else { return };
    scene.reset();
    let Some(whole) = traced_or_left_out(scene.command()) else { return };
    assert_eq!(whole.code, Some(0), "{}: {}", scenario.line, whole.said);
    let points = chosen(&whole.calls, scenario.points);
    assert!(points.len() >= scenario.points, "pyve {} has only {} points", scenario.line, points.len());
    let mut wrong = Vec::new();
    let mut attempt = |point, blow| {
        let faults = scene.faults_after(point, blow);
        wrong.extend(faults.into_iter().map(|fault| format!("{blow:?} {fault}")));
    };
    points.iter().for_each(|point| attempt(*point, Blow::Kill));
    if let Some(long) = long::Run::asked_for() {
        let others = others(whole.calls.len(), &points);
        let tried = others.iter().take_while(|_| !long.is_over()).map(|(point, blow)| attempt(*point, *blow)).count();
        long.tell(&format!("pyve {}", scenario.line), points.len() + tried, points.len() + others.len());
    }
    assert!(wrong.is_empty(), "{} of pyve {}:\n{}", wrong.len(), scenario.line, wrong.join("\n"));
}

/// All that can befall so many calls but what was tried, in an order that covers them evenly wherever it is broken off.
fn others(calls: usize, killed: &[usize]) -> Vec<(usize, Blow)> {
    // EIO, EAGAIN and ENOSPC.
    let fails = [5, 11, 28].map(Blow::Fail).into_iter().filter(|_| CAN_FAIL);
    let blows: Vec<Blow> = std::iter::once(Blow::Kill).chain(fails).collect();
    let killed: BTreeSet<usize> = killed.iter().copied().collect();
    let all = (0..blows.len() * calls).map(|number| (number % calls + 1, blows[number / calls]));
    let others = all.filter(|(point, blow)| *blow != Blow::Kill || !killed.contains(point));
    // First every half, then every quarter, and so on.
    let mut halved: Vec<(usize, (usize, Blow))> = others.enumerate().collect();
    halved.sort_by_key(|(index, _)| index.reverse_bits());
    halved.into_iter().map(|(_, other)| other).collect()
}

/// The numbers of that many calls: mostly those about files that have a name of their own, and some of the many that fill
/// or empty an environment.
fn chosen(calls: &[String], most: usize) -> Vec<usize> {
    let (mut named, mut many) = (Vec::new(), Vec::new());
    let mut within = false;
    for (index, call) in calls.iter().enumerate() {
        let path = call.split_once(' ').map(|(_, path)| path);
        within = path.map_or(within, is_within_environment);
        if within { &mut many } else { &mut named }.push(index);
    }
    let some = many.len().min(most.saturating_sub(named.len()).max(most / 4));
    let mut chosen = spread(&named, most - some);
    chosen.extend(spread(&many, some));
    chosen.sort_unstable();
    chosen.iter().map(|index| index + 1).collect()
}

/// Whether it is a file of an environment, also of one that is begun or on its way out.
fn is_within_environment(path: &str) -> bool {
    path.split_once("/.venv").is_some_and(|(_, rest)| rest.trim_end_matches("/tree").contains('/'))
}

/// At most so many of them, evenly.
fn spread(from: &[usize], most: usize) -> Vec<usize> {
    let count = from.len().min(most);
    (0..count).map(|number| from[number * from.len() / count]).collect()
}

/// The number of the first call of this kind about this file of the project, with what precedes it.
fn call(scene: &Scene<'_>, kind: &str, file: &str) -> Option<usize> {
    scene.reset();
    let whole = traced_or_left_out(scene.command())?;
    let wanted = format!("{kind} {}", scene.world.project().join(file).display());
    let found = whole.calls.iter().position(|call| *call == wanted);
    Some(found.unwrap_or_else(|| panic!("no `{wanted}` in {:#?}", whole.calls)) + 1)
}

#[test]
fn a_file_system_that_cannot_exchange_renames_twice() {
    let Some(scene) = Scene::new(&scene::FORCE).filter(|_| CAN_FAIL) else { return };
    let Some(point) = call(&scene, "rename", ".venv") else { return };
    // EINVAL, as NFS and many a FUSE say.
    assert_eq!(scene.faults_after(point, Blow::Fail(22)), Vec::<String>::new());
    scene.reset();
    let ended = traced(scene.command(), Some((point, Blow::Fail(22)))).unwrap();
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    let renames = ended.calls.iter().filter(|call| call.contains("/.venv")).cloned().collect::<Vec<_>>();
    assert!(renames.iter().any(|call| call.contains(".venv.pyve-old-")), "{renames:#?}");
}

#[test]
fn a_purge_that_was_killed_is_told_to_a_command() {
    let Some(scene) = Scene::new(&scene::PURGE) else { return };
    scene.reset();
    let Some(whole) = traced_or_left_out(scene.command()) else { return };
    // It is gone at once, and removed after that.
    let moved = whole.calls.iter().position(|call| call.starts_with("rename") && call.contains(".venv.pyve-old-"));
    let point = moved.unwrap_or_else(|| panic!("{:#?}", whole.calls)) + 2;
    scene.reset();
    assert!(traced(scene.command(), Some((point, Blow::Kill))).unwrap().hit.is_some());
    insta::assert_snapshot!(scene.said("run python -V"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: removing the environment was interrupted
      project: [PROJECT]
    hint: remove the rest with `pyve purge`, or create it again: `pyve init`
    ");
    assert_eq!(scene.said("init").code, Some(0));
    assert!(!scene.world.tree().contains("pyve-old"), "{}", scene.world.tree());
    assert_eq!(scene.said("run python -V").code, Some(0));
}

/// Where only the file of the old one is left to be removed.
#[test]
fn an_updated_plugin_takes_the_old_file_along() {
    let world = World::new();
    let file = world.root().join("built.so");
    let mut built = fs::read(libraries().path("frozen")).unwrap();
    let mut build = || {
        built.push(0);
        fs::write(&file, &built).unwrap();
        pyve_formats::sha256::of(&built)
    };
    let update = |hash: String| world.pyve().args(["plugin", "update", "frozen", "--yes", "--sha256"]).arg(hash);
    build();
    world.pyve().args(["plugin", "add", "--yes"]).arg(&file).run().success();
    let Some(whole) = traced_or_left_out(update(build())) else { return };
    let removed = |call: &String| call.starts_with("unlink") && call.ends_with("/frozen.so");
    let point = whole.calls.iter().position(removed).unwrap_or_else(|| panic!("{:#?}", whole.calls)) + 1;
    let hit = traced(update(build()), Some((point, Blow::Kill))).unwrap().hit.clone().unwrap_or_default();
    assert!(hit.ends_with("/frozen-2.so"), "{hit}");
    let libraries = || {
        let names = fs::read_dir(world.home().join(".pyve/plugins")).unwrap().flatten().map(|entry| entry.file_name());
        let mut names: Vec<_> = names.filter(|name| Path::new(name).extension().is_some()).collect();
        names.sort();
        names
    };
    assert_eq!(libraries(), ["frozen-2.so", "frozen.so", "manifest.json"]);
    let listed = world.pyve().args(["plugin", "list"]).run().success();
    assert!(!listed.out().contains("not added") && listed.err().is_empty(), "{listed}");
    update(build()).run().success();
    assert_eq!(libraries(), ["frozen-2.so", "manifest.json"]);
}

#[test]
fn a_first_init() {
    survives(&scene::FIRST);
}

#[test]
fn an_init_from_a_prepared_tree() {
    survives(&scene::WARM);
}

#[test]
fn a_recreation() {
    survives(&scene::FORCE);
}

#[test]
fn a_recreation_in_place() {
    survives(&scene::IN_PLACE);
}

#[test]
fn an_update() {
    survives(&scene::UPDATE);
}

#[test]
fn a_purge() {
    survives(&scene::PURGE);
}

#[test]
fn a_pinned_version() {
    survives(&scene::PYTHON_VERSION);
}

#[test]
fn an_added_plugin() {
    survives(&scene::PLUGIN);
}

#[test]
fn an_installation() {
    survives(&scene::SELF_INSTALL);
}
