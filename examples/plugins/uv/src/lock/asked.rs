//! A requirement in one form for both sides: as a `pyproject.toml` writes it, and as `uv.lock` notes it.

use std::collections::BTreeSet;
use std::path::Path;

use pep440_rs::VersionSpecifiers;
use pyve_formats::dependencies::{Dependency, Fault};
use pyve_formats::python_name::normalized;
use pyve_formats::requirement::Requirement;
use pyve_formats::toml_file::Item;

use super::marker::{self, Marked};
use super::source::{Place, Source, Sources};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub name: String,
    extras: BTreeSet<String>,
    specifiers: BTreeSet<String>,
    marker: Marked,
    source: Source,
    /// As the user wrote it, without what is behind a semicolon; of a lock as it would be written.
    pub text: String,
    /// `pyproject.toml:7`; empty for what is locked.
    pub origin: String,
}

impl Asked {
    /// A line of a project, one for each place that it is taken from. None of what is no requirement by PEP 508, which is uv's
    /// to refuse.
    pub fn of_line(line: &Result<Dependency, Fault>, list: List<'_>, sources: &Sources<'_>, file: &str) -> Vec<Self> {
        let Ok(line) = line else { return Vec::new() };
        let Some(read) = Requirement::parse(&line.text) else { return Vec::new() };
        let (text, said) = line.text.split_once(';').unwrap_or((&line.text, ""));
        let places = match &read.url {
            Some(url) => vec![Place::always(Source::of_url(url))],
            None => sources.of(&read.name, list),
        };
        let extra = if let List::Extra(extra) = list { Some(extra.to_owned()) } else { None };
        let one = |place: Place| {
            let mut tree = read.marker.clone();
            tree.and(place.marker);
            let marker = Marked { tree, text: format!("{said} {}", place.said), extra: extra.clone() };
            // What comes from one place has the version that it has there.
            let versions = read.versions.as_ref().filter(|_| place.source.is_of_index());
            Self {
                name: read.name.clone(),
                extras: read.extras.iter().cloned().collect(),
                specifiers: specifiers(versions),
                marker,
                source: place.source,
                text: text.trim().to_owned(),
                origin: format!("{file}:{}", line.origin.line),
            }
        };
        places.into_iter().map(one).filter(|asked| !asked.marker.tree.is_false()).collect()
    }

    /// An entry of `requires-dist` and its like.
    pub fn of_lock(item: &Item) -> Option<Self> {
        let text = |key: &str| item.get(key).and_then(Item::as_text);
        let name = text("name")?.to_owned();
        let said = text("specifier").unwrap_or_default();
        let extras = item.get("extras").and_then(Item::as_list).unwrap_or_default();
        let extras: BTreeSet<String> = extras.iter().filter_map(Item::as_text).map(normalized).collect();
        let shown = match extras.is_empty() {
            true => format!("{name}{said}"),
            false => format!("{name}[{}]{said}", extras.iter().cloned().collect::<Vec<_>>().join(",")),
        };
        Some(Self {
            extras,
            specifiers: specifiers(said.parse().ok().as_ref()),
            marker: Marked::of(text("marker").unwrap_or_default())?,
            source: Source::of_lock(item),
            text: shown,
            origin: String::new(),
            name,
        })
    }

    /// Whether what is locked is this.
    fn is(&self, locked: &Self, what: &Compared<'_>) -> bool {
        self.name == locked.name
            && self.extras == locked.extras
            && self.specifiers == locked.specifiers
            && self.source == locked.source
            && (!what.markers || marker::same(&self.marker, &locked.marker, what.pythons, what.extras))
    }
}

/// The list that a line stands in.
#[derive(Clone, Copy)]
pub enum List<'a> {
    /// What a project always needs, or bounds of all packages.
    Always,
    Extra(&'a str),
    Group(&'a str),
}

/// In one form, whatever their order and spaces.
fn specifiers(said: Option<&VersionSpecifiers>) -> BTreeSet<String> {
    said.iter().flat_map(|all| all.iter()).map(ToString::to_string).collect()
}

/// What differs between what is asked for and what is locked, a line each. `what` names the list.
pub fn compared(asked: &[Asked], locked: &[Asked], what: &Compared<'_>) -> Vec<String> {
    let mut left: Vec<&Asked> = locked.iter().collect();
    let mut missed: Vec<&Asked> = Vec::new();
    for one in asked {
        let is_it = |other: &&Asked| one.is(other, what);
        match left.iter().position(is_it) {
            Some(at) => drop(left.remove(at)),
            // Two lines of one requirement are locked as one.
            None if locked.iter().any(|other| is_it(&other)) => {}
            None => missed.push(one),
        }
    }
    let mut reasons = Vec::new();
    for one in missed {
        let (origin, text) = (&one.origin, &one.text);
        let similar = left.iter().position(|other| other.name == one.name).map(|at| left.remove(at));
        reasons.push(match similar {
            Some(other) if other.extras == one.extras && other.specifiers == one.specifiers => {
                format!("{origin} asks for `{text}` for other environments, or from elsewhere, than is locked")
            }
            Some(other) => format!("{origin} asks for `{text}`, but `{}` is locked", other.text),
            None => format!("{origin} asks for `{text}`, which is not locked{}", what.within),
        });
    }
    reasons
        .extend(left.iter().map(|other| format!("`{}` is locked{}, but no longer asked for", other.text, what.within)));
    reasons
}

/// What a comparison is about.
pub struct Compared<'a> {
    /// The Pythons that are locked for.
    pub pythons: &'a VersionSpecifiers,
    /// The extras of the project.
    pub extras: &'a [String],
    /// Whether the markers can be compared.
    pub markers: bool,
    /// ` for the group dev`, or nothing.
    pub within: &'a str,
}

/// A path of a member from the root, as a lock writes it.
pub fn shown(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The requirements of a list of the lock.
pub fn list(item: Option<&Item>) -> Vec<Asked> {
    item.and_then(Item::as_list).unwrap_or_default().iter().filter_map(Asked::of_lock).collect()
}
