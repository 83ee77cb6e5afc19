//! pyve's block in a file of the user's: put there, brought up to date, taken away.

use std::path::Path;

use super::allowed_paths::Entry;
use super::marked_block::{self, Position};
use super::{Change, atomic};
use crate::failure::Failure;

/// Puts `body` into the file as pyve's block. `place` says where a new block goes in a text.
pub fn update(file: &Entry, body: &[u8], place: impl Fn(&[u8]) -> Position) -> Result<Change, Failure> {
    let before = atomic::read(file.path())?;
    let at = place(before.as_deref().unwrap_or_default());
    let after = marked_block::put(before.as_deref(), body, at).map_err(|error| error.failure(file.path()))?;
    replace(file, before.as_deref(), &after)
}

/// Whether [`update`] would change nothing.
pub fn is_current(path: &Path, body: &[u8]) -> Result<bool, Failure> {
    let Some(before) = atomic::read(path)? else { return Ok(false) };
    let after = marked_block::put(Some(&before), body, Position::End).map_err(|error| error.failure(path))?;
    Ok(after == before)
}

/// Takes pyve's block away; the file too, if pyve made it and nothing else is in it.
pub fn remove(file: &Entry) -> Result<Change, Failure> {
    let Some(before) = atomic::read(file.path())? else { return Ok(Change::Unchanged) };
    let Some(rest) = marked_block::remove(&before).map_err(|error| error.failure(file.path()))? else {
        return Ok(Change::Unchanged);
    };
    if rest.made_by_pyve && rest.text.is_empty() && !file.is_linked() {
        file.remove().map_err(|error| Failure::io("remove", file.path(), &error))?;
        return Ok(Change::Removed);
    }
    replace(file, Some(&before), &rest.text)
}

/// Writes what the file says now, if that is something else than before.
pub fn replace(file: &Entry, before: Option<&[u8]>, after: &[u8]) -> Result<Change, Failure> {
    if before == Some(after) {
        return Ok(Change::Unchanged);
    }
    atomic::write_entry(file, after, None)?;
    Ok(if before.is_some() { Change::Updated } else { Change::Created })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_file_that_pyve_made_goes_with_its_block() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rc");
        let entry = Entry::anywhere(&file).unwrap();
        assert_eq!(update(&entry, b"a", |_| Position::End).unwrap(), Change::Created);
        assert_eq!(update(&entry, b"a", |_| Position::End).unwrap(), Change::Unchanged);
        assert_eq!(remove(&entry).unwrap(), Change::Removed);
        assert_eq!(remove(&entry).unwrap(), Change::Unchanged);
        assert!(!file.exists());
    }

    #[test]
    fn an_empty_file_of_the_users_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rc");
        fs::write(&file, "").unwrap();
        let entry = Entry::anywhere(&file).unwrap();
        assert_eq!(update(&entry, b"a", |_| Position::End).unwrap(), Change::Updated);
        assert_eq!(remove(&entry).unwrap(), Change::Updated);
        assert_eq!(fs::read(&file).unwrap(), b"");
    }

    #[test]
    fn a_file_with_an_open_block_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rc");
        fs::write(&file, "# >>> pyve >>>\n").unwrap();
        let entry = Entry::anywhere(&file).unwrap();
        let message = format!("{}:1: the block that `# >>> pyve >>>` opens is not closed", file.display());
        assert_eq!(update(&entry, b"a", |_| Position::End).unwrap_err().message, message);
        assert_eq!(remove(&entry).unwrap_err().message, message);
        assert_eq!(fs::read(&file).unwrap(), b"# >>> pyve >>>\n");
    }
}
