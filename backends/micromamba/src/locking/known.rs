//! What is locked already: of a merge that could not decide, what both sides have alike, and what only one has.

use std::collections::BTreeMap;

use pyve_formats::conda_lock::{CondaLock, LockedPackage, MAIN};
use pyve_formats::conflict_markers;
use pyve_plugin_api::{Error, Result};

use super::project::Project;
use super::solution::{Chosen, Set};
use crate::{lock, yaml};

/// The packages of a lock.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// That stay as long as they can.
    pub packages: Vec<LockedPackage>,
    /// Those that changes are counted from: of a conflict the side that is checked out.
    pub before: Vec<LockedPackage>,
    /// Whether the file has two sides.
    pub is_merge: bool,
}

impl Known {
    pub fn read(project: &Project) -> Result<Self> {
        let Some(text) = &project.text else { return Ok(Self::default()) };
        let file = &project.file;
        let hint = format!("remove {file}, then run: pyve lock");
        let sides =
            conflict_markers::sides(text).map_err(|error| Error::new(format!("{file}: {error}")).hint(&hint))?;
        let Some(sides) = sides else {
            let packages = entries(text, file)?;
            return Ok(Self { before: packages.clone(), packages, is_merge: false });
        };
        let before = entries(&sides.ours, file)?;
        let theirs = entries(&sides.theirs, file)?;
        let packages = agreed(&before, &theirs);
        Ok(Self { packages, before, is_merge: true })
    }

    /// Those of conda's for a platform.
    pub fn conda(&self, platform: &str) -> Set {
        of_conda(&self.packages, platform)
    }

    /// The same, as they were before.
    pub fn conda_before(&self, platform: &str) -> Set {
        of_conda(&self.before, platform)
    }

    /// The versions of pip's for a platform.
    pub fn pip(&self, platform: &str) -> BTreeMap<String, String> {
        let mine = self.packages.iter().filter(|it| it.is_by_pip() && it.platform.as_deref() == Some(platform));
        mine.filter_map(|it| Some((it.name.clone()?, it.version.clone()?))).collect()
    }

    /// All names that are locked.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.packages.iter().filter_map(|package| package.name.as_deref()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// What both sides have alike, and what only one of them has.
fn agreed(ours: &[LockedPackage], theirs: &[LockedPackage]) -> Vec<LockedPackage> {
    let is_same = |one: &LockedPackage, other: &LockedPackage| {
        (one.is_by_pip(), &one.name, &one.platform) == (other.is_by_pip(), &other.name, &other.platform)
    };
    let is_kept = |package: &&LockedPackage, others: &[LockedPackage]| {
        let other = others.iter().find(|other| is_same(other, package));
        other.is_none_or(|other| (&other.version, &other.url) == (&package.version, &package.url))
    };
    let only_theirs = theirs.iter().filter(|package| !ours.iter().any(|other| is_same(other, package)));
    ours.iter().filter(|package| is_kept(package, theirs)).chain(only_theirs).cloned().collect()
}

fn of_conda(packages: &[LockedPackage], platform: &str) -> Set {
    let mut set = Set::new();
    for package in packages.iter().filter(|it| !it.is_by_pip() && it.platform.as_deref() == Some(platform)) {
        if let Some(chosen) = Chosen::of_locked(package) {
            // Of one that is there for several categories, the main one's.
            if package.category() == MAIN || !set.contains_key(&chosen.name) {
                set.insert(chosen.name.clone(), chosen);
            }
        }
    }
    set
}

/// The entries, each of which could be written again.
fn entries(text: &str, file: &str) -> Result<Vec<LockedPackage>> {
    let root = yaml::parse(text, file)?;
    let packages = root.as_ref().map(CondaLock::read).unwrap_or_default().packages.unwrap_or_default();
    let hint = format!("remove {file}, then run: pyve lock");
    lock::check(&packages, file).map_err(|error| error.hint(hint))?;
    Ok(packages)
}
