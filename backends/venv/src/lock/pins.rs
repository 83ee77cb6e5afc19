//! What is locked already: the versions that stay as long as they can.

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::Version;
use pyve_formats::conflict_markers::Sides;
use pyve_formats::pylock::{self, Pylock};
use pyve_plugin_api::{Error, Result};

use super::file::{Content, LockFile};

/// By package its versions: more than one where they differ by platform or Python, or between the sides of a merge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pins {
    versions: BTreeMap<String, BTreeSet<String>>,
    /// Those of which the sides of a merge have different ones.
    pub disputed: BTreeSet<String>,
    /// The file as a solver reads what it had better keep.
    pub text: Option<String>,
}

impl Pins {
    pub fn of(file: &LockFile, parsed: Option<&Pylock>) -> Result<Self> {
        match (&file.content, parsed) {
            (Content::Text(text), Some(lock)) => {
                Ok(Self { versions: versions(lock), disputed: BTreeSet::new(), text: Some(text.clone()) })
            }
            (Content::Conflict(sides), _) => Self::merged(file, sides),
            _ => Ok(Self::default()),
        }
    }

    /// What both sides agree on, what only one has, and of what they dispute the newer.
    fn merged(file: &LockFile, sides: &Sides) -> Result<Self> {
        let parsed = [&sides.ours, &sides.theirs].map(|side| Pylock::parse(side));
        let known: Vec<BTreeMap<String, BTreeSet<String>>> = parsed.iter().flatten().map(versions).collect();
        let Some(first) = known.first() else {
            let error = parsed.into_iter().find_map(std::result::Result::err);
            let why = error.map(|error| error.words).unwrap_or_default();
            return Err(Error::new(format!("{}: neither side of the merge is a lock file: {why}", file.place(sides)))
                .hint(format!("remove `{}` and run `pyve lock`", file.name)));
        };
        let mut versions = first.clone();
        let mut disputed = BTreeSet::new();
        for (name, others) in known.iter().skip(1).flatten() {
            let mine = versions.entry(name.clone()).or_default();
            if !mine.is_empty() && mine != others {
                disputed.insert(name.clone());
            }
            mine.extend(others.iter().cloned());
        }
        let pinned = versions.iter().filter_map(|(name, versions)| Some((name.as_str(), newest(versions)?)));
        let text = Some(pylock::preferences(pinned));
        Ok(Self { versions, disputed, text })
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.versions.keys().map(String::as_str)
    }

    /// The versions of a package, `1.0, 2.0`; empty where it is not locked.
    pub fn shown(&self, name: &str) -> String {
        self.versions.get(name).map(joined).unwrap_or_default()
    }

    /// Each package with one version: a constraint can have no more.
    pub fn single(&self) -> impl Iterator<Item = (&str, &str)> {
        self.versions.iter().filter_map(|(name, versions)| Some((name.as_str(), newest(versions)?)))
    }
}

/// By package the versions of a lock; what has none is built from a folder or a repository.
pub fn versions(lock: &Pylock) -> BTreeMap<String, BTreeSet<String>> {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in &lock.packages {
        versions.entry(package.name.clone()).or_default().extend(package.version.clone());
    }
    versions
}

pub fn joined(versions: &BTreeSet<String>) -> String {
    versions.iter().cloned().collect::<Vec<_>>().join(", ")
}

fn newest(versions: &BTreeSet<String>) -> Option<&str> {
    versions.iter().max_by_key(|version| version.parse::<Version>().ok()).map(String::as_str)
}
