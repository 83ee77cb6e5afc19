//! Who could change a file: nobody but its user and the system may, nor rename what lies above it.

use std::fs::Metadata;
use std::io;
use std::path::Path;

use cap_std::fs::DirBuilder;

use crate::failure::Failure;
use crate::sys;

/// The mode of a folder that is closed to the changes of others.
const CLOSED: u32 = 0o755;

/// Makes a folder, and those above it that are missing, closed to the changes of others whatever the user's mask.
pub fn make_folder(path: &Path) -> io::Result<()> {
    sys::create_folders(path, CLOSED)
}

/// How such a folder is made in one that is open; what is in a project is shared as the user's mask says.
pub fn builder(is_closed: bool) -> DirBuilder {
    let builder = DirBuilder::new();
    #[cfg(unix)]
    if is_closed {
        use cap_std::fs::DirBuilderExt;
        let mut builder = builder;
        builder.mode(CLOSED);
        return builder;
    }
    let _ = is_closed;
    builder
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
        return Err(failure.command_on(&["chown", "-h", &user.to_string()], place));
    }
    if is_open(metadata) {
        let failure =
            refused(path, place, use_, format!("can be changed by others (mode {:03o})", sys::mode(metadata) & 0o777));
        return Err(failure.command_on(&["chmod", "go-w"], place));
    }
    Ok(())
}

/// Whether others could write to the file, or change what is in the folder.
pub fn is_open(metadata: &Metadata) -> bool {
    let mode = sys::mode(metadata);
    // In a folder like /tmp others can add files, but rename or remove only their own.
    let sticky = metadata.is_dir() && mode & 0o1000 != 0;
    !sticky && (mode & 0o002 != 0 || mode & 0o020 != 0 && !sys::is_group_closed(metadata))
}

fn refused(path: &Path, place: &Path, use_: &str, why: String) -> Failure {
    if path == place {
        Failure::new(format!("{} is not {use_}: it {why}", path.display()))
    } else {
        Failure::new(format!("{} is not {use_}: the directory {} {why}", path.display(), place.display()))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

    /// Whether what has this mode, and belongs to this group, is refused.
    fn is_refused(place: &Path, mode: u32, group: u32) -> bool {
        chown(place, None, Some(group)).unwrap();
        fs::set_permissions(place, fs::Permissions::from_mode(mode)).unwrap();
        let metadata = place.metadata().unwrap();
        assert_eq!(metadata.gid(), group);
        check_one(place, place, &metadata, "opened").is_err()
    }

    #[test]
    fn what_only_a_closed_group_can_change_others_cannot() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().metadata().unwrap().gid();
        // To other groups only root may give it.
        let groups = if sys::user() == 0 { vec![0, 1, 100] } else { vec![own] };
        for group in groups {
            let closed = !is_refused(folder.path(), 0o775, group);
            assert_eq!(closed, sys::is_group_closed(&folder.path().metadata().unwrap()));
            assert!(sys::user() != 0 || closed == (group == 0), "{group}");
            assert!(is_refused(folder.path(), 0o777, group) && !is_refused(folder.path(), 0o755, group));
            assert!(!is_refused(folder.path(), 0o1777, group));
        }
    }
}
