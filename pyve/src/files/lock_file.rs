//! A file that is locked while something is changed. The system releases it with its holder.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Waits until nobody else holds the lock of the file, which is made if there is none.
pub fn lock(path: &Path) -> io::Result<File> {
    let file = open(path)?;
    file.lock()?;
    Ok(file)
}

/// The file, made if there is none, for who tries to lock it.
pub fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}
