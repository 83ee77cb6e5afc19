//! What a folder holds, so that what changed in it can be told.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};
use pyve_formats::sha256;

use crate::plugins::fingerprint::Fingerprint;

/// Every file and folder, with all that a change would leave.
#[derive(Debug, PartialEq, Eq)]
pub struct Tree(BTreeMap<PathBuf, Thing>);

#[derive(Debug, PartialEq, Eq)]
enum Thing {
    Folder,
    Link(PathBuf),
    File { fingerprint: Fingerprint, sha256: String },
}

impl Tree {
    pub fn snapshot(folders: &[PathBuf]) -> Self {
        let mut things = BTreeMap::new();
        for folder in folders {
            collect(folder, &mut things);
        }
        Self(things)
    }

    /// What is otherwise in `later`, a sentence each; `root` is left out of the paths.
    pub fn difference(&self, later: &Self, root: &Path) -> Vec<String> {
        let shown = |path: &Path| format!("{:?}", path.strip_prefix(root).unwrap_or(path));
        let gone = self.0.keys().filter(|path| !later.0.contains_key(*path));
        let made = later.0.keys().filter(|path| !self.0.contains_key(*path));
        let changed = self.0.iter().filter(|(path, thing)| later.0.get(*path).is_some_and(|now| now != *thing));
        gone.map(|path| format!("it removed {}", shown(path)))
            .chain(made.map(|path| format!("it made {}", shown(path))))
            .chain(changed.map(|(path, _)| format!("it changed {}", shown(path))))
            .collect()
    }
}

fn collect(folder: &Path, things: &mut BTreeMap<PathBuf, Thing>) {
    for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        let Ok(metadata) = path.symlink_metadata() else { continue };
        let thing = if metadata.is_dir() {
            collect(&path, things);
            Thing::Folder
        } else if metadata.is_symlink() {
            Thing::Link(fs::read_link(&path).unwrap_or_default())
        } else {
            // A pipe that a plugin left is told by its fingerprint, and not waited for.
            let bytes = read::bytes_no_follow(&path, Limit::PROGRAM).ok().flatten();
            let sha256 = bytes.map(|bytes| sha256::of(&bytes)).unwrap_or_default();
            Thing::File { fingerprint: Fingerprint::from_metadata(&metadata), sha256 }
        };
        things.insert(path, thing);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_change_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in ["kept", "gone", "changed"] {
            fs::write(root.join(name), "1").unwrap();
        }
        let before = Tree::snapshot(&[root.to_owned()]);
        assert!(before.difference(&Tree::snapshot(&[root.to_owned()]), root).is_empty());
        fs::remove_file(root.join("gone")).unwrap();
        fs::write(root.join("changed"), "2").unwrap();
        fs::create_dir(root.join("new")).unwrap();
        let difference = before.difference(&Tree::snapshot(&[root.to_owned()]), root);
        assert_eq!(difference, ["it removed \"gone\"", "it made \"new\"", "it changed \"changed\""]);
    }
}
