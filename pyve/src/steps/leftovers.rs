//! What lies beside prefixes of earlier environments, or of beginnings: a pyve that was killed left it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use super::backup::{MARK, NEW};

/// What was put aside for a prefix, or begun for it, and is still there, by now or by an earlier pyve.
pub fn leftovers(prefix: &Path) -> Vec<PathBuf> {
    Leftovers::default().of(prefix)
}

/// The same for many prefixes: each folder is read once, however many of them are in it.
#[derive(Debug, Default)]
pub struct Leftovers {
    marked: BTreeMap<PathBuf, BTreeSet<OsString>>,
}

impl Leftovers {
    /// What is left beside `prefix`, by name.
    pub fn of(&mut self, prefix: &Path) -> Vec<PathBuf> {
        let (Some(folder), Some(name)) = (prefix.parent(), prefix.file_name()) else { return Vec::new() };
        let marked = self.marked.entry(folder.to_owned()).or_insert_with(|| marked(folder));
        let of_mark = |mark: &str| {
            let start = [name, OsStr::new(mark)].into_iter().collect::<OsString>();
            let begins = |name: &&OsString| name.as_encoded_bytes().starts_with(start.as_encoded_bytes());
            marked.range(start.clone()..).take_while(begins).map(|name| folder.join(name)).collect::<Vec<_>>()
        };
        [MARK, NEW].into_iter().flat_map(of_mark).collect()
    }
}

/// The names in a folder that have a mark.
fn marked(folder: &Path) -> BTreeSet<OsString> {
    let has = |name: &[u8], mark: &str| name.windows(mark.len()).any(|part| part == mark.as_bytes());
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    names.filter(|name| [MARK, NEW].iter().any(|mark| has(name.as_encoded_bytes(), mark))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_prefix_has_its_own_and_a_folder_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let create = |name: &str| fs::create_dir(folder.path().join(name)).unwrap();
        for name in ["dev", "dev.pyve-old-2", "dev.pyve-new-1", "dev.pyve-old-1", "dev2.pyve-old-1", "xdev.pyve-old-1"]
        {
            create(name);
        }
        let mut left = Leftovers::default();
        let expected = ["dev.pyve-old-1", "dev.pyve-old-2", "dev.pyve-new-1"].map(|name| folder.path().join(name));
        assert_eq!(left.of(&folder.path().join("dev")), expected);
        create("docs.pyve-old-1");
        assert_eq!(left.of(&folder.path().join("docs")), Vec::<PathBuf>::new(), "it was read a second time");
        assert_eq!(leftovers(&folder.path().join("docs")).len(), 1);
        assert_eq!(leftovers(&folder.path().join("none/x")), Vec::<PathBuf>::new());
    }
}
