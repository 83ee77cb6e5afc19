//! What `uv.lock` notes of the workspace as a whole: its members, what bounds all packages, and how uv was to resolve.

use std::collections::BTreeSet;

use pep440_rs::VersionSpecifiers;
use pyve_formats::dependencies::Dependency;
use pyve_formats::pyproject;
use pyve_formats::python_name::normalized;
use pyve_formats::requirements::Origin;
use pyve_formats::toml_file::{Item, TomlFile};
use pyve_plugin_api::{Error, Request, Result};

use super::asked::{Asked, Compared, compared as compared_lists};
use super::file::Locked;
use super::judged::{list, members};
use super::marker::{Marked, same};
use super::source::Sources;
use crate::project::Project;
use crate::tool::SETTINGS;

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
pub fn compared(locked: &Locked, request: &Request, project: &Project) -> Result<Vec<String>> {
    let lock = &locked.file;
    let own = TomlFile::read(&request.in_project(SETTINGS))
        .map_err(|error| Error::new(error.to_string()).hint(error.hint()))?;
    let root = project.root.file.file();
    // Beside a uv.toml the settings of [tool.uv] that both know do not count.
    let (settings, table, file) = match &own {
        Some(own) => (own, "", SETTINGS),
        None => (root, "tool.uv.", pyproject::NAME),
    };
    let mut reasons = of_members(lock, project);
    let any = VersionSpecifiers::empty();
    for (key, noted, within) in LISTS {
        let what = Compared { pythons: &any, extras: &[], within };
        let asked = of_settings(settings, &format!("{table}{key}"), file, project);
        reasons.extend(compared_lists(&asked, &list(lock.item(&format!("manifest.{noted}"))), &what));
    }
    for (key, noted, usual) in OPTIONS {
        let said = settings.text(&format!("{table}{key}")).ok().flatten();
        let noted =
            lock.text(&format!("options.{noted}")).ok().flatten().map_or_else(|| usual.to_owned(), |noted| noted.text);
        // Where the project says nothing, a user's own settings may.
        reasons.extend(
            said.filter(|said| said.text != noted)
                .map(|said| format!("{file}:{} says {key} `{}`, but `{noted}` is locked", said.line, said.text)),
        );
    }
    for (key, noted) in MARKERS {
        if !are_same(&texts(root, &format!("tool.uv.{key}")), &texts(lock, noted)) {
            reasons.push(format!("{} has other {key} than are locked", pyproject::NAME));
        }
    }
    if conflicts(root.item("tool.uv.conflicts"), project) != conflicts(lock.item("conflicts"), project) {
        reasons.push(format!("{} has other conflicts than are locked", pyproject::NAME));
    }
    Ok(reasons)
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

fn of_settings(settings: &TomlFile, key: &str, file: &str, project: &Project) -> Vec<Asked> {
    let items = settings.item(key).and_then(Item::as_list).unwrap_or_default();
    let sources = Sources { project, member: &project.root };
    let one = |item: &Item| {
        let origin = Origin { file: file.into(), line: item.line };
        let line = Dependency { text: item.as_text()?.to_owned(), editable: false, origin };
        Asked::of_line(&Ok(line), None, &sources, file)
    };
    items.iter().filter_map(one).collect()
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

/// Sets of extras and groups that exclude each other; one without a package is of the root.
fn conflicts(item: Option<&Item>, project: &Project) -> BTreeSet<BTreeSet<String>> {
    let one = |item: &Item| {
        let text = |key: &str| item.get(key).and_then(Item::as_text).map(normalized);
        let package = text("package").unwrap_or_else(|| project.root.declared.name.clone());
        format!("{package} {:?} {:?}", text("extra"), text("group"))
    };
    let set = |item: &Item| item.as_list().unwrap_or_default().iter().map(one).collect();
    item.and_then(Item::as_list).unwrap_or_default().iter().map(set).collect()
}
