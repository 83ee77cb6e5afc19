//! An old environment put aside while the new one is made: brought back if that fails.

use std::fs;
use std::path::{Path, PathBuf};

use super::remove;
use crate::failure::Failure;

/// What lies between a prefix and the random end of its old one's name.
const MARK: &str = ".pyve-old-";

/// The same for what is to become the environment at the prefix once it is whole.
pub const NEW: &str = ".pyve-new-";

/// Environments that were put aside and are to come back unless all goes well.
#[derive(Default)]
pub struct Aside {
    kept: Vec<(PathBuf, PathBuf)>,
}

impl Aside {
    /// Puts what is at `prefix` aside; nothing there is no failure.
    pub fn put(&mut self, prefix: &Path) -> Result<(), Failure> {
        if fs::symlink_metadata(prefix).is_err() {
            return Ok(());
        }
        let old = free_name(prefix)?;
        fs::rename(prefix, &old).map_err(|error| {
            Failure::io("put aside", prefix, &error).remedy("close the programs that use it, then try again")
        })?;
        self.kept.push((prefix.to_owned(), old));
        Ok(())
    }

    /// Removes what was put aside for `prefix`, and what an earlier pyve that was killed left there.
    pub fn discard(&mut self, prefix: &Path) -> Result<(), Failure> {
        self.kept.retain(|(kept, _)| kept != prefix);
        leftovers(prefix).iter().try_for_each(|old| remove_any(old))
    }

    /// Brings everything back; says what came back.
    pub fn restore(&mut self) -> Result<Vec<PathBuf>, Failure> {
        let mut back = Vec::new();
        while let Some((prefix, old)) = self.kept.pop() {
            let came = remove_any(&prefix)
                .and_then(|()| fs::rename(&old, &prefix).map_err(|error| Failure::io("bring back", &prefix, &error)));
            came.map_err(|failure| {
                failure.remedy(format!("the old one is at {}: move it back yourself", old.display()))
            })?;
            back.push(prefix);
        }
        Ok(back)
    }
}

/// What was put aside for `prefix`, or begun for it, and is still there, by now or by an earlier pyve that was killed.
pub fn leftovers(prefix: &Path) -> Vec<PathBuf> {
    [marked(prefix, MARK), begun(prefix)].concat()
}

/// What was begun for `prefix` by a pyve that was killed.
pub fn begun(prefix: &Path) -> Vec<PathBuf> {
    marked(prefix, NEW)
}

fn marked(prefix: &Path, mark: &str) -> Vec<PathBuf> {
    let (Some(folder), Some(name)) = (prefix.parent(), prefix.file_name()) else { return Vec::new() };
    let start = [name.as_encoded_bytes(), mark.as_bytes()].concat();
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().as_encoded_bytes().starts_with(&start)).map(|entry| entry.path()).collect()
}

fn free_name(prefix: &Path) -> Result<PathBuf, Failure> {
    let folder = prefix.parent().unwrap_or(Path::new("."));
    let mut start = prefix.file_name().unwrap_or_default().to_owned();
    start.push(MARK);
    let free = tempfile::Builder::new().prefix(&start).rand_bytes(8).tempdir_in(folder);
    // A folder may take the name of an empty one, and that it is ours nobody else can take it.
    let free = free.map_err(|error| Failure::io("put something aside in", folder, &error))?.keep();
    if !fs::symlink_metadata(prefix).is_ok_and(|metadata| metadata.is_dir()) || cfg!(windows) {
        fs::remove_dir(&free).map_err(|error| Failure::io("put something aside in", folder, &error))?;
    }
    Ok(free)
}

/// A link or a file is removed itself; a folder with all it holds.
fn remove_any(path: &Path) -> Result<(), Failure> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_dir() => {
            fs::remove_file(path).map_err(|error| Failure::io("remove", path, &error))
        }
        _ => remove::tree(path),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_failed_makes_place_for_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let prefix = folder.path().join(".e");
        fs::create_dir(&prefix).unwrap();
        fs::write(prefix.join("old"), "").unwrap();
        let mut aside = Aside::default();
        aside.put(&prefix).unwrap();
        assert!(!prefix.exists());
        assert_eq!(leftovers(&prefix).len(), 1);
        fs::create_dir_all(prefix.join("half")).unwrap();
        assert_eq!(aside.restore().unwrap(), std::slice::from_ref(&prefix));
        assert!(prefix.join("old").exists() && !prefix.join("half").exists());
        assert!(leftovers(&prefix).is_empty() && aside.restore().unwrap().is_empty());
    }

    #[test]
    fn once_all_is_well_nothing_old_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let prefix = folder.path().join(".e");
        fs::create_dir(&prefix).unwrap();
        fs::create_dir(folder.path().join(".e.pyve-old-killed")).unwrap();
        fs::create_dir(folder.path().join(".e2")).unwrap();
        let mut aside = Aside::default();
        aside.put(&prefix).unwrap();
        aside.discard(&prefix).unwrap();
        assert!(aside.restore().unwrap().is_empty());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_link_is_put_aside_itself() {
        let folder = tempfile::tempdir().unwrap();
        let (prefix, real) = (folder.path().join(".e"), folder.path().join("real"));
        fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &prefix).unwrap();
        let mut aside = Aside::default();
        aside.put(&prefix).unwrap();
        aside.discard(&prefix).unwrap();
        assert!(real.is_dir() && !prefix.is_symlink());
        aside.put(&prefix).unwrap();
        assert!(aside.restore().unwrap().is_empty());
    }
}
