//! Cloning a template: files that do not hold its path are shared or copied, the others rewritten.

use pyve_formats::sorted;
use std::collections::BTreeMap;
use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use pyve_formats::dist_info::record;

use super::inventory::{Content, Entry, Holds, Inventory, Kind, digest};
use super::modes::Mode;
use super::pyc;
use super::sharing::Sharing;
use super::threads::on_all_cores;
use crate::config::LinkMode;
use crate::failure::Failure;
use crate::sys;

/// Why there is no clone. What was made of it is left to the caller to remove.
#[derive(Debug)]
pub enum CloneError {
    /// The template is not what its inventory says.
    Damaged(PathBuf),
    /// A file cannot bear the new path.
    Immovable(PathBuf),
    /// The system refused.
    System(Failure),
}

/// From where to where.
#[derive(Clone, Copy)]
struct Cloning<'a> {
    tree: &'a Path,
    /// Where the clone is made.
    folder: &'a Path,
    /// The path that it bears.
    target: &'a Path,
    sharing: &'a Sharing,
    mode: LinkMode,
}

/// One file to be made.
struct Job<'a> {
    path: PathBuf,
    content: &'a Content,
    mode: Mode,
    holds: Holds,
    cloning: Cloning<'a>,
}

/// As many files are taken by a thread at a time: mostly of one folder, where two would wait for each other.
const AT_A_TIME: usize = 24;

/// Files above this size are copied by the system, instead of being held in memory.
const LARGE: u64 = 1024 * 1024;

/// Clones the template to `folder`, which must not be there yet, for being moved to `target` as a whole.
pub fn clone(inventory: &Inventory, folder: &Path, target: &Path, mode: LinkMode) -> Result<(), CloneError> {
    let tree = inventory.path.path();
    fs::create_dir_all(folder).map_err(|error| system("create the directory", folder, &error))?;
    let seen = |path: &Path| path.metadata().map_err(|error| system("examine", path, &error));
    let sharing = Sharing::new(mode, &seen(folder)?, &seen(&tree)?);
    let cloning = Cloning { tree: &tree, folder, target, sharing: &sharing, mode };
    let make = |jobs: Vec<Job<'_>>| jobs.into_iter().map(Job::make).collect::<Result<Vec<_>, _>>();
    let (left, made) = on_all_cores(|give| cloning.plan(&inventory.entries, give), make)?;
    let changed: BTreeMap<PathBuf, Vec<u8>> = sorted::map(made.into_iter().flatten().flatten());
    left.records.iter().try_for_each(|job| job.relist(&changed))?;
    left.folders.iter().rev().try_for_each(|(path, mode)| {
        finish_folder(path, *mode).map_err(|error| system("change the mode of", path, &error))
    })
}

fn system(action: &str, path: &Path, error: &io::Error) -> CloneError {
    CloneError::System(Failure::io(action, path, error))
}

/// What is done when all files are there.
#[derive(Default)]
struct Left<'a> {
    records: Vec<Job<'a>>,
    folders: Vec<(PathBuf, Mode)>,
}

impl<'a> Cloning<'a> {
    /// Makes the folders and the links, and gives the files to those who make them.
    fn plan(self, entries: &'a [Entry], give: &dyn Fn(Vec<Job<'a>>)) -> Result<Left<'a>, CloneError> {
        let mut left = Left::default();
        let mut jobs = Vec::new();
        for Entry { path, kind } in entries {
            let path = path.path().into_owned();
            match kind {
                Kind::Folder { mode } => {
                    self.check_folder(&path, *mode)?;
                    let path = self.folder.join(path);
                    // The system sees to owner, group, umask and access lists, as it does for files.
                    sys::create_folder(&path, mode.asked | 0o700)
                        .map_err(|error| system("create the directory", &path, &error))?;
                    left.folders.extend((mode.asked & 0o700 != 0o700 || mode.fixed != 0).then_some((path, *mode)));
                }
                Kind::Link { to } => {
                    let path = self.folder.join(path);
                    let made = sys::symlink(&relinked(&to.path(), self.tree, self.target), &path);
                    made.map_err(|error| system("create the link", &path, &error))?;
                }
                Kind::File { mode, holds, content } => {
                    let job = Job { path, content, mode: *mode, holds: *holds, cloning: self };
                    if job.holds == Holds::Hashes { &mut left.records } else { &mut jobs }.push(job);
                    if jobs.len() == AT_A_TIME {
                        give(std::mem::take(&mut jobs));
                    }
                }
            }
        }
        give(jobs);
        Ok(left)
    }

    /// Whether the folder of the template is as it was, so that nobody has put anything in it who may not.
    fn check_folder(&self, path: &Path, mode: Mode) -> Result<(), CloneError> {
        let path = self.tree.join(path);
        let same = fs::symlink_metadata(&path).is_ok_and(|metadata| {
            metadata.is_dir() && self.sharing.is_own(&metadata) && sys::mode(&metadata) == mode.in_template()
        });
        if same { Ok(()) } else { Err(CloneError::Damaged(path)) }
    }
}

impl Job<'_> {
    fn target(&self) -> PathBuf {
        self.cloning.folder.join(&self.path)
    }

    fn source(&self) -> PathBuf {
        self.cloning.tree.join(&self.path)
    }

    fn damaged(&self) -> CloneError {
        CloneError::Damaged(self.source())
    }

    fn system(&self, error: &io::Error) -> CloneError {
        match error.kind() {
            io::ErrorKind::NotFound if !self.source().exists() => self.damaged(),
            _ => CloneError::System(Failure::io("write", &self.target(), error)),
        }
    }

    /// Makes the file; returns path and content if it holds the tree's path as text.
    fn make(self) -> Result<Option<(PathBuf, Vec<u8>)>, CloneError> {
        if [Holds::Nothing, Holds::Compiled].contains(&self.holds) && self.share_file()? {
            return Ok(None);
        }
        let (file, sure) = self.open()?;
        match self.holds {
            Holds::Text => {
                let content = replaced(&self.read(file, sure)?, self.cloning.tree, self.cloning.target);
                self.write(&content)?;
                return Ok(Some((self.path, content)));
            }
            // Python puts the path of the source in the place of the one that it finds whenever it imports
            // (`_fix_co_filename`).
            Holds::Nothing | Holds::Hashes | Holds::Compiled if sure && self.share_blocks(&file)? => {}
            Holds::Nothing if sure && self.content.size > LARGE => self.copy(file)?,
            Holds::Nothing | Holds::Hashes => self.write(&self.read(file, sure)?)?,
            Holds::Compiled | Holds::Constants => self.write(&self.relocated(&self.read(file, sure)?)?)?,
        }
        Ok(None)
    }

    /// Whether the template's file itself is in the clone now.
    fn share_file(&self) -> Result<bool, CloneError> {
        if !self.cloning.sharing.shares_files(self.mode) {
            return Ok(false);
        }
        let source = self.source();
        self.check(&fs::symlink_metadata(&source).map_err(|error| self.system(&error))?)?;
        Ok(self.cloning.sharing.share_file(&source, &self.target()))
    }

    /// The template's file, and whether its content is known to be what it was.
    fn open(&self) -> Result<(File, bool), CloneError> {
        let mut options = OpenOptions::new();
        options.read(true);
        // What came in its place may be a link, a socket, or a pipe, which would be waited for.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NOFOLLOW | libc::O_NONBLOCK);
        let file = options.open(self.source()).map_err(|error| match error.raw_os_error() {
            #[cfg(unix)]
            Some(libc::ELOOP | libc::ENXIO | libc::EOPNOTSUPP | libc::EACCES) => self.damaged(),
            _ => self.system(&error),
        })?;
        let metadata = file.metadata().map_err(|error| self.system(&error))?;
        self.check(&metadata)?;
        // Sharing a file with a clone changes its time as well.
        let sure = self.cloning.mode == LinkMode::Hardlink || sys::stat(&metadata).changed == self.content.changed;
        Ok((file, sure))
    }

    /// Whether owner, mode and content are those of the inventory, as far as the file system tells.
    fn check(&self, metadata: &fs::Metadata) -> Result<(), CloneError> {
        let whole = metadata.is_file()
            && self.cloning.sharing.is_own(metadata)
            && sys::mode(metadata) == self.mode.in_template()
            && metadata.len() == self.content.size
            && u64::try_from(sys::stat(metadata).modified) == Ok(self.content.modified);
        if whole { Ok(()) } else { Err(self.damaged()) }
    }

    fn read(&self, mut file: File, sure: bool) -> Result<Vec<u8>, CloneError> {
        let mut content = vec![0; usize::try_from(self.content.size).unwrap_or_default()];
        file.read_exact(&mut content).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => self.damaged(),
            _ => self.system(&error),
        })?;
        if sure || digest(&content) == self.content.sha256 { Ok(content) } else { Err(self.damaged()) }
    }

    /// A compiled file with its own path.
    fn relocated(&self, content: &[u8]) -> Result<Vec<u8>, CloneError> {
        let (from, to) = (self.cloning.tree.to_str(), self.cloning.target.to_str());
        let moved = from.zip(to).and_then(|(from, to)| pyc::relocate(content, from, to));
        moved.ok_or_else(|| CloneError::Immovable(self.source()))
    }

    /// A `RECORD`, with the hashes of the scripts that bear another path now.
    fn relist(&self, changed: &BTreeMap<PathBuf, Vec<u8>>) -> Result<(), CloneError> {
        let (file, sure) = self.open()?;
        let content = self.read(file, sure)?;
        let Ok(text) = String::from_utf8(content) else { return Err(CloneError::Immovable(self.source())) };
        // `<folder>/<name>.dist-info/RECORD` lists what is below `<folder>`.
        let folder = self.path.parent().and_then(Path::parent).unwrap_or(Path::new(""));
        self.write(record::rehashed(&text, folder, changed).as_bytes())
    }

    /// Whether the clone has the file with the same blocks now.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn share_blocks(&self, from: &File) -> Result<bool, CloneError> {
        if !self.cloning.sharing.shares_blocks() {
            return Ok(false);
        }
        let to = self.create().map_err(|error| self.system(&error))?;
        if self.cloning.sharing.share_blocks(from, &to) {
            return self.finish(&to).map(|()| true).map_err(|error| self.system(&error));
        }
        fs::remove_file(self.target()).map(|()| false).map_err(|error| self.system(&error))
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn share_blocks(&self, _: &File) -> Result<bool, CloneError> {
        let target = self.target();
        if !self.cloning.sharing.shares_blocks() || !self.cloning.sharing.share_blocks(&self.source(), &target) {
            return Ok(false);
        }
        let options = OpenOptions::new().read(true).write(cfg!(windows)).open(&target);
        let finished = options.and_then(|file| {
            sys::set_mode(&target, self.cloning.sharing.mode(self.mode))?;
            file.set_times(FileTimes::new().set_modified(self.modified()))
        });
        finished.map(|()| true).map_err(|error| self.system(&error))
    }

    fn write(&self, content: &[u8]) -> Result<(), CloneError> {
        self.fill(|file| file.write_all(content))
    }

    fn copy(&self, mut from: File) -> Result<(), CloneError> {
        self.fill(|file| io::copy(&mut from, file).map(drop))
    }

    fn fill(&self, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), CloneError> {
        let filled = self.create().and_then(|mut file| {
            fill(&mut file)?;
            self.finish(&file)
        });
        filled.map_err(|error| self.system(&error))
    }

    /// The new file. The system gives it the owner and the group, and takes from its mode, what it would for any other.
    fn create(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, self.mode.asked);
        options.open(self.target())
    }

    fn finish(&self, file: &File) -> io::Result<()> {
        if self.mode.fixed != 0 {
            let mode = sys::mode(&file.metadata()?);
            if mode & self.mode.fixed != self.mode.fixed {
                sys::set_file_mode(file, mode | self.mode.fixed)?;
            }
        }
        // Compiled files name the time of their source, so every file keeps its own.
        file.set_times(FileTimes::new().set_modified(self.modified()))
    }

    fn modified(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_nanos(self.content.modified)
    }
}

/// The text with the path `from`, but not a longer name that begins like it, replaced.
fn replaced(bytes: &[u8], from: &Path, to: &Path) -> Vec<u8> {
    let (from, to) = (from.as_os_str().as_encoded_bytes(), to.as_os_str().as_encoded_bytes());
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let mut done = 0;
    let ends = |at: usize| bytes.get(at).is_none_or(|byte| !byte.is_ascii_alphanumeric() && !b"._-".contains(byte));
    for at in memchr::memmem::find_iter(bytes, from).filter(|at| ends(at + from.len())) {
        out.extend_from_slice(&bytes[done..at]);
        out.extend_from_slice(to);
        done = at + from.len();
    }
    out.extend_from_slice(&bytes[done..]);
    out
}

/// A link into the tree leads into the clone instead.
fn relinked(to: &Path, tree: &Path, target: &Path) -> PathBuf {
    to.strip_prefix(tree).map_or_else(|_| to.to_owned(), |inside| target.join(inside))
}

/// Closes a folder in which nothing can be created any more, and opens what no umask closes.
fn finish_folder(path: &Path, mode: Mode) -> io::Result<()> {
    let made = sys::mode(&path.symlink_metadata()?);
    let wanted = (made & (mode.asked | !0o700)) | mode.fixed;
    if made == wanted { Ok(()) } else { sys::set_mode(path, wanted) }
}
