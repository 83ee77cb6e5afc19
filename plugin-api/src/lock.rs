//! The answer to "how is the environment locked?".

use abi_stable::StableAbi;
use abi_stable::std_types::{ROption, RString, RVec};
use serde::{Deserialize, Serialize};

use crate::extension::Extension;
use crate::open_enum::open_enum;
use crate::os_text::OsText;
use crate::step::Step;
use crate::tool::Tool;

/// What `pyve lock` is asked for.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LockRequest {
    /// The tool; none with `--check`, which needs none.
    #[serde(skip_serializing_if = "ROption::is_none")]
    pub tool: ROption<Tool>,
    /// The packages that move to other versions, with what they must move along; none: as few as possible.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub update: RVec<RString>,
    /// The platforms to lock for, as the backend's tool calls them (`linux-64`); none: those that are locked, else this one.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub platforms: RVec<RString>,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl LockRequest {
    /// Asks whether the lock is up to date: `--check`.
    pub fn check() -> Self {
        Self::default()
    }

    /// Locks with `tool`.
    pub fn with(tool: Tool) -> Self {
        Self { tool: ROption::RSome(tool), ..Self::default() }
    }
}

open_enum! {
    /// How a lock file is, told by its content alone.
    LockState {
        /// It says what the project's files ask for.
        FRESH = 1, "fresh";
        /// The project's files ask for something else.
        STALE = 2, "stale";
        /// There is none.
        MISSING = 3, "missing";
        /// It does not tell what it was made from.
        UNDECIDABLE = 4, "undecidable";
    }
}

/// The lock file of an environment.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lock {
    /// The file, relative to the project's root.
    pub file: OsText,
    /// How it is now.
    pub state: LockState,
    /// Why, a line each: `environment.yml asks for 'hello>=2', but 1.0 is locked`.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub reasons: RVec<RString>,
    /// What writes it; nothing where [`LockRequest::tool`] is none.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub steps: RVec<Step>,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Lock {
    /// The lock file, and how it is.
    pub fn new(file: impl Into<OsText>, state: LockState) -> Self {
        Self { file: file.into(), state, ..Self::default() }
    }

    /// Adds a line that says why it is so.
    pub fn reason(mut self, line: &str) -> Self {
        self.reasons.push(line.into());
        self
    }

    /// Appends a step that writes it.
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}
