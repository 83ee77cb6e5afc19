//! Two folders that change places at once, so that whoever looks finds one or the other.

use std::io::{self, ErrorKind};

use crate::files::allowed_paths::Entry;

/// Exchanges what has the two names.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
pub fn exchange(one: &Entry, other: &Entry) -> io::Result<()> {
    use rustix::fs::{RenameFlags, renameat_with};
    Ok(renameat_with(one.folder(), one.name(), other.folder(), other.name(), RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub fn exchange(_: &Entry, _: &Entry) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// Whether the system or the file system cannot exchange at all: an old kernel, NFS, FUSE.
pub fn is_unsupported(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::InvalidInput) || is_of_the_file_system(error)
}

/// macOS has a number of its own for what a file system cannot do, for which the standard library has no kind.
#[cfg(unix)]
fn is_of_the_file_system(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::ENOTSUP)
}

#[cfg(not(unix))]
fn is_of_the_file_system(_: &io::Error) -> bool {
    false
}

/// Whether the folder cannot leave its place: a mount point, or a lower layer of an overlay, as in a container's image.
pub fn is_held(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ResourceBusy | ErrorKind::CrossesDevices)
}

#[cfg(all(test, any(target_os = "linux", target_vendor = "apple")))]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn both_change_places() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        fs::create_dir(&one).unwrap();
        let exchange = |one, other| exchange(&Entry::anywhere(one).unwrap(), &Entry::anywhere(other).unwrap());
        assert_eq!(exchange(&one, &other).unwrap_err().kind(), ErrorKind::NotFound);
        fs::create_dir_all(other.join("inner")).unwrap();
        exchange(&one, &other).unwrap();
        assert!(one.join("inner").is_dir() && !other.join("inner").exists());
    }

    #[test]
    fn what_the_system_says_is_told_apart() {
        for (number, unsupported, held) in [
            (libc::EINVAL, true, false),
            (libc::ENOSYS, true, false),
            (libc::ENOTSUP, true, false),
            (libc::EBUSY, false, true),
            (libc::EXDEV, false, true),
            (libc::EACCES, false, false),
        ] {
            let error = io::Error::from_raw_os_error(number);
            assert_eq!((is_unsupported(&error), is_held(&error)), (unsupported, held), "{error}");
        }
    }
}
