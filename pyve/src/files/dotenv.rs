//! `.env`, the project's secrets: made for the user's eyes only, and never touched again.

use std::fs;
use std::path::Path;

use super::allowed_paths::Entry;
use super::atomic;
use crate::failure::Failure;

pub const FILE: &str = ".env";

/// What was found or done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An empty file was made.
    Created,
    /// It was made with the content of the template.
    FromTemplate,
    /// It was made empty: the template that was asked for is not there.
    TemplateMissing,
    /// There was one already; it was left as it is.
    Kept,
    /// There was one already, and others can read it: its mode.
    #[cfg(unix)]
    KeptOpen(u32),
}

/// Makes `.env` in `root` where there is none, empty or with the content of `template`.
pub fn ensure(root: &Path, template: Option<&Path>) -> Result<Outcome, Failure> {
    let path = root.join(FILE);
    if let Ok(metadata) = fs::symlink_metadata(&path) {
        return Ok(kept(&path, &metadata));
    }
    let content = template.map(atomic::read).transpose()?;
    let outcome = match &content {
        None => Outcome::Created,
        Some(None) => Outcome::TemplateMissing,
        Some(Some(_)) => Outcome::FromTemplate,
    };
    let bytes = content.flatten().unwrap_or_default();
    Ok(if atomic::create_entry(&named(root)?, &bytes, Some(0o600))? { outcome } else { Outcome::Kept })
}

/// Removes `.env` if nothing is in it; says whether it did.
pub fn remove_if_empty(root: &Path) -> Result<bool, Failure> {
    let path = root.join(FILE);
    if !fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file() && metadata.len() == 0) {
        return Ok(false);
    }
    named(root)?.remove().map_err(|error| Failure::io("remove", &path, &error))
}

/// The name in the project's folder, whatever has it.
fn named(root: &Path) -> Result<Entry, Failure> {
    Entry::in_project(root, FILE).map_err(|error| Failure::io("write", &root.join(FILE), &error))
}

#[cfg(unix)]
fn kept(path: &Path, metadata: &fs::Metadata) -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    // What a link leads to is what others can read.
    let metadata = fs::metadata(path).unwrap_or_else(|_| metadata.clone());
    let mode = metadata.permissions().mode() & 0o777;
    if metadata.is_file() && mode & 0o077 != 0 { Outcome::KeptOpen(mode) } else { Outcome::Kept }
}

#[cfg(not(unix))]
fn kept(_: &Path, _: &fs::Metadata) -> Outcome {
    Outcome::Kept
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn it_is_made_for_the_user_only() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(ensure(folder.path(), None).unwrap(), Outcome::Created);
        let metadata = fs::metadata(folder.path().join(FILE)).unwrap();
        assert_eq!((metadata.len(), metadata.permissions().mode() & 0o777), (0, 0o600));
        assert_eq!(ensure(folder.path(), None).unwrap(), Outcome::Kept);
    }

    #[test]
    fn a_template_is_copied_whatever_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let template = folder.path().join("template");
        assert_eq!(ensure(folder.path(), Some(&template)).unwrap(), Outcome::TemplateMissing);
        assert!(remove_if_empty(folder.path()).unwrap());
        fs::write(&template, "TOKEN=1\n").unwrap();
        fs::set_permissions(&template, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(ensure(folder.path(), Some(&template)).unwrap(), Outcome::FromTemplate);
        let file = folder.path().join(FILE);
        assert_eq!(fs::read(&file).unwrap(), b"TOKEN=1\n");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!remove_if_empty(folder.path()).unwrap());
        assert!(file.exists());
    }

    #[test]
    fn one_that_is_there_is_never_touched() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        fs::write(&file, "A=1\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(ensure(folder.path(), Some(&folder.path().join("t"))).unwrap(), Outcome::KeptOpen(0o644));
        assert_eq!(fs::read(&file).unwrap(), b"A=1\n");
        fs::remove_file(&file).unwrap();
        symlink("nowhere", &file).unwrap();
        assert_eq!(ensure(folder.path(), None).unwrap(), Outcome::Kept);
        assert!(!folder.path().join("nowhere").exists());
        assert!(!remove_if_empty(folder.path()).unwrap());
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        assert_eq!(ensure(folder.path(), None).unwrap(), Outcome::Kept);
        assert!(!remove_if_empty(folder.path()).unwrap());
    }

    #[test]
    fn a_template_that_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let template = folder.path().join("folder");
        fs::create_dir(&template).unwrap();
        let failure = ensure(folder.path(), Some(&template)).unwrap_err();
        assert_eq!(
            failure.message,
            format!("could not read `{}`: it is a directory, not a regular file", template.display())
        );
        assert!(!folder.path().join(FILE).exists());
    }
}
