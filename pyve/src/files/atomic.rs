//! Writing a file whole or not at all, also through a power cut, and never for a moment more open than it will be.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use cap_std::fs::Metadata;
use pyve_formats::read::{self, Limit};

use super::allowed_paths::Entry;
use super::temporary::Temporary;
use crate::failure::Failure;

/// As many links as Linux follows before it calls them a loop.
const MOST_LINKS: usize = 40;

/// Writes a file of the user's own, outside of any project. `mode` is its mode afterwards; without one an existing
/// file keeps its own and a new one gets the user's default. A symbolic link stays, and the file it leads to is written.
pub fn write(path: &Path, bytes: &[u8], mode: Option<u32>) -> Result<(), Failure> {
    write_entry(&behind_links(path)?, bytes, mode)
}

/// Like [`write()`], but a symbolic link makes place for the file, and what it led to stays.
pub fn replace(path: &Path, bytes: &[u8], mode: Option<u32>) -> Result<(), Failure> {
    write_entry(&anywhere(path)?, bytes, mode)
}

/// Writes the file where nothing has that name, not even a dangling link; says whether it did.
pub fn create_new(path: &Path, bytes: &[u8], mode: Option<u32>) -> Result<bool, Failure> {
    create_entry(&anywhere(path)?, bytes, mode)
}

fn anywhere(path: &Path) -> Result<Entry, Failure> {
    Entry::anywhere(path).map_err(|error| cannot_write(path, &error))
}

/// Writes the file that has the name in a folder that is open; a link of that name makes place.
pub fn write_entry(entry: &Entry, bytes: &[u8], mode: Option<u32>) -> Result<(), Failure> {
    let cannot = |error: io::Error| cannot_write(entry.path(), &error);
    let before = match entry.metadata().map_err(cannot)? {
        Some(metadata) if metadata.is_symlink() => None,
        Some(metadata) if !metadata.is_file() => return Err(not_a_file(entry.path())),
        before => before,
    };
    let default_mode = before.is_none() && mode.is_none();
    let written = |mut file: Temporary| {
        file.file().write_all(bytes)?;
        finish(file.file(), before.as_ref(), mode)?;
        settle(file.file(), bytes).map(|()| file)
    };
    let file = Temporary::for_target(entry, default_mode).and_then(written).map_err(cannot)?;
    match file.rename(entry) {
        Ok(()) => Ok(()),
        Err((error, file)) if error.kind() == ErrorKind::CrossesDevices => {
            drop(file);
            let file = Temporary::beside(entry, default_mode).and_then(written).map_err(cannot)?;
            file.rename(entry).map_err(|(error, _)| cannot(error))
        }
        Err((error, _)) => Err(cannot(error)),
    }
}

/// Writes the file if nothing has the name in the open folder; says whether it did.
pub fn create_entry(entry: &Entry, bytes: &[u8], mode: Option<u32>) -> Result<bool, Failure> {
    let cannot = |error: io::Error| cannot_write(entry.path(), &error);
    if entry.exists() {
        return Ok(false);
    }
    let written = |mut file: Temporary| {
        file.file().write_all(bytes)?;
        finish(file.file(), None, mode)?;
        settle(file.file(), bytes).map(|()| file)
    };
    let file = Temporary::for_target(entry, mode.is_none()).and_then(written).map_err(cannot)?;
    let named = match file.rename_new(entry) {
        Err((error, file)) if error.kind() == ErrorKind::CrossesDevices => {
            drop(file);
            Temporary::beside(entry, mode.is_none()).and_then(written).map_err(cannot)?.rename_new(entry)
        }
        named => named,
    };
    match named {
        Ok(()) => Ok(true),
        Err((error, _)) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err((error, _)) => Err(cannot(error)),
    }
}

/// The file of the user's own that is meant, whether it is there or not: as dotfiles have it, links lead anywhere.
pub fn behind_links(path: &Path) -> Result<Entry, Failure> {
    let mut target = path.to_owned();
    for _ in 0..MOST_LINKS {
        if !fs::symlink_metadata(&target).is_ok_and(|metadata| metadata.is_symlink()) {
            let entry = anywhere(&target)?;
            return Ok(entry.linked(path.is_symlink()));
        }
        let next = fs::read_link(&target).map_err(|error| Failure::io("follow the link", &target, &error))?;
        target = target.parent().unwrap_or(Path::new("")).join(next);
    }
    Err(Failure::new(format!("could not write `{}`: it leads through a loop of symbolic links", path.display()))
        .remedy(format!("remove the link {}", path.display())))
}

/// The bytes of a file in which something is pyve's; `None` where there is none.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    Ok(read::bytes(path, Limit::SHARED_FILE)?)
}

#[cfg(unix)]
fn finish(file: &File, before: Option<&Metadata>, mode: Option<u32>) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt, fchown};

    use cap_std::fs::MetadataExt as _;
    if let Some(before) = before {
        let now = file.metadata()?;
        if (before.uid(), before.gid()) != (now.uid(), now.gid()) {
            // Only root may give a file away; for anybody else it becomes the writer's own.
            let _ = fchown(file, Some(before.uid()), Some(before.gid()));
        }
    }
    if let Some(mode) = mode.or_else(|| before.map(|before| before.mode() & 0o7777)) {
        file.set_permissions(fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn finish(_: &File, _: Option<&Metadata>, _: Option<u32>) -> io::Result<()> {
    Ok(())
}

/// The bytes are on the disk before the file gets its name, so that a power cut leaves the old file or the new one.
/// Which of both is not worth a wait for the folder; nothing at all is whole as it is.
fn settle(file: &File, bytes: &[u8]) -> io::Result<()> {
    if bytes.is_empty() { Ok(()) } else { file.sync_all() }
}

fn not_a_file(path: &Path) -> Failure {
    let what = if path.is_dir() { "a directory" } else { "no regular file" };
    Failure::new(format!("could not write `{}`: it is {what}", path.display()))
        .remedy(format!("move {} away", path.display()))
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    let failure = Failure::io("write", path, error);
    let folder = path.parent().unwrap_or(path).display().to_string();
    match error.kind() {
        io::ErrorKind::NotFound => {
            Failure::new(format!("could not write `{}`: the directory `{folder}` does not exist", path.display()))
                .command(["mkdir", "-p", &folder])
        }
        io::ErrorKind::PermissionDenied => failure.remedy(format!("create the directory {folder} writable for you")),
        io::ErrorKind::StorageFull => failure.remedy("free some space, then try again"),
        _ => failure,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn an_existing_file_keeps_its_mode_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rc");
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        write(&file, b"new", None).unwrap();
        assert_eq!((fs::read(&file).unwrap(), mode(&file)), (b"new".to_vec(), 0o640));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_mode_that_is_asked_for_counts() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        fs::write(&file, "old").unwrap();
        write(&file, b"new", Some(0o600)).unwrap();
        assert_eq!(mode(&file), 0o600);
    }

    #[test]
    fn a_new_file_has_the_mode_of_any_other_new_file() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, other) = (folder.path().join("ours"), folder.path().join("other"));
        write(&ours, b"", None).unwrap();
        fs::write(&other, "").unwrap();
        assert_eq!(mode(&ours), mode(&other));
    }

    #[test]
    fn a_link_stays_and_its_target_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("dotfiles-rc"), folder.path().join("rc"));
        fs::write(&file, "old").unwrap();
        symlink("dotfiles-rc", &link).unwrap();
        write(&link, b"new", None).unwrap();
        assert_eq!(fs::read_link(&link).unwrap(), Path::new("dotfiles-rc"));
        assert_eq!(fs::read(&file).unwrap(), b"new");
    }

    #[test]
    fn a_link_that_is_replaced_leaves_what_it_led_to() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("checkout"), folder.path().join("program"));
        fs::write(&file, "theirs").unwrap();
        symlink("checkout", &link).unwrap();
        replace(&link, b"ours", Some(0o755)).unwrap();
        assert_eq!((fs::read(&file).unwrap(), fs::read(&link).unwrap()), (b"theirs".to_vec(), b"ours".to_vec()));
        assert!(!link.is_symlink());
    }

    #[test]
    fn a_dangling_link_gets_its_target() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("rc");
        symlink("later", &link).unwrap();
        write(&link, b"new", None).unwrap();
        assert_eq!(fs::read(folder.path().join("later")).unwrap(), b"new");
    }

    #[test]
    fn links_in_a_ring_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("rc");
        symlink("rc", &link).unwrap();
        let failure = write(&link, b"new", None).unwrap_err();
        assert_eq!(
            failure.message,
            format!("could not write `{}`: it leads through a loop of symbolic links", link.display())
        );
    }

    #[test]
    fn nothing_is_overwritten_by_create_new() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join(".env"), folder.path().join("dangling"));
        symlink("nowhere", &link).unwrap();
        assert!(create_new(&file, b"first", Some(0o600)).unwrap());
        assert!(!create_new(&file, b"second", Some(0o600)).unwrap());
        assert!(!create_new(&link, b"second", None).unwrap());
        assert_eq!((fs::read(&file).unwrap(), mode(&file)), (b"first".to_vec(), 0o600));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_missing_folder_and_a_folder_in_the_way_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let shown = folder.path().display();
        let failure = write(&folder.path().join("no/file"), b"", None).unwrap_err();
        assert_eq!(
            failure.message,
            format!("could not write `{shown}/no/file`: the directory `{shown}/no` does not exist")
        );
        assert_eq!(failure.remedy.to_string(), format!("run `mkdir -p {shown}/no`"));
        let failure = write(folder.path(), b"", None).unwrap_err();
        assert_eq!(failure.message, format!("could not write `{shown}`: it is a directory"));
    }
}
