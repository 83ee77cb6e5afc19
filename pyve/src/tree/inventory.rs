//! What a prepared tree holds, written when it was finished.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use pyve_plugin_api::OsText;
use serde::{Deserialize, Serialize};

use super::pyc;

/// The format; a tree with another one is made again.
const SCHEMA: u32 = 3;

/// The content of `<tree>.json`.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    schema: u32,
    /// The path that the tree was made at.
    pub path: OsText,
    /// In an order in which each folder stands before what is in it.
    pub entries: Vec<Entry>,
}

/// One entry, its path relative to the tree.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub path: OsText,
    pub kind: Kind,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Folder { mode: u32 },
    Link { to: OsText },
    File { size: u64, modified: u64, mode: u32, holds: Holds },
}

/// Where the tree's own path is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// Nowhere: clones can share the file.
    Nothing,
    /// In its text.
    Text,
    /// In a compiled Python file, and there only as the path of its source.
    Compiled,
    /// In a compiled Python file, among its constants too.
    Constants,
    /// Not itself, but the hashes of files that do: a `RECORD`.
    Hashes,
}

impl Inventory {
    /// Takes stock of the tree at `root`.
    pub fn take(root: &Path) -> io::Result<Self> {
        let mut walk = Walk { root, entries: Vec::new() };
        walk.folder(Path::new(""))?;
        Ok(Self { schema: SCHEMA, path: root.into(), entries: walk.entries })
    }

    /// The inventory of the tree at `root`, if it was finished, and at that path.
    pub fn load(root: &Path) -> Option<Self> {
        let inventory: Self = serde_json::from_slice(&fs::read(file_of(root)).ok()?).ok()?;
        (inventory.schema == SCHEMA && inventory.path.path() == root).then_some(inventory)
    }

    /// The text of the file beside the tree.
    pub fn text(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// Where the inventory of the tree at `root` is.
pub fn file_of(root: &Path) -> PathBuf {
    beside(root, ".inventory.json")
}

/// A file beside the tree, its name that of the tree and `ending`.
pub fn beside(root: &Path, ending: &str) -> PathBuf {
    let mut path = root.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// Taking stock, folder by folder.
struct Walk<'a> {
    root: &'a Path,
    entries: Vec<Entry>,
}

impl Walk<'_> {
    fn folder(&mut self, below: &Path) -> io::Result<()> {
        let entries = fs::read_dir(self.root.join(below))?;
        let mut names: Vec<_> = entries.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
        names.sort();
        for name in names {
            let path = below.join(name);
            let whole = self.root.join(&path);
            let metadata = fs::symlink_metadata(&whole)?;
            let kind = if metadata.is_dir() {
                Kind::Folder { mode: mode(&metadata) }
            } else if metadata.is_symlink() {
                Kind::Link { to: fs::read_link(&whole)?.into() }
            } else {
                let holds = self.holds(&path, &fs::read(&whole)?);
                Kind::File { size: metadata.len(), modified: modified(&metadata), mode: mode(&metadata), holds }
            };
            self.entries.push(Entry { path: path.as_path().into(), kind });
            if metadata.is_dir() {
                self.folder(&path)?;
            }
        }
        Ok(())
    }

    fn holds(&self, path: &Path, bytes: &[u8]) -> Holds {
        let root = self.root.as_os_str().as_encoded_bytes();
        if path.file_name().is_some_and(|name| name == "RECORD") {
            Holds::Hashes
        } else if memchr::memmem::find(bytes, root).is_none() {
            Holds::Nothing
        } else if path.extension().is_some_and(|extension| extension == "pyc") {
            let source = pyc::source_of(&self.root.join(path));
            if source.is_some_and(|source| pyc::only_names(bytes, root, &source)) {
                Holds::Compiled
            } else {
                Holds::Constants
            }
        } else {
            Holds::Text
        }
    }
}

/// When the content was changed, in nanoseconds since 1970.
pub fn modified(metadata: &Metadata) -> u64 {
    let time = metadata.modified().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    time.and_then(|time| u64::try_from(time.as_nanos()).ok()).unwrap_or_default()
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o7777
}

#[cfg(not(unix))]
fn mode(_: &Metadata) -> u32 {
    0
}
