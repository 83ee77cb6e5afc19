//! What is locked otherwise than before, and why.

use pyve_formats::sorted;
use std::collections::{BTreeMap, BTreeSet};

use pyve_formats::pylock::Pylock;
use pyve_formats::python_name::normalized;
use pyve_plugin_api::LockChange;

use super::Problem;
use super::pins::{joined, versions};

/// By package those that require it, as far as the solver told.
pub type Parents = BTreeMap<String, BTreeSet<String>>;

/// So many packages are named as the reason for one.
const NAMED: usize = 3;

pub fn between(problem: &Problem<'_>, after: &Pylock, parents: &Parents) -> Vec<LockChange> {
    let now = versions(after);
    let names: BTreeSet<&str> = sorted::set(problem.pins.names().chain(now.keys().map(String::as_str)));
    let shown = |name: &str| now.get(name).map(joined).unwrap_or_default();
    let moved: BTreeSet<&str> =
        sorted::set(names.iter().copied().filter(|name| problem.pins.shown(name) != shown(name)));
    let change = |name: &&str| {
        let reason = reason(problem, name, &now, parents, &moved);
        LockChange::new(name, &problem.pins.shown(name), &shown(name)).reason(&reason)
    };
    moved.iter().map(change).collect()
}

/// The packages that moved, and nobody asked for that: the ones whose parents are worth asking for.
pub fn unexplained(problem: &Problem<'_>, after: &Pylock) -> bool {
    !problem.asked.upgrade
        && problem.pins.text.is_some()
        && between(problem, after, &Parents::new()).iter().any(|change| change.reason.is_empty())
}

fn reason(
    problem: &Problem<'_>,
    name: &str,
    now: &BTreeMap<String, BTreeSet<String>>,
    parents: &Parents,
    moved: &BTreeSet<&str>,
) -> String {
    if !now.contains_key(name) {
        return "no longer required".to_owned();
    }
    if problem.asked.update.iter().any(|asked| normalized(asked) == name) {
        return "requested".to_owned();
    }
    if problem.asked.upgrade {
        return "upgraded".to_owned();
    }
    if problem.pins.disputed.contains(name) {
        return "merge conflict".to_owned();
    }
    if let Some(direct) = asked_for(problem, name) {
        return direct;
    }
    let of_version = |name: &str| match now.get(name).filter(|versions| versions.len() == 1) {
        Some(versions) => format!("{name} {}", joined(versions)),
        None => name.to_owned(),
    };
    let listed = |names: Vec<&str>| names.into_iter().take(NAMED).map(of_version).collect::<Vec<_>>().join(", ");
    let all = parents.get(name).into_iter().flatten().map(String::as_str);
    let (first, rest): (Vec<&str>, Vec<&str>) = all.partition(|parent| moved.contains(parent));
    if !first.is_empty() {
        return format!("required by {}", listed(first));
    }
    // Nobody who requires it moved: its old version did not go with what was to move.
    let causes: Vec<&str> = moved.iter().copied().filter(|other| *other != name && is_cause(problem, other)).collect();
    match problem.pins.shown(name).is_empty() {
        false if !causes.is_empty() && !parents.is_empty() => format!("to fit {}", listed(causes)),
        _ if rest.is_empty() => String::new(),
        _ => format!("required by {}", listed(rest)),
    }
}

/// Whether a package moves by what the user or the project's files ask for.
fn is_cause(problem: &Problem<'_>, name: &str) -> bool {
    problem.asked.update.iter().any(|asked| normalized(asked) == name) || asked_for(problem, name).is_some()
}

/// The requirement of the project's own that what was locked of a package does not meet.
fn asked_for(problem: &Problem<'_>, name: &str) -> Option<String> {
    let before = problem.pins.shown(name);
    let mut own = problem.inputs.iter().filter(|input| {
        let requirement = input.requirement.as_ref().filter(|requirement| requirement.name == name);
        requirement.is_some_and(|it| before.is_empty() || !before.split(", ").all(|old| it.may_be(old)))
    });
    own.next().map(|input| format!("{} asks for {}", input.origin, input.text))
}
