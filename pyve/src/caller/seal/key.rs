//! The key: 32 random bytes in a file that is the user's alone, made once, never shown.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::Path;

use crate::sys;

/// The file in pyve's own folder.
const FILE: &str = "key";

const LENGTH: usize = 32;

/// HMAC pads its key to a block of its hash.
const BLOCK: usize = 64;

/// The bytes of a key, padded.
pub struct Key([u8; BLOCK]);

impl Key {
    /// A new one; `None` where the system gives no random numbers.
    pub fn random() -> Option<Self> {
        let mut bytes = [0; BLOCK];
        getrandom::fill(&mut bytes[..LENGTH]).ok()?;
        Some(Self(bytes))
    }

    pub fn block(&self) -> &[u8; BLOCK] {
        &self.0
    }
}

/// Nothing shows a key, not even a message for developers.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// The key in `home`, if it is there and nobody else could know or exchange it.
pub fn read(home: &Path) -> Option<Key> {
    if !is_own(&home.metadata().ok()?, 0o022) {
        return None;
    }
    let mut file = open(&home.join(FILE)).ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || metadata.len() != LENGTH as u64 || !is_own(&metadata, 0o077) {
        return None;
    }
    let mut bytes = [0; BLOCK];
    io::Read::read_exact(&mut file, &mut bytes[..LENGTH]).ok()?;
    Some(Key(bytes))
}

/// The key in `home`, made where there is none that can be used. Of two that make it at once one wins, and both have
/// that one. `None` where it cannot be kept.
pub fn obtain(home: &Path) -> Option<Key> {
    if let Some(key) = read(home) {
        return Some(key);
    }
    make(home).ok()?;
    read(home)
}

fn make(home: &Path) -> io::Result<()> {
    make_folder(home)?;
    // Nobody else is here while an unusable key makes place for a good one. Where folders cannot be locked, the
    // name that is given only once decides between two.
    let held = locked(home);
    if fs::symlink_metadata(home.join(FILE)).is_ok() {
        if read(home).is_some() {
            return Ok(());
        }
        held.as_ref().map_err(|error| error.kind())?;
        // Others may have seen or written it: what it sealed does not count.
        fs::remove_file(home.join(FILE))?;
    }
    let key = Key::random().ok_or(io::ErrorKind::Unsupported)?;
    // The temporary file is the user's alone from its first byte.
    let mut file = loop {
        let file = tempfile::Builder::new().prefix(".pyve-").suffix(".tmp").tempfile_in(home)?;
        // What no living pyve holds is taken for one that was left: by then it may be gone.
        if !matches!(file.as_file().try_lock(), Err(TryLockError::WouldBlock)) && file.path().exists() {
            break file;
        }
    };
    file.write_all(&key.0[..LENGTH])?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(home.join(FILE)) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        _ => Ok(()),
    }
}

/// pyve's own folder, in which nobody else may write: with the mask that some systems give their users, their group
/// could.
fn make_folder(home: &Path) -> io::Result<()> {
    fs::create_dir_all(home)?;
    let metadata = home.metadata()?;
    if !is_own(&metadata, 0) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let mode = sys::mode(&metadata);
    if mode & 0o022 == 0 { Ok(()) } else { sys::set_mode(home, mode & 0o7755) }
}

#[cfg(unix)]
fn locked(home: &Path) -> io::Result<File> {
    let folder = File::open(home)?;
    folder.lock().map(|()| folder)
}

/// Folders cannot be locked there: the unusable key itself is, which whoever waited finds exchanged.
#[cfg(not(unix))]
fn locked(home: &Path) -> io::Result<File> {
    let key = File::open(home.join(FILE))?;
    key.lock().map(|()| key)
}

/// Whether it belongs to this user and has none of these modes.
fn is_own(metadata: &fs::Metadata, modes: u32) -> bool {
    sys::owner(metadata) == sys::user() && sys::mode(metadata) & modes == 0
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    match path.symlink_metadata()?.is_file() {
        true => File::open(path),
        false => Err(io::ErrorKind::InvalidInput.into()),
    }
}
