//! `uv.lock` as it is read here: without the files of the packages, which are most of it and matter to uv alone.

use std::path::{Component, Path, PathBuf};

use pep440_rs::VersionSpecifiers;
use pyve_formats::conflict_markers;
use pyve_formats::python_version::constraint;
use pyve_formats::read::{self, Limit};
use pyve_formats::toml_file::{Item, TomlFile};
use pyve_plugin_api::{Error, Result};

use crate::project::LOCK;

/// How the file is, as far as it can be read.
pub enum LockFile {
    Missing,
    /// The lines at which a merge left its marks.
    Conflict(usize),
    Parsed(Box<Locked>),
}

/// What it says.
pub struct Locked {
    pub file: TomlFile,
    /// What uv adds to the format without another version; what a lock of an older one does not note, uv does not miss.
    pub revision: u32,
}

/// What is said of marks that begin in this line.
pub fn conflict(line: usize) -> String {
    format!("{LOCK}:{line}: merge conflict")
}

impl LockFile {
    /// Reads the lock of the workspace at `root`.
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join(LOCK);
        let text = read::text(&path, Limit::LOCK).map_err(|error| Error::new(error.to_string()).hint(error.hint()))?;
        let Some(text) = text else { return Ok(Self::Missing) };
        if let Some(line) = conflict_markers::first(&text) {
            return Ok(Self::Conflict(line));
        }
        let file = TomlFile::parse(&without_files(&text)).map_err(|error| {
            Error::new(format!("{LOCK}:{} cannot be read: {}", error.line, error.words))
                .hint("take a whole `uv.lock` from git, or remove it; then run `pyve lock`")
        })?;
        Ok(Self::Parsed(Box::new(Locked { file, revision: revision(&text) })))
    }
}

impl Locked {
    pub fn packages(&self) -> impl Iterator<Item = Package<'_>> {
        let list = self.file.item("package").and_then(Item::as_list).unwrap_or_default();
        list.iter().map(Package)
    }

    /// The Pythons that are locked for.
    pub fn pythons(&self) -> VersionSpecifiers {
        let said = self.file.text("requires-python").ok().flatten();
        said.and_then(|said| constraint(&said.text).ok()).unwrap_or_else(VersionSpecifiers::empty)
    }

    /// Whether extras or groups exclude each other: then markers speak of them in a way of uv's own.
    pub fn has_conflicts(&self) -> bool {
        self.file.item("conflicts").is_some()
    }
}

/// The number before the first table; 0 where there is none.
fn revision(text: &str) -> u32 {
    let head = text.lines().take_while(|line| !line.starts_with('['));
    head.filter_map(|line| line.strip_prefix("revision = "))
        .find_map(|number| number.trim().parse().ok())
        .unwrap_or_default()
}

/// A package that is locked.
#[derive(Clone, Copy)]
pub struct Package<'a>(&'a Item);

/// What is in a package's place: a folder of the project's, or something that is fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// Relative to the root; empty for the root itself.
    pub folder: PathBuf,
    /// Whether it is only there to depend on others, and is not installed.
    pub is_virtual: bool,
}

impl<'a> Package<'a> {
    pub fn name(self) -> &'a str {
        self.text("name").unwrap_or_default()
    }

    pub fn version(self) -> Option<&'a str> {
        self.text("version")
    }

    fn text(self, key: &str) -> Option<&'a str> {
        self.0.get(key)?.as_text()
    }

    /// The line of its name.
    pub fn line(self) -> usize {
        self.0.get("name").map_or(self.0.line, |name| name.line)
    }

    /// Where it comes from.
    pub fn source(self) -> Option<&'a Item> {
        self.0.get("source")
    }

    /// The folder that it is, if it is one within the project.
    pub fn local(self) -> Option<Local> {
        let source = self.source()?;
        let of = |key: &str| Some((source.get(key)?.as_text()?, key == "virtual"));
        let (place, is_virtual) = ["editable", "virtual", "directory"].into_iter().find_map(of)?;
        Some(Local { folder: inside(Path::new(place))?, is_virtual })
    }

    /// What it depends on.
    pub fn dependencies(self) -> &'a [Item] {
        self.0.get("dependencies").and_then(Item::as_list).unwrap_or_default()
    }

    /// The same for an extra or a group of it.
    pub fn more(self, kind: &str, name: &str) -> &'a [Item] {
        self.0.get(kind).and_then(|table| table.get(name)?.as_list()).unwrap_or_default()
    }

    /// The names of its extras or groups.
    pub fn names(self, kind: &str) -> Vec<&'a str> {
        let entries = self.0.get(kind).and_then(|table| table.entries(kind).ok()).unwrap_or_default();
        entries.iter().map(|(name, _)| name.text.as_str()).collect()
    }

    /// What its project asked for when it was locked.
    pub fn metadata(self) -> Option<&'a Item> {
        self.0.get("metadata")
    }

    /// What is noted of its default groups, where they are others than uv's.
    pub fn default_groups(self) -> Option<&'a Item> {
        self.0.get("default-groups")
    }

    /// Where markers say that this one of several of its name counts.
    pub fn markers(self) -> Vec<&'a str> {
        let list = self.0.get("resolution-markers").and_then(Item::as_list).unwrap_or_default();
        list.iter().filter_map(Item::as_text).collect()
    }
}

/// A path within the project, its parts plain; `None` for one that leads out.
pub fn inside(path: &Path) -> Option<PathBuf> {
    let mut found = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::Normal(name) => found.push(name),
            Component::ParentDir if found.pop() => {}
            _ => return None,
        }
    }
    Some(found)
}

/// The text with empty lines in the place of the packages' files, as uv writes them.
pub fn without_files(text: &str) -> String {
    let mut kept = String::with_capacity(text.len() / 4);
    let mut within = false;
    for line in text.lines() {
        let begins = line.starts_with("wheels = [") || line.starts_with("sdist = ");
        if within {
            within = line != "]";
        } else if begins {
            within = line == "wheels = [";
        } else {
            kept.push_str(line);
        }
        kept.push('\n');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_keeps_its_lines() {
        let text = "a = 1\n[[package]]\nname = \"x\"\nsdist = { url = \"u\" }\nwheels = [\n    { url = \"w\" },\n]\n\
                    [[package]]\nname = \"y\"\nwheels = [{ url = \"w\" }]\nversion = \"1\"\n";
        let kept = without_files(text);
        assert_eq!(kept, "a = 1\n[[package]]\nname = \"x\"\n\n\n\n\n[[package]]\nname = \"y\"\n\nversion = \"1\"\n");
        let locked = Locked { file: TomlFile::parse(&kept).unwrap(), revision: 0 };
        assert_eq!(locked.packages().map(Package::name).collect::<Vec<_>>(), ["x", "y"]);
    }

    #[test]
    fn the_revision_stands_before_the_tables() {
        assert_eq!([revision("version = 1\nrevision = 5\n[a]\n"), revision("[a]\nrevision = 5\n")], [5, 0]);
    }

    #[test]
    fn places_outside_are_none_of_the_projects() {
        for (path, place) in
            [(".", Some("")), ("a/./b/../c", Some("a/c")), ("../a", None), ("a/../../b", None), ("/a", None)]
        {
            assert_eq!(inside(Path::new(path)), place.map(PathBuf::from), "{path}");
        }
    }
}
