//! The place of a file: a temporary one beside it, of which the right one takes the name.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::fetch_error::{FetchError, local_failure};
use crate::failure::Failure;
use crate::files::ownership;

const SUFFIX: &str = ".pyve-part";

/// The folder of the target, made and cleared of what an interrupted download left there.
pub struct Target<'a> {
    target: &'a Path,
    folder: PathBuf,
    prefix: OsString,
}

/// Where bytes are written, and what for.
pub struct Writer<'a> {
    pub file: &'a mut dyn io::Write,
    pub target: &'a Path,
}

/// A file that goes away unless it is finished.
pub struct Temporary<'a> {
    file: NamedTempFile,
    target: &'a Path,
}

impl<'a> Target<'a> {
    pub fn prepare(target: &'a Path) -> Result<Self, Failure> {
        let Some(name) = target.file_name().filter(|_| !target.is_dir()) else {
            return Err(Failure::new(format!("cannot write {}: it is a folder", target.display()))
                .remedy("move that folder away, then run the same command again"));
        };
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        ownership::make_folder(&folder).map_err(|error| local_failure("make the folder", &folder, &error))?;
        let mut prefix = OsString::from(".");
        prefix.push(name);
        prefix.push(".");
        let place = Self { target, folder, prefix };
        place.clean();
        Ok(place)
    }

    /// A file of our own beside the target, for nobody else to read.
    pub fn temporary(&self) -> Result<Temporary<'a>, FetchError> {
        loop {
            let file = Builder::new()
                .prefix(&self.prefix)
                .suffix(SUFFIX)
                .tempfile_in(&self.folder)
                .map_err(|error| FetchError::local("write", self.target, &without_path(&error)))?;
            if alive::mark(file.as_file()) {
                return Ok(Temporary { file, target: self.target });
            }
        }
    }

    /// Removes the temporary files whose makers are gone.
    fn clean(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.as_encoded_bytes();
            if name.starts_with(self.prefix.as_encoded_bytes())
                && name.ends_with(SUFFIX.as_bytes())
                && entry.file_type().is_ok_and(|kind| kind.is_file())
            {
                alive::remove_if_dead(&entry.path());
            }
        }
    }
}

impl Temporary<'_> {
    pub fn writer(&mut self) -> Writer<'_> {
        Writer { file: self.file.as_file_mut(), target: self.target }
    }

    /// Gives the file its bits and its name, in this order.
    pub fn finish(self, executable: bool) -> Result<(), FetchError> {
        let cannot = |error: io::Error| FetchError::local("write", self.target, &error);
        permit(self.file.as_file(), executable).map_err(cannot)?;
        self.file.as_file().sync_all().map_err(cannot)?;
        self.file.persist(self.target).map_err(|error| cannot(error.error))?;
        if let Some(folder) = self.target.parent() {
            sync_folder(folder);
        }
        Ok(())
    }
}

/// The error without the name of the temporary file, which says nothing to the user.
fn without_path(error: &io::Error) -> io::Error {
    io::Error::from(error.kind())
}

#[cfg(unix)]
fn permit(file: &File, executable: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(if executable { 0o755 } else { 0o644 }))
}

#[cfg(not(unix))]
fn permit(_: &File, _: bool) -> io::Result<()> {
    Ok(())
}

/// So that the name, too, outlives a power cut; file systems that cannot do it lose nothing by it.
fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// How a temporary file that is being written is told from one that was left behind: its writer
/// holds a lock on it, which ends with the process, however it ends.
#[cfg(unix)]
mod alive {
    use std::fs::{self, File};
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    use rustix::fs::{FlockOperation, flock};

    /// Takes the lock. False if the file was cleaned away between its making and this.
    pub fn mark(file: &File) -> bool {
        // Where locks do not work, nobody can take the file for a dead one either.
        let _ = flock(file, FlockOperation::LockExclusive);
        file.metadata().map_or(true, |metadata| metadata.nlink() > 0)
    }

    pub fn remove_if_dead(path: &Path) {
        let Ok(file) = File::open(path) else { return };
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() {
            let _ = fs::remove_file(path);
        }
    }
}

/// Without such locks: by age. No download takes a day.
#[cfg(not(unix))]
mod alive {
    use std::fs::{self, File};
    use std::path::Path;
    use std::time::Duration;

    pub fn mark(_: &File) -> bool {
        true
    }

    pub fn remove_if_dead(path: &Path) {
        let age = path.metadata().and_then(|metadata| metadata.modified()).ok().and_then(|time| time.elapsed().ok());
        if age.is_some_and(|age| age > Duration::from_secs(24 * 3600)) {
            let _ = fs::remove_file(path);
        }
    }
}
