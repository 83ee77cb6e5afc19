//! Cloning a prepared tree: files that do not hold its path are shared, the others written anew.

use std::collections::BTreeMap;
use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::{self, Write};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, mpsc};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, SystemTime};

use super::inventory::{Holds, Inventory, Kind, modified};
use super::sharing::Sharing;
use super::{pyc, record};
use crate::failure::Failure;

/// Why there is no clone. What was made of it is left to the caller to remove.
#[derive(Debug)]
pub enum CloneError {
    /// The tree is not what its inventory says.
    Damaged(PathBuf),
    /// A file cannot bear the new path.
    Immovable(PathBuf),
    /// The system refused.
    System(Failure),
}

/// From where to where.
#[derive(Clone, Copy)]
struct Place<'a> {
    tree: &'a Path,
    /// Where the clone is made.
    folder: &'a Path,
    /// The path that it bears.
    target: &'a Path,
    links: &'a Sharing,
}

/// One file to be made.
struct Job<'a> {
    path: PathBuf,
    size: u64,
    modified: u64,
    mode: u32,
    holds: Holds,
    place: Place<'a>,
}

/// As many files are taken by a thread at a time: mostly of one folder, where two would wait for each other.
const AT_A_TIME: usize = 24;

/// Clones the tree to `folder`, which must not be there yet, for being moved to `target` as a whole.
pub fn clone(inventory: &Inventory, folder: &Path, target: &Path) -> Result<(), CloneError> {
    let tree = inventory.path.path();
    fs::create_dir_all(folder).map_err(|error| system("make the folder", folder, &error))?;
    let place = Place { tree: &tree, folder, target, links: &Sharing::default() };
    let mut closed = Vec::new();
    let mut hashes = Vec::new();
    let changed = on_all_cores(|give| {
        let mut jobs = Vec::new();
        for entry in &inventory.entries {
            let path = entry.path.path().into_owned();
            match &entry.kind {
                Kind::Folder { mode } => {
                    let path = folder.join(path);
                    fs::create_dir(&path).map_err(|error| system("make the folder", &path, &error))?;
                    closed.extend((*mode & 0o700 != 0o700).then_some((path, *mode)));
                }
                Kind::Link { to } => {
                    let path = folder.join(path);
                    let made = link(&relinked(&to.path(), &tree, target), &path);
                    made.map_err(|error| system("make the link", &path, &error))?;
                }
                Kind::File { size, modified, mode, holds } => {
                    let job = Job { path, size: *size, modified: *modified, mode: *mode, holds: *holds, place };
                    if job.holds == Holds::Hashes { &mut hashes } else { &mut jobs }.push(job);
                    if jobs.len() == AT_A_TIME {
                        give(std::mem::take(&mut jobs));
                    }
                }
            }
        }
        give(jobs);
        Ok(())
    })?;
    hashes.iter().try_for_each(|job| job.relist(&changed))?;
    closed
        .iter()
        .rev()
        .try_for_each(|(place, mode)| set_mode(place, *mode).map_err(|error| system("close", place, &error)))
}

fn system(action: &str, path: &Path, error: &io::Error) -> CloneError {
    CloneError::System(Failure::io(action, path, error))
}

/// Makes the files that `plan` gives while it makes the folders before them, and returns the new contents of those with
/// text that changed.
fn on_all_cores<'a>(
    plan: impl FnOnce(&dyn Fn(Vec<Job<'a>>)) -> Result<(), CloneError>,
) -> Result<BTreeMap<PathBuf, Vec<u8>>, CloneError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    let changed = Mutex::new(BTreeMap::new());
    let (giver, taker) = mpsc::channel::<Vec<Job>>();
    let taker = Mutex::new(taker);
    let next = || taker.lock().ok()?.recv().ok();
    let make = || {
        while let Some(jobs) = next() {
            for job in jobs {
                if let Some(content) = job.make()?
                    && let Ok(mut changed) = changed.lock()
                {
                    changed.insert(job.path, content);
                }
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (1..cores).map(|_| scope.spawn(make)).collect();
        // What nobody has taken by the end of the plan, this thread makes with the others.
        let planned = plan(&|jobs| drop(giver.send(jobs)));
        drop(giver);
        let mine = planned.and_then(|()| make());
        let ended = |thread: ScopedJoinHandle<_>| thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        threads.into_iter().map(ended).fold(mine, Result::and)
    })?;
    Ok(changed.into_inner().unwrap_or_default())
}

impl Job<'_> {
    fn target(&self) -> PathBuf {
        self.place.folder.join(&self.path)
    }

    fn source(&self) -> PathBuf {
        self.place.tree.join(&self.path)
    }

    fn system(&self, error: &io::Error) -> CloneError {
        match error.kind() {
            io::ErrorKind::NotFound if !self.source().exists() => CloneError::Damaged(self.source()),
            _ => CloneError::System(Failure::io("write", &self.target(), error)),
        }
    }

    /// The file's content, if it is still what the inventory says.
    fn content(&self) -> Result<Vec<u8>, CloneError> {
        self.check()?;
        fs::read(self.source()).map_err(|error| self.system(&error))
    }

    fn check(&self) -> Result<(), CloneError> {
        let metadata = fs::symlink_metadata(self.source()).map_err(|error| self.system(&error))?;
        let whole = metadata.is_file() && metadata.len() == self.size && modified(&metadata) == self.modified;
        if whole { Ok(()) } else { Err(CloneError::Damaged(self.source())) }
    }

    /// Makes the file; returns its content if it holds the path as text.
    fn make(&self) -> Result<Option<Vec<u8>>, CloneError> {
        match self.holds {
            Holds::Text => {
                let content = replaced(&self.content()?, self.place.tree, self.place.target);
                self.write(&content)?;
                Ok(Some(content))
            }
            Holds::Compiled => self.compiled().map(|()| None),
            Holds::Constants => self.relocated().map(|()| None),
            Holds::Nothing | Holds::Hashes => self.share().map(|()| None),
        }
    }

    /// The file as it is, since Python puts the path of the source in the place of the one that it finds whenever it
    /// imports (`_fix_co_filename`); where files cannot be shared, a copy with its own path.
    fn compiled(&self) -> Result<(), CloneError> {
        self.check()?;
        if self.place.links.share_file(&self.source(), &self.target()) {
            return Ok(());
        }
        self.relocated()
    }

    fn relocated(&self) -> Result<(), CloneError> {
        let content = self.content()?;
        let (from, to) = (self.place.tree.to_str(), self.place.target.to_str());
        let moved = from.zip(to).and_then(|(from, to)| pyc::relocate(&content, from, to));
        self.write(&moved.ok_or_else(|| CloneError::Immovable(self.source()))?)
    }

    /// The blocks where the file system can share them, else the file, else a copy.
    fn share(&self) -> Result<(), CloneError> {
        self.check()?;
        let (source, place) = (self.source(), self.target());
        if self.place.links.share(&source, &place) {
            return Ok(());
        }
        let content = fs::read(&source).map_err(|error| self.system(&error))?;
        self.write(&content)
    }

    /// A `RECORD`, with the hashes of the scripts that bear another path now.
    fn relist(&self, changed: &BTreeMap<PathBuf, Vec<u8>>) -> Result<(), CloneError> {
        let content = self.content()?;
        let Ok(text) = String::from_utf8(content) else { return Err(CloneError::Immovable(self.source())) };
        // `<folder>/<name>.dist-info/RECORD` lists what is below `<folder>`.
        let folder = self.path.parent().and_then(Path::parent).unwrap_or(Path::new(""));
        self.write(record::relocate(&text, folder, changed).as_bytes())
    }

    /// Compiled files name the time of their source, so every file keeps its own.
    fn write(&self, content: &[u8]) -> Result<(), CloneError> {
        let time = SystemTime::UNIX_EPOCH + Duration::from_nanos(self.modified);
        let written = self.create(content).and_then(|file| file.set_times(FileTimes::new().set_modified(time)));
        written.map_err(|error| self.system(&error))
    }

    fn create(&self, content: &[u8]) -> io::Result<File> {
        let target = self.target();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, self.mode);
        let mut file = options.open(&target)?;
        file.write_all(content)?;
        Ok(file)
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

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn link(to: &Path, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(to, path)
}

#[cfg(windows)]
fn link(to: &Path, path: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_file(to, path)
}
