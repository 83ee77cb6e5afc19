//! What is locked otherwise than before, and why.

use pyve_formats::sorted;
use std::collections::{BTreeMap, BTreeSet};

use pyve_formats::conda_lock::LockedPackage;
use pyve_plugin_api::LockChange;

use super::content::Solution;
use super::graph;
use super::known::Known;

/// How one package of one platform changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    name: String,
    before: String,
    after: String,
    reason: String,
}

/// The changes; those that are the same on every platform are told once.
pub fn of(known: &Known, solutions: &[Solution], gone: &[&str], requested: &[String], all: bool) -> Vec<LockChange> {
    let mut platforms: BTreeMap<Change, Vec<&str>> = BTreeMap::new();
    for solution in solutions {
        for change in of_platform(known, solution, requested, all) {
            platforms.entry(change).or_default().push(&solution.wish.platform);
        }
    }
    for package in known.before.iter().filter(|it| it.platform.as_deref().is_some_and(|it| gone.contains(&it))) {
        let (name, before) = (text(&package.name), text(&package.version));
        let reason = "its platform is not asked for any more".to_owned();
        let change = Change { name, before, after: String::new(), reason };
        platforms.entry(change).or_default().push(package.platform.as_deref().unwrap_or_default());
    }
    let mut changes = Vec::new();
    for (change, on) in platforms {
        let Change { name, before, after, reason } = change;
        let change = LockChange::new(&name, &before, &after).reason(&reason);
        let on: Vec<&str> = if on.len() == solutions.len() && gone.is_empty() { vec![""] } else { on };
        changes.extend(on.into_iter().map(|platform| change.clone().platform(platform)));
    }
    changes
}

fn text(text: &Option<String>) -> String {
    text.clone().unwrap_or_default()
}

fn of_platform(known: &Known, solution: &Solution, requested: &[String], all: bool) -> Vec<Change> {
    let (before, now) = (known.conda_before(&solution.wish.platform), &solution.conda);
    let is_meant = |name: &str| requested.iter().any(|it| it == name);
    let forced = if all { BTreeMap::new() } else { graph::forced(&before, now, &solution.wish.specs, is_meant) };
    let kept = known.conda(&solution.wish.platform);
    let names: BTreeSet<&String> = sorted::set(before.keys().chain(now.keys()));
    let mut changes = Vec::new();
    for name in names {
        let (old, new) = (before.get(name), now.get(name));
        if old.zip(new).is_some_and(|(old, new)| old.is_same(new)) {
            continue;
        }
        let is_build = old.zip(new).is_some_and(|(old, new)| old.version == new.version);
        let shown = |chosen: Option<&super::solution::Chosen>| {
            let build = |it: &super::solution::Chosen| {
                if is_build { format!("{} {}", it.version, it.build) } else { it.version.clone() }
            };
            chosen.map(build).unwrap_or_default()
        };
        let reason = match (old, new) {
            (None, _) => added(name, solution),
            (Some(_), None) => "no longer required".to_owned(),
            _ if all || requested.contains(name) => "requested".to_owned(),
            _ if !kept.contains_key(name) && known.is_merge => "the sides of the merge differ".to_owned(),
            _ => forced.get(name).cloned().unwrap_or_else(|| "does not go with the others".to_owned()),
        };
        changes.push(Change { name: name.clone(), before: shown(old), after: shown(new), reason });
    }
    changes.extend(of_pip(known, solution, requested, all));
    changes
}

fn added(name: &str, solution: &Solution) -> String {
    if let Some(spec) = solution.wish.specs.iter().find(|spec| spec.name == name) {
        return format!("`{}` is asked for", spec.text);
    }
    let requirer = graph::requirer(name, &solution.conda);
    requirer.map(|it| format!("required by {} {}", it.name, it.version)).unwrap_or_default()
}

fn of_pip(known: &Known, solution: &Solution, requested: &[String], all: bool) -> Vec<Change> {
    let versions = |packages: &mut dyn Iterator<Item = &LockedPackage>| -> BTreeMap<String, String> {
        packages.map(|it| (text(&it.name), text(&it.version))).collect()
    };
    let platform = Some(solution.wish.platform.as_str());
    let before = versions(&mut known.before.iter().filter(|it| it.is_by_pip() && it.platform.as_deref() == platform));
    let now = versions(&mut solution.pip.iter());
    let names: BTreeSet<&String> = sorted::set(before.keys().chain(now.keys()));
    let one = |name: &String| {
        let (old, new) = (before.get(name), now.get(name));
        let reason = match (old, new) {
            (None, _) => "installed by pip",
            (Some(_), None) => "no longer required",
            _ if all || requested.contains(name) => "requested",
            _ => "chosen by pip's resolver",
        };
        let (before, after) = (old.cloned().unwrap_or_default(), new.cloned().unwrap_or_default());
        Change { name: name.clone(), before, after, reason: reason.to_owned() }
    };
    names.into_iter().filter(|name| before.get(*name) != now.get(*name)).map(one).collect()
}
