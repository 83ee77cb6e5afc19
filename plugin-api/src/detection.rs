//! The answer to "does this project ask for you?".

use std::io::ErrorKind;
use std::path::Path;

use abi_stable::StableAbi;
use abi_stable::std_types::RString;
use serde::{Deserialize, Serialize};

use crate::command::Command;
use crate::error::{Error, Result};
use crate::extension::Extension;
use crate::open_enum::open_enum;
use crate::os_text::OsText;

open_enum! {
    /// How strongly a marker file speaks for a backend.
    Strength {
        /// Other backends could serve the project as well: `pyproject.toml`.
        GENERIC = 1, "generic";
        /// The file is of this backend's own kind: `uv.lock`.
        EXCLUSIVE = 2, "exclusive";
    }
}

/// A file whose presence asks for a backend, as the backend's description lists them.
///
/// Markers let the host choose by files without opening every plugin.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// The file's name, directly in the project's root.
    pub file: RString,
    /// How strongly it speaks.
    pub strength: Strength,
    /// For a TOML file that others use too: the table that must be there (`tool.uv`); else empty.
    #[serde(default, skip_serializing_if = "RString::is_empty")]
    pub table: RString,
    /// The table that names the members of a workspace, dotted; empty where the file has none: see [`Marker::workspace`].
    #[serde(default, skip_serializing_if = "RString::is_empty")]
    pub workspace: RString,
    /// Room to grow within API 1.
    #[serde(default, skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Marker {
    /// A file that only this backend uses.
    pub fn exclusive(file: &str) -> Self {
        Self { file: file.into(), strength: Strength::EXCLUSIVE, ..Self::default() }
    }

    /// A file that this backend can work with, as others can.
    pub fn generic(file: &str) -> Self {
        Self { file: file.into(), strength: Strength::GENERIC, ..Self::default() }
    }

    /// Counts only if the TOML file has this table, dotted: `tool.uv`.
    pub fn table(mut self, table: &str) -> Self {
        self.table = table.into();
        self
    }

    /// Names the table in which the file of a workspace's root lists its `members` and what it does `exclude`, globs of directories
    /// below it, as `tool.uv.workspace` does.
    ///
    /// A directory with this file that such a list names is no project of its own: the workspace's root is its project, and what
    /// no list names is no part of the project above. The nearest directory above that has the file decides.
    ///
    /// ```
    /// use pyve_plugin_api::Marker;
    /// let marker = Marker::exclusive("moss.toml").workspace("cushion");
    /// assert_eq!(marker.workspace, "cushion");
    /// ```
    pub fn workspace(mut self, table: &str) -> Self {
        self.workspace = table.into();
        self
    }
}

/// A marker that was found in a project.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detection {
    /// The file, relative to the project's root.
    pub file: OsText,
    /// The line that speaks, from 1; 0 means the whole file.
    pub line: u32,
    /// How strongly it speaks.
    pub strength: Strength,
    /// Room to grow within API 1.
    #[serde(default, skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Detection {
    /// The file as a whole speaks.
    pub fn new(file: impl Into<OsText>, strength: Strength) -> Self {
        Self { file: file.into(), line: 0, strength, extension: Extension::new() }
    }

    /// One line of the file speaks.
    pub fn line(mut self, line: u32) -> Self {
        self.line = line;
        self
    }
}

/// More than this no project's own file has; what is larger has no tables.
const SIZE_LIMIT: u64 = 1024 * 1024;

/// The markers that are in the project at `project`, in the order of `markers`: the default answer to
/// [`Backend::detect`](crate::Backend::detect), and the one that pyve gives for an added plugin without opening it.
///
/// # Errors
///
/// Where the project's directory cannot be searched.
pub fn detect_markers(project: &Path, markers: &[Marker]) -> Result<Vec<Detection>> {
    markers.iter().filter_map(|marker| marker.detect(project).transpose()).collect()
}

impl Marker {
    fn detect(&self, project: &Path) -> Result<Option<Detection>> {
        let path = project.join(self.file.as_str());
        let metadata = match path.metadata() {
            Ok(metadata) if metadata.is_file() => metadata,
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                let message = format!("could not look for `{}`: permission denied", path.display());
                return Err(Error::new(message).remedy(&Command::new("chmod").arg("u+rx").arg(project)));
            }
            _ => return Ok(None),
        };
        let whole = Detection::new(self.file.as_str(), self.strength);
        if self.table.is_empty() {
            return Ok(Some(whole));
        }
        // A file that cannot be read, or is no TOML, has no tables; what is wrong with it is not for the choice to say.
        let text = if metadata.len() > SIZE_LIMIT { None } else { std::fs::read_to_string(&path).ok() };
        Ok(text.and_then(|text| self.line_of_table(&text)).map(|line| whole.line(line)))
    }

    /// Where the table begins, from 1; 0 where it has no line of its own; `None` where there is none.
    fn line_of_table(&self, text: &str) -> Option<u32> {
        let document: toml::Table = text.parse().ok()?;
        let mut parts = self.table.split('.');
        let first = document.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))?;
        let begins = |line: &str| line.trim_start_matches(['[', ' ', '\t']).starts_with(self.table.as_str());
        let line = text.lines().position(begins).and_then(|index| u32::try_from(index + 1).ok());
        Some(line.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_counts_only_where_it_is() {
        let root = tempfile::tempdir().unwrap();
        let markers = [Marker::exclusive("fern.lock"), Marker::exclusive("pyproject.toml").table("tool.fern")];
        let write = |text: &str| std::fs::write(root.path().join("pyproject.toml"), text).unwrap();
        let detections = || detect_markers(root.path(), &markers).unwrap();
        assert_eq!(detections(), []);
        write("[tool]\nferns = 1\n");
        assert_eq!(detections(), []);
        write("[project]\nname = \"a\"\n\n[tool.fern.frond]\n");
        assert_eq!(detections(), [Detection::new("pyproject.toml", Strength::EXCLUSIVE).line(4)]);
        write("[tool]\nfern = { frond = 1 }\n");
        assert_eq!(detections(), [Detection::new("pyproject.toml", Strength::EXCLUSIVE)], "no line of its own");
        write("[tool.fern");
        std::fs::write(root.path().join("fern.lock"), "").unwrap();
        assert_eq!(detections(), [Detection::new("fern.lock", Strength::EXCLUSIVE)]);
    }

    #[cfg(unix)]
    #[test]
    fn a_directory_that_cannot_be_searched_is_an_error() {
        use std::os::unix::fs::PermissionsExt;
        let root = tempfile::tempdir().unwrap();
        std::fs::set_permissions(root.path(), std::fs::Permissions::from_mode(0o600)).unwrap();
        let detected = detect_markers(root.path(), &[Marker::generic("fern.lock")]);
        std::fs::set_permissions(root.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        // Root may search everywhere.
        if let Err(error) = detected {
            assert!(error.message.ends_with("fern.lock`: permission denied"), "{error}");
            assert!(error.remedy.to_string().starts_with("chmod u+rx "), "{}", error.remedy);
        }
    }
}
