//! Who could have changed a folder: this user and root may, others may not.

use std::path::Path;

use crate::files::ownership;
use crate::sys;

/// What speaks against the folder, as half a sentence. On Windows access lists are not looked at: the user's folders are
/// closed to others by them.
pub fn check(place: &Path) -> Result<(), String> {
    let metadata = place.metadata().map_err(|error| crate::failure::reason(&error))?;
    let (shown, owner) = (place.display(), sys::owner(&metadata));
    if owner != 0 && owner != sys::user() {
        return Err(format!("`{shown}` belongs to another user (number {owner})"));
    }
    if ownership::is_open(&metadata) {
        return Err(format!("others can change `{shown}` (mode {:03o})", sys::mode(&metadata) & 0o777));
    }
    Ok(())
}
