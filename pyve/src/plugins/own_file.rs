//! Reads a file of the folder of plugins: a regular one of bearable size, opened without following a link.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// The content, and what the very file that it was read from was like.
pub struct OwnFile {
    pub bytes: Vec<u8>,
    pub metadata: Metadata,
}

/// Reads all of the file at `path`, which may have at most `limit` bytes.
pub fn read(path: &Path, limit: u64) -> io::Result<OwnFile> {
    let file = open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len().min(limit)).unwrap_or_default());
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::other(format!("it has more than {} MiB", limit >> 20)));
    }
    Ok(OwnFile { bytes, metadata })
}

/// Opens it in a way that waits for nobody: a pipe has no other end, a link is an error.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY;
    let opened = OpenOptions::new().read(true).custom_flags(flags).open(path);
    opened.map_err(|error| match error.raw_os_error() {
        Some(libc::ELOOP) => io::Error::other("it is a symbolic link"),
        _ => error,
    })
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    match path.symlink_metadata()?.is_symlink() {
        true => Err(io::Error::other("it is a symbolic link")),
        false => OpenOptions::new().read(true).open(path),
    }
}
