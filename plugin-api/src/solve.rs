//! A program that finds out which versions fit together, and what it said.

use abi_stable::StableAbi;
use abi_stable::std_types::{RString, RVec};
use serde::{Deserialize, Serialize};

use crate::command::Command;
use crate::extension::Extension;
use crate::os_text::OsText;

/// A file that lies there while a program runs.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SolveFile {
    /// Where, absolute, below [`LockRequest::scratch`](crate::LockRequest::scratch).
    pub path: OsText,
    /// What it says.
    pub content: RString,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

/// A program whose answer a lock is made of. It changes nothing in the project.
///
/// The host runs it in the project's root unless the command says otherwise, without a time limit of its own, and keeps
/// what it writes from the user; that it fails is an answer as well, which the backend judges. The solves of a round run
/// at the same time.
///
/// ```
/// use pyve_plugin_api::{Command, Solve};
/// let command = Command::new("/usr/bin/uv").args(["pip", "compile", "--universal", "-"]);
/// let solve = Solve::new("all", "Resolve for all platforms", command).stdin("flask\n");
/// assert_eq!(solve.key, "all");
/// ```
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Solve {
    /// By what its [answer](crate::LockRequest::answer) is found; no two of one lock have the same, in whatever round.
    pub key: RString,
    /// What the user is told, in a few words without a full stop: `Solve for linux-64`.
    pub title: RString,
    /// The program.
    pub command: Command,
    /// What it reads from standard input; empty: nothing.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub stdin: RString,
    /// Files that the host writes before it starts.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub files: RVec<SolveFile>,
    /// The file, below [`LockRequest::scratch`](crate::LockRequest::scratch), that is its answer when it has ended; empty: what
    /// it writes to standard output.
    #[serde(skip_serializing_if = "OsText::is_empty")]
    pub output_file: OsText,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Solve {
    /// A program to run; `title` is what the user is told.
    pub fn new(key: &str, title: &str, command: Command) -> Self {
        Self { key: key.into(), title: title.into(), command, ..Self::default() }
    }

    /// Gives it something to read on standard input.
    pub fn stdin(mut self, text: &str) -> Self {
        self.stdin = text.into();
        self
    }

    /// Has the host write a file before it starts.
    pub fn file(mut self, path: impl Into<OsText>, content: &str) -> Self {
        self.files.push(SolveFile { path: path.into(), content: content.into(), ..SolveFile::default() });
        self
    }

    /// Names the file that is its answer.
    pub fn output_file(mut self, path: impl Into<OsText>) -> Self {
        self.output_file = path.into();
        self
    }
}

/// What a solve gave.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Solved {
    /// [`Solve::key`].
    pub key: RString,
    /// The exit code; 128 plus the number of the signal that ended it.
    pub code: i32,
    /// What it answered: standard output, or its [output file](Solve::output_file), empty where it wrote none. Bytes that are no
    /// UTF-8 became `U+FFFD`.
    pub output: RString,
    /// What it wrote to standard error, likewise.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub errors: RString,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Solved {
    /// An answer without a word on standard error.
    pub fn new(key: &str, code: i32, output: &str) -> Self {
        Self { key: key.into(), code, output: output.into(), ..Self::default() }
    }

    /// Says what it wrote to standard error.
    pub fn errors(mut self, text: &str) -> Self {
        self.errors = text.into();
        self
    }

    /// Whether it ended with 0.
    pub fn success(&self) -> bool {
        self.code == 0
    }
}
