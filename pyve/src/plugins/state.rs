//! Whether a plugin may be opened: its file is the one that was added, and nobody else's to change.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use pyve_formats::read::Limit;
use pyve_formats::sha256;

use super::fingerprint::Fingerprint;
use super::inspect::SIZE_LIMIT;
use super::manifest::{Entry, Trust};
use super::own_file;
use crate::failure::Failure;
use crate::files::ownership;

/// Whether a plugin may be opened, or why not.
#[derive(Clone, Debug)]
pub enum State {
    Trusted,
    /// It crashed, ended its process or hung.
    Quarantined(String),
    /// The file is not the one that was added.
    Changed(String),
    /// The file is gone.
    Missing,
    /// A file that nobody added.
    NotAdded,
    /// A plugin under development takes its place.
    Replaced(PathBuf),
    /// It cannot be used as it is.
    Refused(Failure),
}

impl State {
    /// The word for it in lists and JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Quarantined(_) => "quarantined",
            Self::Changed(_) => "changed",
            Self::Missing => "missing",
            Self::NotAdded => "not added",
            Self::Replaced(_) => "replaced",
            Self::Refused(_) => "refused",
        }
    }
}

/// What the check of the plugins' directory said, asked once for all that are in it.
pub struct FolderCheck(Result<(), Failure>);

impl FolderCheck {
    pub fn new(folder: &Path) -> Self {
        let real = fs::canonicalize(folder).map_err(|error| Failure::io("read", folder, &error));
        Self(real.and_then(|real| ownership::check(&real, "opened")))
    }

    /// The state of the plugin that was recorded as `entry` and lies at `path` in the folder.
    pub fn state(&self, path: &Path, entry: &Entry) -> State {
        let metadata = match fs::symlink_metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => return State::Missing,
            Err(error) => return State::Refused(Failure::io("examine", path, &error)),
        };
        if let Trust::Quarantined { reason } = &entry.trust {
            return State::Quarantined(reason.clone());
        }
        if !metadata.is_file() {
            let failure = Failure::new(format!("{} is not a regular file", path.display()));
            return State::Refused(failure.command(["pyve", "plugin", "remove", entry.id()]));
        }
        if let Err(failure) = self.0.clone().and_then(|()| ownership::check_one(path, path, &metadata, "opened")) {
            return State::Refused(failure);
        }
        match entry.fingerprint.difference(&Fingerprint::from_metadata(&metadata)) {
            Some(difference) => State::Changed(with_content(path, entry, difference)),
            None => State::Trusted,
        }
    }
}

/// Says whether the content is another, too: reading it is worth the time once something is wrong.
fn with_content(path: &Path, entry: &Entry, difference: String) -> String {
    match own_file::read(path, Limit::of_bytes(SIZE_LIMIT)) {
        Ok(Some(file)) if sha256::of(&file.bytes) == entry.sha256 => {
            format!("{difference} (its content is the same)")
        }
        _ => format!("{difference} (its content is another)"),
    }
}
