//! Who could change a file: nobody but its user and the system may, nor rename what lies above it.

use std::fs::Metadata;
use std::path::Path;

use crate::failure::Failure;

/// Refuses a file that others could write to, by itself or through a folder above it. `path` is absolute and without
/// links.
pub fn check(path: &Path) -> Result<(), Failure> {
    for place in path.ancestors() {
        let metadata = place.symlink_metadata().map_err(|error| Failure::io("examine", place, &error))?;
        check_one(path, place, &metadata)?;
    }
    Ok(())
}

/// Refuses `path` where others could change `place`, which is the file itself or a folder above it.
#[cfg(unix)]
pub fn check_one(path: &Path, place: &Path, metadata: &Metadata) -> Result<(), Failure> {
    use std::os::unix::fs::MetadataExt;

    let user = rustix::process::geteuid().as_raw();
    if metadata.uid() != user && metadata.uid() != 0 {
        let failure = refused(path, place, format!("belongs to another user (number {})", metadata.uid()));
        return Err(failure.remedy(format!("chown -h {user} {}", place.display())));
    }
    // In a folder like /tmp others can add files, but rename or remove only their own.
    let sticky = metadata.is_dir() && metadata.mode() & 0o1000 != 0;
    if metadata.mode() & 0o022 != 0 && !sticky {
        let failure = refused(path, place, format!("can be changed by others (mode {:03o})", metadata.mode() & 0o777));
        return Err(failure.remedy(format!("chmod go-w {}", place.display())));
    }
    Ok(())
}

#[cfg(unix)]
fn refused(path: &Path, place: &Path, why: String) -> Failure {
    if path == place {
        Failure::new(format!("{} is not opened: it {why}", path.display()))
    } else {
        Failure::new(format!("{} is not opened: the folder {} {why}", path.display(), place.display()))
    }
}

/// On Windows the user's profile is closed to others by its access list.
#[cfg(not(unix))]
pub fn check_one(_: &Path, _: &Path, _: &Metadata) -> Result<(), Failure> {
    Ok(())
}
