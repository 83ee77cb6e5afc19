//! A file without its name yet: written aside, then given the name of the right one; gone if that never happens.
//!
//! In a project it is made in `.pyve/state`, which git ignores from the beginning, since it may hold a secret. It is
//! locked as long as its pyve lives: what is not locked was left by one that was killed.

use std::ffi::{OsStr, OsString};
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::time::Duration;

use cap_std::fs::{Dir, OpenOptions};

use super::allowed_paths::{Entry, random};
use crate::sys;

const PREFIX: &str = ".pyve-";
const SUFFIX: &str = ".tmp";

/// What a download has while it is not complete.
pub const PART: &str = ".pyve-part";

/// A new file that has no name of its own yet.
pub struct Temporary {
    folder: Dir,
    name: OsString,
    file: File,
    named: bool,
}

impl Temporary {
    /// One that can be renamed to `target`. With `default_mode` it has the mode of any new file, else it is the user's alone.
    pub fn for_target(target: &Entry, default_mode: bool) -> io::Result<Self> {
        match target.scratch() {
            Some(scratch) => Self::create(scratch, default_mode),
            None => Self::beside(target, default_mode),
        }
    }

    /// One in the folder of the target itself, where a rename cannot cross a file system. What others left there goes.
    pub fn beside(target: &Entry, default_mode: bool) -> io::Result<Self> {
        let folder = target.folder().try_clone()?;
        sweep(&folder);
        Self::create(folder, default_mode)
    }

    fn create(folder: Dir, default_mode: bool) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).read(true).create_new(true);
        #[cfg(unix)]
        {
            use cap_std::fs::OpenOptionsExt;
            // Only the system knows the user's mask: it is applied to what is asked for here.
            options.mode(if default_mode { 0o666 } else { 0o600 });
        }
        #[cfg(not(unix))]
        let _ = default_mode;
        loop {
            let name = OsString::from(format!("{PREFIX}{}{SUFFIX}", random()));
            match folder.open_with(&name, &options) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
                Ok(file) => {
                    let file = file.into_std();
                    if hold(&file) {
                        return Ok(Self { folder, name, file, named: false });
                    }
                }
            }
        }
    }

    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Gives it the name, whatever has it now.
    pub fn rename(mut self, target: &Entry) -> Result<(), (io::Error, Self)> {
        match self.folder.rename(&self.name, target.folder(), target.name()) {
            Ok(()) => {
                self.named = true;
                Ok(())
            }
            Err(error) => Err((error, self)),
        }
    }

    /// Gives it the name if nothing has it, not even a link that leads nowhere.
    pub fn rename_new(mut self, target: &Entry) -> Result<(), (io::Error, Self)> {
        match self.exclusively(target) {
            Ok(()) => {
                self.named = true;
                Ok(())
            }
            Err(error) => Err((error, self)),
        }
    }

    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    fn exclusively(&self, target: &Entry) -> io::Result<()> {
        use rustix::fs::{RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(&self.folder, &self.name, target.folder(), target.name(), RenameFlags::NOREPLACE) {
            // A kernel, or a file system, that cannot.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => self.linked(target),
            renamed => Ok(renamed?),
        }
    }

    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    fn exclusively(&self, target: &Entry) -> io::Result<()> {
        self.linked(target)
    }

    /// A second name first, and then not the first any more; where there are no second names, a look must do.
    fn linked(&self, target: &Entry) -> io::Result<()> {
        match self.folder.hard_link(&self.name, target.folder(), target.name()) {
            Ok(()) => self.folder.remove_file(&self.name),
            Err(error) if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::CrossesDevices) => Err(error),
            Err(_) if target.exists() => Err(ErrorKind::AlreadyExists.into()),
            Err(_) => self.folder.rename(&self.name, target.folder(), target.name()),
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.named {
            let _ = self.folder.remove_file(&self.name);
        }
    }
}

/// Says in a folder of pyve's own that git is to ignore it, from the beginning and whatever the project says.
pub fn hide(folder: &Path) -> io::Result<()> {
    let file = Entry::anywhere(&folder.join(".gitignore"))?;
    if file.exists() {
        return Ok(());
    }
    let mut text = Temporary::beside(&file, true)?;
    text.file().write_all(b"*\n")?;
    match text.rename_new(&file) {
        Err((error, _)) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Marks the file as one of a living pyve. False if another one, which saw it before that, removes it.
pub fn hold(file: &File) -> bool {
    // Where locks do not work nobody takes it for one that was left, either, unless it is old.
    !matches!(file.try_lock(), Err(TryLockError::WouldBlock)) && sys::has_name(file)
}

/// Removes what pyves that were killed left in the folder, which is not a link.
pub fn remove_stale(folder: &Path) {
    if !folder.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return;
    }
    if let Ok(folder) = Dir::open_ambient_dir(folder, cap_std::ambient_authority()) {
        sweep(&folder);
    }
}

fn sweep(folder: &Dir) {
    let names = folder.entries().into_iter().flatten().flatten().map(|entry| entry.file_name());
    let stale: Vec<OsString> = names.filter(|name| is_temporary(name)).collect();
    stale.iter().for_each(|name| remove_if_stale(folder, name));
}

fn is_temporary(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    (name.starts_with(PREFIX.as_bytes()) && name.ends_with(SUFFIX.as_bytes()))
        || (name.starts_with(b".") && name.ends_with(PART.as_bytes()))
}

/// Removes a regular file that no living pyve holds; it is held meanwhile, so that nobody takes it for its own.
fn remove_if_stale(folder: &Dir, name: &OsStr) {
    if !folder.symlink_metadata(name).is_ok_and(|metadata| metadata.is_file()) {
        return;
    }
    let Ok(file) = folder.open(name).map(cap_std::fs::File::into_std) else { return };
    let stale = match file.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(_)) => is_old(&file),
    };
    if stale {
        let _ = folder.remove_file(name);
    }
}

/// Nobody writes a file for a day.
fn is_old(file: &File) -> bool {
    let modified = file.metadata().and_then(|metadata| metadata.modified()).ok();
    modified.and_then(|time| time.elapsed().ok()).is_some_and(|age| age > Duration::from_secs(24 * 60 * 60))
}
