//! Who could change a file: nobody but its user and the system may, nor rename what lies above it.

use std::fs::Metadata;
use std::io;
use std::path::Path;

use crate::failure::Failure;
use crate::sys;

/// Makes a folder, and those above it that are missing, closed to the changes of others whatever the user's mask.
pub fn make_folder(path: &Path) -> io::Result<()> {
    sys::create_folders(path, 0o755)
}

/// Refuses a file that others could write to, by itself or through a folder above it. `path` is absolute and without
/// links; `use_` says what is not done with it: `opened`, `started`.
pub fn check(path: &Path, use_: &str) -> Result<(), Failure> {
    check_within(path, path, use_)
}

/// Refuses `path` where others could change `place` or a folder above it.
pub fn check_within(path: &Path, place: &Path, use_: &str) -> Result<(), Failure> {
    for place in place.ancestors() {
        let metadata = place.symlink_metadata().map_err(|error| Failure::io("examine", place, &error))?;
        check_one(path, place, &metadata, use_)?;
    }
    Ok(())
}

/// Refuses `path` where others could change `place`, which is the file itself or a folder above it.
pub fn check_one(path: &Path, place: &Path, metadata: &Metadata, use_: &str) -> Result<(), Failure> {
    let user = sys::user();
    if sys::owner(metadata) != user && sys::owner(metadata) != 0 {
        let failure = refused(path, place, use_, format!("belongs to another user (number {})", sys::owner(metadata)));
        return Err(failure.remedy(format!("chown -h {user} {}", place.display())));
    }
    // In a folder like /tmp others can add files, but rename or remove only their own.
    let sticky = metadata.is_dir() && sys::mode(metadata) & 0o1000 != 0;
    if sys::mode(metadata) & 0o022 != 0 && !sticky {
        let failure =
            refused(path, place, use_, format!("can be changed by others (mode {:03o})", sys::mode(metadata) & 0o777));
        return Err(failure.remedy(format!("chmod go-w {}", place.display())));
    }
    Ok(())
}

fn refused(path: &Path, place: &Path, use_: &str, why: String) -> Failure {
    if path == place {
        Failure::new(format!("{} is not {use_}: it {why}", path.display()))
    } else {
        Failure::new(format!("{} is not {use_}: the folder {} {why}", path.display(), place.display()))
    }
}
