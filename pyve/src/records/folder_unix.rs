//! Folders by their descriptors: what is exchanged between a look and the use of it changes nothing.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use pyve_formats::read::{self, Limit};
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Mode, OFlags};

use super::{Content, LIMIT};
use crate::files::temporary::hold;

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
const FILE: OFlags = OFlags::NOFOLLOW.union(OFlags::CLOEXEC).union(OFlags::NONBLOCK).union(OFlags::NOCTTY);

/// An open folder.
#[derive(Debug)]
pub struct Opened(OwnedFd);

impl Opened {
    pub fn root(path: &Path) -> io::Result<Option<Self>> {
        present(rustix::fs::open(path, FOLDER, Mode::empty()))
    }

    /// The folder `name` in this one; a link is an error.
    pub fn below(&self, name: &str, _: &Path, make: bool) -> io::Result<Option<Self>> {
        let open = || rustix::fs::openat(&self.0, name, FOLDER | OFlags::NOFOLLOW, Mode::empty());
        let found = present(open())?;
        if found.is_some() || !make {
            return Ok(found);
        }
        match rustix::fs::mkdirat(&self.0, name, Mode::from_raw_mode(0o777)) {
            Err(error) if error != rustix::io::Errno::EXIST => Err(error.into()),
            _ => present(open()),
        }
    }

    pub fn read(&self, name: &str, path: &Path) -> Content {
        let opened = rustix::fs::openat(&self.0, name, FILE | OFlags::RDONLY, Mode::empty());
        let file = match present(opened) {
            Ok(Some(Self(file))) => File::from(file),
            Ok(None) => return Content::Absent,
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                return Content::Unfit("it is a symbolic link".to_owned());
            }
            Err(error) => return Content::Unfit(format!("it cannot be read: {}", crate::failure::reason(&error))),
        };
        match read::all(&file, path, Limit::of_bytes(LIMIT)) {
            Ok(bytes) => Content::Bytes(bytes),
            Err(error) => Content::Unfit(error.reason()),
        }
    }

    pub fn write(&self, name: &str, _: &Path, bytes: &[u8]) -> io::Result<()> {
        let (temporary, mut file) = self.temporary()?;
        let written = file
            .write_all(bytes)
            .and_then(|()| file.sync_all())
            .and_then(|()| Ok(rustix::fs::renameat(&self.0, &temporary, &self.0, name)?));
        if written.is_err() {
            // What failed is told; what is left is found by the next pyve.
            let _ = rustix::fs::unlinkat(&self.0, &temporary, AtFlags::empty());
        }
        written
    }

    /// A new file with a name that nobody has, the user's alone.
    fn temporary(&self) -> io::Result<(String, File)> {
        loop {
            let mut number = [0; 4];
            getrandom::fill(&mut number).map_err(|_| io::ErrorKind::Unsupported)?;
            let name = format!(".pyve-{:08x}.tmp", u32::from_ne_bytes(number));
            let flags = FILE | OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
            match rustix::fs::openat(&self.0, &name, flags, Mode::from_raw_mode(0o600)) {
                Ok(file) => {
                    let file = File::from(file);
                    if hold(&file) {
                        return Ok((name, file));
                    }
                }
                Err(rustix::io::Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// A file with other names is not pyve's, and what is written to it would be written there as well.
    pub fn open_shared(&self, name: &str, _: &Path) -> io::Result<File> {
        use std::os::unix::fs::MetadataExt;
        let flags = FILE | OFlags::RDWR | OFlags::CREATE;
        let file = File::from(rustix::fs::openat(&self.0, name, flags, Mode::from_raw_mode(0o666))?);
        let metadata = file.metadata()?;
        match metadata.is_file() && metadata.nlink() <= 1 {
            true => Ok(file),
            false => Err(io::Error::other("it has other names, or is no regular file")),
        }
    }
}

fn present(opened: rustix::io::Result<OwnedFd>) -> io::Result<Option<Opened>> {
    match opened {
        Ok(folder) => Ok(Some(Opened(folder))),
        Err(rustix::io::Errno::NOENT) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
