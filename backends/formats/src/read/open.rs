//! Opening a file without being held up by it: never waiting for a pipe, never touching a device.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::error::{FileKind, Problem, ReadError};
use super::limit::Limit;

/// What becomes of a symbolic link in the last component of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// What it leads to is read.
    Follow,
    /// It is refused.
    Refuse,
}

/// Opens a regular file of at most that size for reading; `None` where there is none.
pub fn open(path: impl AsRef<Path>, limit: Limit, links: Links) -> Result<Option<File>, ReadError> {
    let path = path.as_ref();
    match regular(path, limit, links) {
        Err(error) if error.is_absent() => Ok(None),
        outcome => outcome.map(Some),
    }
}

fn regular(path: &Path, limit: Limit, links: Links) -> Result<File, ReadError> {
    // Looked at first: to open a device can be to use it (`/dev/watchdog`), and a pipe's writer would be let go.
    let metadata = match links {
        Links::Follow => fs::metadata(path),
        Links::Refuse => fs::symlink_metadata(path),
    };
    judge(&metadata.map_err(|error| ReadError::io(path, error))?, path, limit)?;
    let file = open_now(path, links).map_err(|error| ReadError::io(path, error))?;
    check(&file, path, limit)?;
    Ok(file)
}

/// The size of an open file, which must be a regular one within the limit.
pub(super) fn check(file: &File, path: &Path, limit: Limit) -> Result<u64, ReadError> {
    let metadata = file.metadata().map_err(|error| ReadError::io(path, error))?;
    judge(&metadata, path, limit)?;
    Ok(metadata.len())
}

fn judge(metadata: &fs::Metadata, path: &Path, limit: Limit) -> Result<(), ReadError> {
    if metadata.is_symlink() {
        return Err(ReadError::new(path, Problem::Link));
    }
    if let Some(kind) = FileKind::of(metadata.file_type()) {
        return Err(ReadError::new(path, Problem::NotRegular(kind)));
    }
    if metadata.len() > limit.bytes() {
        return Err(ReadError::new(path, Problem::TooLarge { size: Some(metadata.len()), limit }));
    }
    Ok(())
}

/// Should the file be exchanged in between: a pipe is not waited for, and a terminal does not become ours.
#[cfg(unix)]
pub(super) fn open_now(path: &Path, links: Links) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let mut flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    if links == Links::Refuse {
        flags |= OFlags::NOFOLLOW;
    }
    let file = rustix::io::retry_on_intr(|| rustix::fs::open(path, flags, Mode::empty()))?;
    Ok(File::from(file))
}

#[cfg(not(unix))]
pub(super) fn open_now(path: &Path, _: Links) -> io::Result<File> {
    File::open(path)
}
