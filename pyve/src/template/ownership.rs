//! Whose a template is: nobody but its user may be able to change what is cloned.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

use crate::failure::Failure;
use crate::sys;

/// Bits by which others change a file, or what is in a folder.
const OPEN: u32 = 0o022;

/// Creates the folder of a template below `home`, closed to others. A place that others could put something in is refused:
/// then nothing is kept.
pub fn private_folder(folder: &Path, home: Option<&Path>) -> Result<(), Failure> {
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
    sys::create_folders(above, 0o755).map_err(cannot)?;
    match sys::create_folder(folder, 0o700) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(cannot(error)),
        _ => Ok(()),
    }
}

/// Whether only this user can change what is in the folder; a folder of pyve's own that a umask left open is closed.
fn check(place: &Path, metadata: &Metadata) -> Result<(), Failure> {
    let user = sys::user();
    if sys::owner(metadata) != user {
        let failure = Failure::new(format!("`{}` belongs to another user", place.display()));
        // Left there by a `sudo` that kept HOME. For any other user's there is no advice but to let it be.
        return Err(match sys::owner(metadata) {
            0 => failure.command_on(&["sudo", "chown", "-R", &user.to_string()], place),
            _ => failure,
        });
    }
    if !metadata.is_dir() {
        return Err(Failure::new(format!("`{}` is not a directory", place.display())));
    }
    let mode = sys::mode(metadata);
    if mode & OPEN == 0 {
        return Ok(());
    }
    sys::set_mode(place, mode & !OPEN).map_err(|error| Failure::io("change the mode of", place, &error))
}

/// Whether this is a file of this user's that others cannot write to.
pub fn is_private(metadata: &Metadata) -> bool {
    metadata.is_file() && sys::mode(metadata) & OPEN == 0 && sys::owner(metadata) == sys::user()
}
