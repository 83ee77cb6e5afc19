//! The place of a file: a temporary one beside it, of which the right one takes the name.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::fetch_error::{FetchError, local_failure};
use crate::failure::Failure;
use crate::files::{ownership, temporary};
use crate::sys;

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
            return Err(Failure::new(format!("could not write `{}`: it is a directory", target.display()))
                .remedy("move that directory away, then run the same command again"));
        };
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        ownership::make_folder(&folder).map_err(|error| local_failure("create the directory", &folder, &error))?;
        let mut prefix = OsString::from(".");
        prefix.push(name);
        prefix.push(".");
        temporary::remove_stale(&folder);
        Ok(Self { target, folder, prefix })
    }

    /// A file of our own beside the target, for nobody else to read.
    pub fn temporary(&self) -> Result<Temporary<'a>, FetchError> {
        loop {
            let file = Builder::new()
                .prefix(&self.prefix)
                .suffix(temporary::PART)
                .tempfile_in(&self.folder)
                .map_err(|error| FetchError::local("write", self.target, &without_path(&error)))?;
            if temporary::hold(file.as_file()) {
                return Ok(Temporary { file, target: self.target });
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
        sys::set_file_mode(self.file.as_file(), if executable { 0o755 } else { 0o644 }).map_err(cannot)?;
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

/// So that the name, too, outlives a power cut; file systems that cannot do it lose nothing by it.
fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}
