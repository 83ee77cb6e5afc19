//! pyve killed at its system calls that change the disk: the user's files are whole, no half-made environment and no other
//! Python is used, and the next command copes and leaves nothing over.
//!
//! Usually some points of each scenario are tried. `pyve/tests/run --long` (`PYVE_TEST_LONG=1`) tries them all, and lets
//! the calls fail, too.

mod aftermath;
mod scene;

use std::env::var_os;

use pyve_testkit::tracer::{Blow, CAN_FAIL, traced_or_left_out};
use scene::{Scenario, Scene};

/// One after the other; says what was wrong at which point.
#[track_caller]
fn survives(scenario: &Scenario) {
    let Some(scene) = Scene::new(scenario) else { return };
    scene.reset();
    let Some(whole) = traced_or_left_out(scene.command()) else { return };
    assert_eq!(whole.code, Some(0), "{}: {}", scenario.line, whole.said);
    let long = var_os("PYVE_TEST_LONG").is_some();
    let mut wrong = Vec::new();
    for blow in blows(long) {
        let points = chosen(&whole.calls, if long { usize::MAX } else { scenario.points });
        assert!(points.len() >= scenario.points, "pyve {} has only {} points", scenario.line, points.len());
        for point in points {
            let faults = scene.faults_after(point, blow);
            wrong.extend(faults.into_iter().map(|fault| format!("{blow:?} {fault}")));
        }
    }
    assert!(wrong.is_empty(), "{} of pyve {}:\n{}", wrong.len(), scenario.line, wrong.join("\n"));
}

/// EIO, EAGAIN and ENOSPC.
fn blows(long: bool) -> Vec<Blow> {
    let fails = [5, 11, 28].map(Blow::Fail).into_iter().filter(|_| long && CAN_FAIL);
    std::iter::once(Blow::Kill).chain(fails).collect()
}

/// The numbers of that many calls. Those of a kind that follow each other are alike, so that the first ones come first.
fn chosen(calls: &[String], most: usize) -> Vec<usize> {
    let kind = |index: usize| calls[index].split(' ').next();
    let (begins, others): (Vec<usize>, Vec<usize>) =
        (0..calls.len()).partition(|index| *index == 0 || kind(*index) != kind(index - 1));
    let mut chosen = spread(&begins, most);
    chosen.extend(spread(&others, most - chosen.len().min(most)));
    chosen.sort_unstable();
    chosen.iter().map(|index| index + 1).collect()
}

/// At most so many of them, evenly.
fn spread(from: &[usize], most: usize) -> Vec<usize> {
    let count = from.len().min(most);
    (0..count).map(|number| from[number * from.len() / count]).collect()
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
