//! Who could have changed a folder: this user and root may, others may not.

use std::path::Path;

/// What speaks against the folder, as half a sentence.
#[cfg(unix)]
pub fn check(place: &Path) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt;
    let metadata = place.metadata().map_err(|error| crate::failure::reason(&error))?;
    let shown = place.display();
    if metadata.uid() != 0 && metadata.uid() != crate::sys::user() {
        return Err(format!("`{shown}` belongs to another user (number {})", metadata.uid()));
    }
    // In a folder like /tmp others can add files, but rename or remove only their own.
    let sticky = metadata.is_dir() && metadata.mode() & 0o1000 != 0;
    let by_group = metadata.mode() & 0o020 != 0 && !crate::caller::users::is_own_group(metadata.gid());
    if !sticky && (metadata.mode() & 0o002 != 0 || by_group) {
        return Err(format!("others can change `{shown}` (mode {:03o})", metadata.mode() & 0o777));
    }
    Ok(())
}

/// Access lists are not looked at there: the user's folders are closed to others by them.
#[cfg(not(unix))]
pub fn check(_: &Path) -> Result<(), String> {
    Ok(())
}
