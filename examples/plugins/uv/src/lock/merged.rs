//! A `uv.lock` with the marks of a merge conflict, as one that uv reads: it fails at the marks.

use std::collections::BTreeMap;

use pep440_rs::Version;
use pyve_formats::conflict_markers::{self, Sides};
use pyve_formats::read::{self, Limit};
use pyve_formats::toml_file::{TomlFile, quoted};
use pyve_plugin_api::{Command, Error, Lock, Result};

use super::file::{Locked, Package, conflict, without_files};
use super::indexes::PYPI;
use super::manifest;
use crate::project::{LOCK, Project};
use crate::state::told;
use crate::uv_settings::UvSettings;

/// What both sides keep, and in what they differ.
pub struct Merged {
    /// A lock whose versions uv goes on with. It notes nothing of what the project asks for, so that neither uv nor
    /// [`Judged`](super::Judged) takes it for a whole one.
    pub text: String,
    /// The packages of which the sides have different versions.
    pub disputed: Vec<String>,
}

/// That the marks which begin in this line keep it from being read.
pub fn unmerged(line: usize) -> Error {
    Error::new(conflict(line))
        .hint("lock again; what both sides agree on is kept")
        .remedy(&Command::new("pyve").arg("lock"))
}

impl Merged {
    /// Has uv begin with it.
    pub fn prepare(&self, lock: Lock) -> Lock {
        let lock = lock.content(&self.text);
        match self.disputed.as_slice() {
            [] => lock,
            names => lock.summary(&format!("the sides of the merge differed in {}", told(names))),
        }
    }

    /// Reads the lock of the project, which has such marks.
    pub fn read(project: &Project) -> Result<Self> {
        let text = read::text(project.base.join(LOCK), Limit::LOCK);
        let text = text.map_err(|error| Error::new(error.to_string()).hint(error.hint()))?.unwrap_or_default();
        let sides = conflict_markers::sides(&text).map_err(|error| {
            Error::new(format!("{LOCK}:{}: a merge conflict was resolved only in part", error.line))
                .hint(format!("restore both sides, for example with `git checkout -m {LOCK}`, then run `pyve lock`"))
        })?;
        let Some(Sides { ours, theirs, lines }) = sides else { return Ok(Self { text, disputed: Vec::new() }) };
        let read: Vec<Side> = [ours, theirs].into_iter().filter_map(Side::read).collect();
        match read.as_slice() {
            [ours, theirs] => Self::of(ours, theirs, project),
            [one] => Ok(Self { text: one.head.clone() + &one.packages(|_| true), disputed: Vec::new() }),
            _ => {
                let line = lines.first().copied().unwrap_or(1);
                Err(Error::new(format!("{LOCK}:{line}: neither side of the merge is a lock file"))
                    .hint(format!("remove `{LOCK}` and run `pyve lock`")))
            }
        }
    }

    /// What both have, and what only one has; of packages of which they have different versions alone the newer. All are versions
    /// that uv keeps where it can.
    fn of(ours: &Side, theirs: &Side, project: &Project) -> Result<Self> {
        let (our, their) = (ours.versions(), theirs.versions());
        let common = |name: &str| -> Vec<_> {
            let (own, other) = (our.get(name).into_iter().flatten(), their.get(name));
            own.filter(|version| other.is_some_and(|other| other.contains(version))).collect()
        };
        let newer_is_ours = |name: &str| their.get(name) <= our.get(name);
        let is_kept = |package: Package<'_>, is_ours: bool| match common(package.name()).as_slice() {
            [] => newer_is_ours(package.name()) == is_ours,
            both => is_ours && both.contains(&&version(package)),
        };
        // uv heeds no lock that was made with other options, such as a moment after which nothing counts.
        let settings = UvSettings::read(&project.base)?;
        let differences = |side: &Side| {
            let file = &side.locked.file;
            (manifest::other_options(file, &settings), manifest::compared(&side.locked, project, &settings).len())
        };
        let head = if differences(ours) <= differences(theirs) { ours } else { theirs };
        let packages =
            ours.packages(|package| is_kept(package, true)) + &theirs.packages(|package| is_kept(package, false));
        let text = head.head.clone() + &packages;
        let disputed = our.iter().filter(|(name, own)| their.get(*name).is_some_and(|other| other != *own));
        Ok(Self { text, disputed: disputed.map(|(name, _)| (*name).to_owned()).collect() })
    }
}

/// One side of the merge.
struct Side {
    locked: Locked,
    /// What stands above what is noted of the project and of packages: the format, the Pythons, the options.
    head: String,
}

impl Side {
    /// `None` of what is no TOML: git may have joined what does not belong together.
    fn read(text: String) -> Option<Self> {
        let file = TomlFile::parse(&without_files(&text)).ok()?;
        let is_above = |line: &&str| !line.starts_with("[manifest") && !line.starts_with("[[");
        let head = text.lines().take_while(is_above).map(|line| format!("{line}\n")).collect();
        Some(Self { locked: Locked { file, revision: 0 }, head })
    }

    /// The versions of each package; there are several where they differ by platform or Python.
    fn versions(&self) -> BTreeMap<&str, Vec<Option<Version>>> {
        let mut found: BTreeMap<&str, Vec<Option<Version>>> = BTreeMap::new();
        for package in self.locked.packages() {
            found.entry(package.name()).or_default().push(version(package));
        }
        found.values_mut().for_each(|versions| {
            versions.sort();
            versions.reverse();
        });
        found
    }

    /// Those packages, each once: git may have joined one of ours with the same of theirs, for other platforms.
    fn packages(&self, is_meant: impl Fn(Package<'_>) -> bool) -> String {
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        for package in self.locked.packages().filter(|package| is_meant(*package)) {
            let markers = markers(package);
            found
                .entry(written(package))
                .and_modify(|known| {
                    if *known != markers {
                        known.clear();
                    }
                })
                .or_insert(markers);
        }
        found.iter().map(|(package, markers)| format!("{package}{markers}\n")).collect()
    }
}

/// A lock that says nothing but versions: those that uv keeps where it can when it locks.
pub fn preferred(versions: &[(String, String)]) -> String {
    let package = |(name, version): &(String, String)| {
        let [name, version, place] = [name, version, PYPI].map(quoted);
        format!("\n[[package]]\nname = {name}\nversion = {version}\nsource = {{ registry = {place} }}\n")
    };
    format!("version = 1\nrequires-python = \">=3\"\n{}", versions.iter().map(package).collect::<String>())
}

/// What tells a package from others, without what it depends on: whatever uv reads there has to be in the file as well.
fn written(package: Package<'_>) -> String {
    let mut text = format!("[[package]]\nname = {}\n", quoted(package.name()));
    if let Some(version) = package.version() {
        text += &format!("version = {}\n", quoted(version));
    }
    let source = package.source().and_then(|source| source.entries("source").ok()).unwrap_or_default();
    let source = source.iter().filter_map(|(key, item)| Some(format!("{} = {}", key.text, quoted(item.as_text()?))));
    text += &format!("source = {{ {} }}\n", source.collect::<Vec<_>>().join(", "));
    text
}

/// Where it counts; nothing where that is everywhere.
fn markers(package: Package<'_>) -> String {
    let markers: Vec<String> = package.markers().into_iter().map(quoted).collect();
    if markers.is_empty() { String::new() } else { format!("resolution-markers = [{}]\n", markers.join(", ")) }
}

fn version(package: Package<'_>) -> Option<Version> {
    package.version()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_package_stands_once_in_the_versions_that_both_have_or_the_newer() {
        let root = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| std::fs::write(root.path().join(file), text).unwrap();
        write("pyproject.toml", "[project]\nname = 'demo'\nversion = '1'\n[tool.uv]\nresolution = 'lowest'\n");
        let package = |name: &str, version: &str, more: &str| {
            format!(
                "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = {{ registry = \"r\" }}\n{more}\n"
            )
        };
        let markers = |name: &str| format!("resolution-markers = [\n    \"os_name == '{name}'\",\n]\n");
        let side = |resolution: &str, packages: &[String]| {
            format!("version = 1\n{resolution}[manifest]\nmembers = [\"demo\"]\n\n{}", packages.concat())
        };
        // As git joins them, `twice` is there for both, with markers of its own on each side.
        let twice = [package("twice", "1", &markers("a")), package("twice", "1", &markers("b"))].concat();
        let forked = package("fork", "1", &markers("a")) + &package("fork", "2", &markers("b"));
        let ours = side("", &[package("both", "1", ""), package("one", "1.9", ""), forked, twice.clone()]);
        let lowest = "[options]\nresolution-mode = \"lowest\"\n";
        let [fork, more] = [package("fork", "2", ""), package("more", "3", "dependencies = [{ name = \"one\" }]\n")];
        let theirs = side(lowest, &[package("both", "1", ""), package("one", "1.10", ""), fork, more, twice]);
        write("uv.lock", &format!("<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> theirs\n"));
        let merged = Merged::read(&Project::read(root.path()).unwrap().unwrap()).unwrap();
        let expected = [
            package("both", "1", ""),
            package("fork", "2", "resolution-markers = [\"os_name == 'b'\"]\n"),
            package("twice", "1", ""),
            package("more", "3", ""),
            package("one", "1.10", ""),
        ];
        assert_eq!(merged.text, format!("version = 1\n{lowest}{}", expected.concat()));
        assert_eq!(merged.disputed, ["fork", "one"]);
    }
}
