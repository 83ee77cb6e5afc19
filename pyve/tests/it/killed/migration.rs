//! A migration that is killed: the old environment works at every moment, and the way back is open.

use std::fs;

use pyve_testkit::tracer::{Blow, traced, traced_or_left_out};

use super::chosen;
use super::scene::{copy, kept};
use crate::migrate::{MOVE, files, place, prefix, requires_nothing};

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
}
