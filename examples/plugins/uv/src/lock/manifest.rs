//! What `uv.lock` notes of the workspace as a whole: its members, what bounds all packages, and how uv was to resolve.

use std::collections::{BTreeMap, BTreeSet};

use super::asked::{Asked, Compared, List, compared as compared_lists, list};
use super::file::Locked;
use super::judged::members;
use super::marker::{Marked, same};
use super::source::Sources;
use crate::project::Project;
use crate::uv_settings::UvSettings;
use pep440_rs::VersionSpecifiers;
use pyve_formats::Written;
use pyve_formats::dependencies::Dependency;
use pyve_formats::pyproject;
use pyve_formats::python_name::normalized;
use pyve_formats::requirements::Origin;
use pyve_formats::toml_file::{Item, TomlFile};

/// Lists of requirements: the key of uv's settings, that of the lock, and what it is called.
const LISTS: [(&str, &str, &str); 3] = [
    ("constraint-dependencies", "constraints", " as a constraint"),
    ("override-dependencies", "overrides", " as an override"),
    ("build-constraint-dependencies", "build-constraints", " as a constraint of builds"),
];

/// Options of the resolver: the key of uv's settings, that of the lock, and what holds where nothing is said.
const OPTIONS: [(&str, &str, &str); 3] = [
    ("resolution", "resolution-mode", "highest"),
    ("prerelease", "prerelease-mode", "if-necessary-or-explicit"),
    ("fork-strategy", "fork-strategy", "requires-python"),
];

/// Where something holds: the key of `[tool.uv]`, and that of the lock.
const MARKERS: [(&str, &str); 2] =
    [("environments", "supported-markers"), ("required-environments", "required-markers")];

/// What differs, a line each.
pub fn compared(locked: &Locked, project: &Project, settings: &UvSettings) -> Vec<String> {
    let (lock, root, file) = (&locked.file, project.root.file.file(), settings.name);
    let mut reasons = of_members(lock, project);
    let any = VersionSpecifiers::empty();
    for (key, noted, within) in LISTS {
        let what = Compared { pythons: &any, extras: &[], markers: true, within };
        let asked = of_settings(settings, key, project);
        reasons.extend(compared_lists(&asked, &list(lock.item(&format!("manifest.{noted}"))), &what));
    }
    for (key, noted, usual) in OPTIONS {
        let said = settings.text(key);
        let noted =
            lock.text(&format!("options.{noted}")).ok().flatten().map_or_else(|| usual.to_owned(), |noted| noted.text);
        // Where the project says nothing, a user's own settings may.
        reasons.extend(
            said.filter(|said| said.text != noted)
                .map(|said| format!("{file}:{} says {key} `{}`, but `{noted}` is locked", said.line, said.text)),
        );
    }
    reasons.extend(of_names(settings, locked));
    for (key, noted) in MARKERS {
        if !are_same(&texts(root, &format!("tool.uv.{key}")), &texts(lock, noted)) {
            reasons.push(format!("{} has other {key} than are locked", pyproject::NAME));
        }
    }
    if !are_same_conflicts(root, lock, project) {
        reasons.push(format!("{} has other conflicts than are locked", pyproject::NAME));
    }
    reasons
}

/// In how many options a lock was made otherwise than the project says now, taking what it does not say as usual.
pub fn other_options(lock: &TomlFile, settings: &UvSettings) -> usize {
    let noted = |key: &str| lock.text(&format!("options.{key}")).ok().flatten().map(|noted| noted.text);
    let said = |key: &str| settings.text(key).map(|said| said.text);
    let is_other = |(key, noted_as, usual): &(&str, &str, &str)| {
        said(key).unwrap_or_else(|| (*usual).to_owned()) != noted(noted_as).unwrap_or_else(|| (*usual).to_owned())
    };
    let newer = said("exclude-newer").is_some() != noted("exclude-newer").is_some();
    OPTIONS.iter().filter(|option| is_other(option)).count() + usize::from(newer)
}

/// What is left out of the resolution, and what uv is told of packages instead of asking them.
fn of_names(settings: &UvSettings, locked: &Locked) -> Vec<String> {
    let (lock, file) = (&locked.file, settings.name);
    let mut reasons = Vec::new();
    let names =
        |file: &TomlFile, key: &str| texts(file, key).iter().map(|name| normalized(name)).collect::<BTreeSet<_>>();
    if names(&settings.file, &settings.path("exclude-dependencies")) != names(lock, "manifest.excludes") {
        reasons.push(format!("{file} has other exclude-dependencies than are locked"));
    }
    // Of packages that nothing needs uv notes nothing.
    let mut asked = described(&settings.file, &settings.path("dependency-metadata"));
    asked.retain(|(name, _)| locked.packages().any(|package| package.name() == name));
    if asked != described(lock, "manifest.dependency-metadata") {
        reasons.push(format!("{file} has other dependency-metadata than is locked"));
    }
    let asked = moments(settings.item("exclude-newer-package"));
    let mut noted = moments(lock.item("options.exclude-newer-package"));
    // Of a span before now nobody else knows which moment that was.
    noted.iter_mut().for_each(|(name, moment)| *moment = moment.take().filter(|_| asked.get(name) != Some(&None)));
    if asked != noted {
        reasons.push(format!("{file} has another exclude-newer-package than is locked"));
    }
    let newer = settings.text("exclude-newer");
    let noted = lock.text("options.exclude-newer").ok().flatten();
    if let Some(said) = newer.filter(|said| noted.as_ref().is_none_or(|noted| is_time(said) && noted.text != said.text))
    {
        let noted = noted.map_or_else(|| "nothing".to_owned(), |noted| format!("`{}`", noted.text));
        reasons.push(format!("{file}:{} says exclude-newer `{}`, but {noted} is locked", said.line, said.text));
    }
    reasons
}

/// Packages with a moment of their own.
fn moments(item: Option<&Item>) -> BTreeMap<String, Option<String>> {
    let entries = item.and_then(|item| item.entries("exclude-newer-package").ok()).unwrap_or_default();
    let moment = |item: &Item| item.as_text().filter(|text| text.ends_with('Z')).map(str::to_owned);
    entries.iter().map(|(name, item)| (normalized(&name.text), moment(item))).collect()
}

/// A moment as uv notes it: a day alone is another one in each time zone.
fn is_time(said: &Written) -> bool {
    said.text.ends_with('Z')
}

/// The packages that are described, with their versions and how much they need.
fn described(file: &TomlFile, key: &str) -> BTreeSet<(String, String)> {
    let one = |item: &Item| {
        let text = |key: &str| item.get(key).and_then(Item::as_text).unwrap_or_default();
        let needs = item.get("requires-dist").and_then(Item::as_list).map(<[Item]>::len);
        (normalized(text("name")), format!("{} {needs:?} {}", text("version"), text("requires-python")))
    };
    file.item(key).and_then(Item::as_list).unwrap_or_default().iter().map(one).collect()
}

/// Of a project alone the lock notes no members.
fn of_members(lock: &TomlFile, project: &Project) -> Vec<String> {
    let noted: BTreeSet<String> = texts(lock, "manifest.members").into_iter().collect();
    let now: BTreeSet<String> = members(project).into_iter().collect();
    if noted.is_empty() && now.len() == 1 {
        return Vec::new();
    }
    noted.difference(&now).map(|name| format!("`{name}` is locked, but no longer a member of the workspace")).collect()
}

fn of_settings(settings: &UvSettings, key: &str, project: &Project) -> Vec<Asked> {
    let file = settings.name;
    let items = settings.item(key).and_then(Item::as_list).unwrap_or_default();
    let sources = Sources { project, member: &project.root };
    let one = |item: &Item| {
        let origin = Origin { file: file.into(), line: item.line };
        let text = item.as_text().unwrap_or_default().to_owned();
        Asked::of_line(&Ok(Dependency { text, editable: false, origin }), List::Always, &sources, file)
    };
    items.iter().flat_map(one).collect()
}

fn texts(file: &TomlFile, key: &str) -> Vec<String> {
    match file.item(key) {
        None => Vec::new(),
        // One alone may stand without brackets.
        Some(item) => match item.as_text() {
            Some(text) => vec![text.to_owned()],
            None => item.as_list().unwrap_or_default().iter().filter_map(Item::as_text).map(str::to_owned).collect(),
        },
    }
}

/// Whether two lists of markers mean the same, in whatever order.
fn are_same(one: &[String], other: &[String]) -> bool {
    let read = |texts: &[String]| texts.iter().map(|text| Marked::of(text)).collect::<Option<Vec<_>>>();
    let (Some(one), Some(mut other)) = (read(one), read(other)) else { return one == other };
    let any = VersionSpecifiers::empty();
    one.len() == other.len()
        && one.iter().all(|marker| {
            let found = other.iter().position(|candidate| same(marker, candidate, &any, &[]));
            found.map(|at| other.remove(at)).is_some()
        })
}

/// A set of extras and groups of which no two can be installed together.
type Conflict = BTreeSet<String>;

/// uv adds a set for every group that includes one of a set.
fn are_same_conflicts(root: &TomlFile, lock: &TomlFile, project: &Project) -> bool {
    let own = &project.root.declared.name;
    let (asked, locked) = (conflicts(root.item("tool.uv.conflicts"), own), conflicts(lock.item("conflicts"), own));
    let mut possible: Vec<Conflict> = asked.iter().cloned().collect();
    let mut at = 0;
    while let Some(conflict) = possible.get(at).cloned().filter(|_| at < MOST_CONFLICTS) {
        for (group, includes) in including(root) {
            let (group, included) = (of_group(own, &group), of_group(own, &includes));
            if conflict.contains(&included) && !conflict.contains(&group) {
                let more = conflict.iter().filter(|it| **it != included).cloned().chain([group]).collect();
                if !possible.contains(&more) {
                    possible.push(more);
                }
            }
        }
        at += 1;
    }
    asked.is_subset(&locked) && locked.iter().all(|conflict| possible.contains(conflict))
}

/// So many sets are looked at; no project has as many.
const MOST_CONFLICTS: usize = 500;

/// Each group with each that it includes.
fn including(file: &TomlFile) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, lines) in file.entries("dependency-groups").unwrap_or_default() {
        let included =
            lines.as_list().unwrap_or_default().iter().filter_map(|line| line.get("include-group")?.as_text());
        found.extend(included.map(|included| (normalized(&name.text), normalized(included))));
    }
    found
}

fn of_group(package: &str, group: &str) -> String {
    format!("{package} group {group}")
}

/// One without a package is of the root.
fn conflicts(item: Option<&Item>, root: &str) -> BTreeSet<Conflict> {
    let one = |item: &Item| {
        let text = |key: &str| item.get(key).and_then(Item::as_text).map(normalized);
        let package = text("package").unwrap_or_else(|| root.to_owned());
        match (text("group"), text("extra")) {
            (Some(group), _) => of_group(&package, &group),
            (_, Some(extra)) => format!("{package} extra {extra}"),
            _ => package,
        }
    };
    let set = |item: &Item| item.as_list().unwrap_or_default().iter().map(one).collect();
    item.and_then(Item::as_list).unwrap_or_default().iter().map(set).collect()
}
