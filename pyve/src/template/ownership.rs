//! Whose a template is: nobody but its user may be able to change what is cloned.

use std::fs::{self, Metadata};
use std::path::Path;

use crate::failure::Failure;

/// Bits by which others change a file, or what is in a folder.
#[cfg(unix)]
const OPEN: u32 = 0o022;

/// Creates the folder of a template below `home`, closed to others. A place that others could put something in is refused:
/// then nothing is kept.
#[cfg(unix)]
pub fn private_folder(folder: &Path, home: Option<&Path>) -> Result<(), Failure> {
    use std::io;
    use std::os::unix::fs::DirBuilderExt;

    let is_below = |place: &&Path| *place == folder || home.is_some_and(|home| place.starts_with(home));
    let way: Vec<&Path> = folder.ancestors().take_while(is_below).collect();
    for place in way.into_iter().rev() {
        // pyve's own folder may be reached through a link of the user's; those in it have no reason to be one.
        let metadata = if Some(place) == home { fs::metadata(place) } else { fs::symlink_metadata(place) };
        match metadata {
            Ok(metadata) => check(place, &metadata)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => break,
            Err(error) => return Err(Failure::io("examine", place, &error)),
        }
    }
    let cannot = |error: io::Error| Failure::io("create", folder, &error);
    // A umask that closes nothing is for files that are meant for others; these are not.
    let above = folder.parent().unwrap_or(folder);
    fs::DirBuilder::new().recursive(true).mode(0o755).create(above).map_err(cannot)?;
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(cannot(error)),
        _ => Ok(()),
    }
}

/// Whether only this user can change what is in the folder; a folder of pyve's own that a umask left open is closed.
#[cfg(unix)]
fn check(place: &Path, metadata: &Metadata) -> Result<(), Failure> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let user = rustix::process::geteuid().as_raw();
    if metadata.uid() != user {
        let failure = Failure::new(format!("`{}` belongs to another user", place.display()));
        // Left there by a `sudo` that kept HOME. For any other user's there is no advice but to let it be.
        return Err(match metadata.uid() {
            0 => failure.remedy(format!("sudo chown -R {user} {}", place.display())),
            _ => failure,
        });
    }
    if !metadata.is_dir() {
        return Err(Failure::new(format!("`{}` is not a folder", place.display())));
    }
    let mode = metadata.mode() & 0o7777;
    if mode & OPEN == 0 {
        return Ok(());
    }
    fs::set_permissions(place, fs::Permissions::from_mode(mode & !OPEN))
        .map_err(|error| Failure::io("change the mode of", place, &error))
}

/// On Windows the user's profile is closed to others by its access list.
#[cfg(not(unix))]
pub fn private_folder(folder: &Path, _: Option<&Path>) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::io("create", folder, &error))
}

/// Whether this is a file of this user's that others cannot write to.
#[cfg(unix)]
pub fn is_private(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.is_file() && metadata.mode() & OPEN == 0 && metadata.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
pub fn is_private(metadata: &Metadata) -> bool {
    metadata.is_file()
}
