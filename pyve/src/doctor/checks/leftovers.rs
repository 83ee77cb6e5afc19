//! What pyve left behind: environments without a record, and old ones that were put aside by a pyve that was killed.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use pyve_plugin_api::OsText;

use crate::doctor::check::{Check, Fix};
use crate::doctor::ground::Ground;
use crate::records::{Status, lock};
use crate::steps::leftovers;

const SUBJECT: &str = "Left-overs";

pub fn checks(ground: &Ground) -> Vec<Check> {
    // What another pyve is at work with is not left over.
    if lock::holder(&ground.layout).is_some() {
        return Vec::new();
    }
    let aside = aside(ground);
    let told = aside.iter().map(|path| {
        let detail = format!("{}: an old environment that an interrupted pyve put aside", ground.layout.show(path));
        removed(Check::warning("pyve.left-over", SUBJECT, detail), path)
    });
    let orphans = orphans(ground).into_iter().filter(|path| !aside.contains(path));
    let orphaned = orphans.map(|path| {
        let detail = format!("{}: an environment of which pyve has no record", ground.layout.show(&path));
        removed(Check::warning("pyve.orphaned-environment", SUBJECT, detail), &path)
    });
    told.chain(orphaned).collect()
}

fn removed(check: Check, path: &std::path::Path) -> Check {
    let words: [OsText; 3] = ["rm".into(), "-rf".into(), path.into()];
    check.remedy(words).fix(Fix::Remove(path.to_owned()))
}

/// Where the new environment is not finished the old one is the only whole one: `init` removes it once it is not needed.
fn aside(ground: &Ground) -> BTreeSet<PathBuf> {
    let records = ground.records().records.iter().filter(|record| record.status == Status::Ready);
    let prefixes = records.map(|record| record.recorded.prefix.path().into_owned());
    prefixes.filter(|prefix| prefix.starts_with(ground.layout.root())).flat_map(|prefix| leftovers(&prefix)).collect()
}

/// The folders below `.pyve/envs` that no record speaks of. With a record that cannot be read nobody can tell.
fn orphans(ground: &Ground) -> Vec<PathBuf> {
    let all = ground.records();
    let moved = all.records.iter().any(|record| record.moved_from(&ground.layout).is_some());
    if moved || !all.is_whole() {
        return Vec::new();
    }
    let known: BTreeSet<PathBuf> =
        all.records.iter().map(|record| record.recorded.prefix.path().into_owned()).collect();
    let entries = fs::read_dir(ground.layout.folder().join("envs")).into_iter().flatten().flatten();
    let folders = entries.map(|entry| entry.path()).filter(|path| path.is_dir() && !path.is_symlink());
    let mut orphans: Vec<PathBuf> = folders.filter(|path| !known.contains(path)).collect();
    orphans.sort();
    orphans
}
