//! What a template holds, written when it was finished.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD_NO_PAD, Engine};
use pyve_formats::json;
use pyve_formats::read::{self, Limit, Links};
use pyve_plugin_api::OsText;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::modes::Mode;
use super::threads::on_all_cores;
use super::{ownership, pyc};
use crate::sys;

/// The format; a tree with another one is made again.
const SCHEMA: u32 = 4;

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
    Folder { mode: Mode },
    Link { to: OsText },
    File { mode: Mode, holds: Holds, content: Content },
}

/// What tells the content of a file, from the cheapest to the dearest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub size: u64,
    /// In nanoseconds since 1970.
    pub modified: u64,
    /// When anything of the file was changed last, which no program can set: as long as this is the same, so is the content.
    pub changed: i64,
    /// For files whose time is another, because they came out of an archive or have got a second name.
    pub sha256: String,
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
    /// Takes stock of the tree at `root`, which was made under [`UMASK`](super::modes::UMASK), and gives its files the modes
    /// of a template.
    pub fn scan(root: &Path) -> io::Result<Self> {
        Ok(Self { schema: SCHEMA, path: root.into(), entries: Scan { root }.entries()? })
    }

    /// The inventory of the tree at `root`, if it was finished, and at that path.
    pub fn load(root: &Path) -> Option<Self> {
        let path = file_of(root);
        ownership::is_private(&fs::symlink_metadata(&path).ok()?).then_some(())?;
        let inventory: Self = json::read(&read::bytes_no_follow(path, Limit::RECORD).ok()??).ok()?;
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

/// Taking stock: one thread walks the folders, the others read what is in the files.
#[derive(Clone, Copy)]
struct Scan<'a> {
    root: &'a Path,
}

/// So many files are given to a thread at a time.
const AT_A_TIME: usize = 24;

/// An entry before it is written down, its path relative to the tree.
type Found = (PathBuf, Kind);

impl Scan<'_> {
    fn entries(self) -> io::Result<Vec<Entry>> {
        let read = |files: Vec<PathBuf>| files.into_iter().map(|path| self.file(path)).collect::<io::Result<Vec<_>>>();
        let plan = |give: &dyn Fn(Vec<PathBuf>)| {
            let (mut found, mut files) = (Vec::new(), Vec::new());
            self.folder(Path::new(""), &mut found, &mut |file| {
                files.push(file);
                if files.len() == AT_A_TIME {
                    give(std::mem::take(&mut files));
                }
            })?;
            give(files);
            Ok(found)
        };
        let (mut found, files) = on_all_cores(plan, read)?;
        found.extend(files.into_iter().flatten());
        // By components, so that a folder comes right before what is in it.
        found.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        Ok(found.into_iter().map(|(path, kind)| Entry { path: path.into(), kind }).collect())
    }

    fn folder(self, below: &Path, found: &mut Vec<Found>, give: &mut dyn FnMut(PathBuf)) -> io::Result<()> {
        for entry in fs::read_dir(self.root.join(below))? {
            let entry = entry?;
            let (path, whole, kind) = (below.join(entry.file_name()), entry.path(), entry.file_type()?);
            if kind.is_dir() {
                let mode = settle(&fs::symlink_metadata(&whole)?, |mode| sys::set_mode(&whole, mode))?;
                found.push((path.clone(), Kind::Folder { mode }));
                self.folder(&path, found, give)?;
            } else if kind.is_symlink() {
                found.push((path, Kind::Link { to: fs::read_link(&whole)?.into() }));
            } else {
                give(path);
            }
        }
        Ok(())
    }

    /// What a tool made that is no regular file cannot be cloned.
    fn file(self, path: PathBuf) -> io::Result<Found> {
        let whole = self.root.join(&path);
        let file = read::open(&whole, Limit::PROGRAM, Links::Refuse).map_err(io::Error::other)?;
        let file = file.ok_or(io::ErrorKind::NotFound)?;
        let bytes = read::all(&file, &whole, Limit::PROGRAM).map_err(io::Error::other)?;
        let holds = self.holds(&path, &bytes);
        let mode = settle(&file.metadata()?, |mode| sys::set_file_mode(&file, mode))?;
        Ok((path, Kind::File { mode, holds, content: Content::new(&bytes, &file.metadata()?) }))
    }

    fn holds(self, path: &Path, bytes: &[u8]) -> Holds {
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

impl Content {
    fn new(bytes: &[u8], metadata: &Metadata) -> Self {
        let stat = sys::stat(metadata);
        Self {
            size: stat.size,
            modified: u64::try_from(stat.modified).unwrap_or_default(),
            changed: stat.changed,
            sha256: digest(bytes),
        }
    }
}

/// The digest of a file's content, as the inventory has it.
pub fn digest(bytes: &[u8]) -> String {
    BASE64_STANDARD_NO_PAD.encode(Sha256::digest(bytes))
}

/// Gives what has this metadata the mode of a template by `set`; returns what its maker meant by the one that it had.
fn settle(metadata: &Metadata, set: impl FnOnce(u32) -> io::Result<()>) -> io::Result<Mode> {
    let made = sys::mode(metadata);
    let mode = Mode::from_made(made);
    if made != mode.in_template() {
        set(mode.in_template())?;
    }
    Ok(mode)
}
