//! Forgetting prepared trees that nobody asks for any more: those of interpreters that were upgraded or removed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use pyve_formats::read::{self, Limit, Links};

use super::inventory::file_of;

/// A tree that no clone was made of for so long is not worth its place.
const KEPT: Duration = Duration::from_secs(60 * 24 * 60 * 60);

/// The use of a tree is noted no more often than this.
const NOTED: Duration = Duration::from_secs(24 * 60 * 60);

/// Notes that the tree is in use, by the time of its inventory.
pub fn note_use(root: &Path) {
    let path = file_of(root);
    if age(&path).is_some_and(|age| age > NOTED) {
        // Where it cannot be noted, the tree is made again some day.
        let _ = File::options().write(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
    }
}

/// Removes the trees beside this one's folder that were not used for long. Nothing depends on it, so failures are not told.
pub fn unused(root: &Path) {
    let Some(own) = root.parent() else { return };
    let Some(all) = own.parent().and_then(|all| fs::read_dir(all).ok()) else { return };
    let others = all.flatten().map(|entry| entry.path()).filter(|folder| folder != own && folder.is_dir());
    others.filter(|folder| is_unused(folder)).for_each(|folder| drop(fs::remove_dir_all(folder)));
}

/// Whether the folder holds files of trees, all of them old, and nobody is at work there.
fn is_unused(folder: &Path) -> bool {
    let files: Vec<PathBuf> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    let ending = |path: &Path, text: &str| path.to_str().is_some_and(|path| path.ends_with(text));
    let of_trees = |path: &&PathBuf| ending(path, ".inventory.json") || ending(path, ".lock");
    let old = |path: &PathBuf| age(path).is_some_and(|age| age > KEPT);
    let free = |path: &PathBuf| {
        read::open(path, Limit::NOTE, Links::Refuse).is_ok_and(|file| file.is_some_and(|file| file.try_lock().is_ok()))
    };
    files.iter().any(|path| ending(path, ".lock"))
        && files.iter().filter(of_trees).all(old)
        && files.iter().filter(|path| ending(path, ".lock")).all(free)
}

fn age(path: &Path) -> Option<Duration> {
    path.metadata().ok()?.modified().ok()?.elapsed().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::inventory::beside;

    fn tree(cache: &Path, key: &str, days: u64) -> PathBuf {
        let root = cache.join(key).join(".venv");
        fs::create_dir_all(root.join("lib")).unwrap();
        for path in [file_of(&root), beside(&root, ".lock")] {
            let file = File::create(path).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(days * 24 * 60 * 60)).unwrap();
        }
        root
    }

    #[test]
    fn only_what_nobody_used_for_long_goes() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path();
        let (new, old, used, busy) =
            (tree(cache, "new", 0), tree(cache, "old", 61), tree(cache, "used", 61), tree(cache, "busy", 61));
        fs::create_dir(cache.join("other")).unwrap();
        note_use(&used);
        let lock = File::options().write(true).open(beside(&busy, ".lock")).unwrap();
        lock.lock().unwrap();
        unused(&new);
        assert!(new.is_dir() && used.is_dir() && busy.is_dir() && cache.join("other").is_dir());
        assert!(!old.parent().unwrap().exists());
    }

    #[test]
    fn a_tree_that_was_made_long_ago_and_is_used_stays() {
        let folder = tempfile::tempdir().unwrap();
        let root = tree(folder.path(), "one", 59);
        note_use(&root);
        assert!(age(&file_of(&root)).unwrap() < NOTED);
    }
}
