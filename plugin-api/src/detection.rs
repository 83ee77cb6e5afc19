//! The answer to "does this project ask for you?".

use abi_stable::StableAbi;
use abi_stable::std_types::RString;
use serde::{Deserialize, Serialize};

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
#[derive(StableAbi, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// The file's name, directly in the project's root.
    pub file: RString,
    /// How strongly it speaks.
    pub strength: Strength,
    /// For a TOML file that others use too: the table that must be there (`tool.uv`); else empty.
    #[serde(default, skip_serializing_if = "RString::is_empty")]
    pub table: RString,
}

impl Marker {
    /// A file that only this backend uses.
    pub fn exclusive(file: &str) -> Self {
        Self { file: file.into(), strength: Strength::EXCLUSIVE, table: RString::new() }
    }

    /// A file that this backend can work with, as others can.
    pub fn generic(file: &str) -> Self {
        Self { file: file.into(), strength: Strength::GENERIC, table: RString::new() }
    }

    /// Counts only if the TOML file has this table, dotted: `tool.uv`.
    pub fn table(mut self, table: &str) -> Self {
        self.table = table.into();
        self
    }
}

/// A marker that was found in a project.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detection {
    /// The file, relative to the project's root.
    pub file: OsText,
    /// The line that speaks, from 1; 0 means the whole file.
    pub line: u32,
    /// How strongly it speaks.
    pub strength: Strength,
}

impl Detection {
    /// The file as a whole speaks.
    pub fn new(file: impl Into<OsText>, strength: Strength) -> Self {
        Self { file: file.into(), line: 0, strength }
    }

    /// One line of the file speaks.
    pub fn line(mut self, line: u32) -> Self {
        self.line = line;
        self
    }
}
