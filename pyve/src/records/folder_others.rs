//! Folders by their paths, looked at before they are used: those systems have no way to open one within another.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};

use super::{Content, LIMIT};
use crate::files::atomic;

/// A folder that is none by a link.
#[derive(Debug)]
pub struct Opened(PathBuf);

impl Opened {
    pub fn root(path: &Path) -> io::Result<Option<Self>> {
        Ok(path.is_dir().then(|| Self(path.to_owned())))
    }

    pub fn below(&self, name: &str, _: &Path, make: bool) -> io::Result<Option<Self>> {
        let path = self.0.join(name);
        if make && path.symlink_metadata().is_err() {
            fs::create_dir(&path).or_else(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => Ok(()),
                _ => Err(error),
            })?;
        }
        match path.symlink_metadata() {
            Ok(metadata) if metadata.is_dir() => Ok(Some(Self(path))),
            Ok(_) => Err(io::ErrorKind::NotADirectory.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub fn read(&self, name: &str, _: &Path) -> Content {
        match read::bytes_no_follow(self.0.join(name), Limit::of_bytes(LIMIT)) {
            Ok(Some(bytes)) => Content::Bytes(bytes),
            Ok(None) => Content::Absent,
            Err(error) => Content::Unfit(error.reason()),
        }
    }

    pub fn write(&self, name: &str, _: &Path, bytes: &[u8]) -> io::Result<()> {
        atomic::replace(&self.0.join(name), bytes, Some(0o600)).map_err(|failure| io::Error::other(failure.message))
    }

    pub fn open_shared(&self, name: &str, _: &Path) -> io::Result<File> {
        let path = self.0.join(name);
        match path.symlink_metadata() {
            Ok(metadata) if !metadata.is_file() => Err(io::Error::other("it is no regular file")),
            _ => OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path),
        }
    }
}
