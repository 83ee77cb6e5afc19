//! The answer to "how is a command run inside?".

use abi_stable::StableAbi;
use abi_stable::std_types::{ROption, RString, RVec};
use serde::{Deserialize, Serialize};

use crate::command::Variable;
use crate::os_text::OsText;

/// A folder put in front of PATH.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathEntry {
    /// The folder; absolute, or below the folder that `variable` names.
    pub folder: OsText,
    /// A variable of the caller's that holds the parent folder; the entry is left out where it is unset.
    #[serde(default, skip_serializing_if = "RString::is_empty")]
    pub variable: RString,
}

/// The rule by which environments of one kind stand inside each other (conda's `CONDA_SHLVL`).
///
/// The host keeps it when a command is started inside another environment of the kind: the level
/// goes up by one, the outer prefix is kept in `<prefix variable>_<outer level>`, and the outer
/// environment's folders on PATH make place for the inner one's.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nesting {
    /// The variable that counts: `CONDA_SHLVL`.
    pub level: RString,
    /// The variable that holds the prefix: `CONDA_PREFIX`.
    pub prefix: RString,
}

/// How every command of an environment is started: independent of the command and of the caller,
/// so that the host can keep it.
///
/// The host starts from the caller's variables, leaves the environments named in
/// [`Launch::deactivate`], removes [`Launch::env_remove`], applies [`Launch::env`], and puts
/// [`Launch::path`] in front of PATH.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Launch {
    /// Folders put in front of PATH, first one first.
    pub path: RVec<PathEntry>,
    /// Variables set.
    pub env: RVec<Variable>,
    /// Variables removed, whatever the caller had.
    pub env_remove: RVec<RString>,
    /// Variables that hold the prefix of an environment the caller may be in (`VIRTUAL_ENV`): that
    /// prefix's folders are taken off PATH, and the variable is removed unless it is set again.
    pub deactivate: RVec<RString>,
    /// The rule of nesting, for the kinds that have one.
    #[serde(skip_serializing_if = "ROption::is_none")]
    pub nesting: ROption<Nesting>,
    /// A command put in front of the user's own; empty (the usual case) means none.
    pub wrapper: RVec<OsText>,
    /// Shell scripts (POSIX sh) whose effects are in this launch already; an interactive shell sources them.
    pub scripts: RVec<OsText>,
    /// Files and folders from which this was computed, absolute. If one of them changes, appears or
    /// goes, the host asks again.
    pub inputs: RVec<OsText>,
    /// Room to grow within API 1: a JSON object, or empty. A host passes over keys that it does not know.
    ///
    /// - `cautions`: commands that do harm here. Each has `command` (the words it begins with:
    ///   `["pip", "install"]`), `message` and `remedy`; the host warns and goes on.
    /// - `shell`: a launch (in JSON) for an interactive shell, which sources [`Launch::scripts`] after it: given
    ///   where [`Launch::wrapper`] is not empty, and wherever this one holds what the scripts do.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub extension: RString,
}

impl Launch {
    /// A launch that changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a folder on PATH, behind those already put there.
    pub fn path(mut self, folder: impl Into<OsText>) -> Self {
        self.path.push(PathEntry { folder: folder.into(), variable: RString::new() });
        self
    }

    /// Puts a folder below the one that a variable of the caller's names on PATH.
    pub fn path_below(mut self, variable: &str, folder: impl Into<OsText>) -> Self {
        self.path.push(PathEntry { folder: folder.into(), variable: variable.into() });
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl Into<OsText>) -> Self {
        self.env.push(Variable { name: name.into(), value: value.into() });
        self
    }

    /// Removes a variable.
    pub fn env_remove(mut self, name: &str) -> Self {
        self.env_remove.push(name.into());
        self
    }

    /// Leaves the environment whose prefix this variable of the caller's holds.
    pub fn deactivate(mut self, variable: &str) -> Self {
        self.deactivate.push(variable.into());
        self
    }

    /// Names something that this was computed from.
    pub fn input(mut self, path: impl Into<OsText>) -> Self {
        self.inputs.push(path.into());
        self
    }
}
