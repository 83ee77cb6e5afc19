//! The question "how is the environment locked?" and its answer.

use abi_stable::StableAbi;
use abi_stable::std_types::{ROption, RString, RVec};
use serde::{Deserialize, Serialize};

use crate::extension::Extension;
use crate::open_enum::open_enum;
use crate::os_text::OsText;
use crate::solve::{Solve, Solved};
use crate::step::Step;
use crate::tool::Tool;

/// What `pyve lock` is asked for.
///
/// A lock is written in rounds. The host asks with [`tool`](Self::tool); the backend returns what is to be
/// [solved](Lock::solves). The host runs that and asks the same again with the [`answers`](Self::answers). Now the
/// backend returns the file's [content](Lock::content), or further solves: without a pin that could not be kept, for
/// instance.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LockRequest {
    /// The tool; none with `--check`, which needs none.
    #[serde(skip_serializing_if = "ROption::is_none")]
    pub tool: ROption<Tool>,
    /// The packages that move to other versions, with what they must move along (`--update`); none: as few as possible.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub update: RVec<RString>,
    /// Whether every package may move (`--upgrade`).
    #[serde(skip_serializing_if = "is_false")]
    pub upgrade: bool,
    /// The platforms to lock for, as the backend's tool calls them (`linux-64`); none: those that are locked, else this one.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub platforms: RVec<RString>,
    /// The program that is to do it instead of the one the backend would take (`--with`), a name or a path; empty: the
    /// backend's choice.
    #[serde(skip_serializing_if = "OsText::is_empty")]
    pub with: OsText,
    /// The directory for [files of solves](Solve::files), absolute. The host creates it, empty, and removes it at the end;
    /// with `--dry-run` it does not exist.
    #[serde(skip_serializing_if = "OsText::is_empty")]
    pub scratch: OsText,
    /// What the solves of all rounds so far gave, in the order in which they were asked for; none in the first round.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub answers: RVec<Solved>,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl LockRequest {
    /// Asks whether the lock is up to date: `--check`.
    pub fn check() -> Self {
        Self::default()
    }

    /// Locks with `tool`.
    pub fn with_tool(tool: Tool) -> Self {
        Self { tool: ROption::RSome(tool), ..Self::default() }
    }

    /// Whether it only asks how the lock is.
    pub fn is_check(&self) -> bool {
        self.tool.is_none()
    }

    /// What the solve of this key gave, if it was run already.
    ///
    /// ```
    /// use pyve_plugin_api::{LockRequest, Solved};
    /// let mut request = LockRequest::default();
    /// assert!(request.answer("linux-64").is_none());
    /// request.answers.push(Solved::new("linux-64", 0, "{}"));
    /// assert_eq!(request.answer("linux-64").unwrap().output, "{}");
    /// ```
    pub fn answer(&self, key: &str) -> Option<&Solved> {
        self.answers.iter().find(|solved| solved.key == key)
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
        /// It does not tell what it was created from; so is one that was never set.
        UNKNOWN = 4, "unknown";
        /// It has the marks of a merge that could not decide.
        CONFLICT = 5, "conflict";
    }
}

/// A package that is locked otherwise than before.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LockChange {
    /// Its name.
    pub package: RString,
    /// The version before; empty where it was not locked.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub before: RString,
    /// The version now; empty where it is not locked any more.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub after: RString,
    /// The platform that it is about; empty where it is about all.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub platform: RString,
    /// Why, as half a sentence: `requested`, `required by flask 3.1.0`.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub reason: RString,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl LockChange {
    /// A package whose version was `before` and is `after`; empty means not locked.
    pub fn new(package: &str, before: &str, after: &str) -> Self {
        Self { package: package.into(), before: before.into(), after: after.into(), ..Self::default() }
    }

    /// Says which platform it is about.
    pub fn platform(mut self, platform: &str) -> Self {
        self.platform = platform.into();
        self
    }

    /// Says why, as half a sentence.
    pub fn reason(mut self, reason: &str) -> Self {
        self.reason = reason.into();
        self
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
    /// What is run next, each by itself and at the same time; nothing with [`content`](Self::content) or
    /// [`steps`](Self::steps).
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub solves: RVec<Solve>,
    /// What the file is to say, whole, at most 8 MiB. The host writes it, and leaves a file alone that says it already. Of a
    /// file that is no lock the backend returns an error instead.
    ///
    /// With [`steps`](Self::steps) it is what the file says when they begin, for a tool that cannot read the file as it is:
    ///
    /// ```
    /// use pyve_plugin_api::{Command, Lock, LockState, Step};
    /// // What both sides of a merge agree on.
    /// let agreed = "hello 1.0\n";
    /// let tool = Step::run("Lock with tool", Command::new("/usr/bin/tool").arg("lock"));
    /// let lock = Lock::new("tool.lock", LockState::CONFLICT).content(agreed).step(tool);
    /// assert!(lock.content.is_some() && lock.steps.len() == 1);
    /// ```
    ///
    /// The host writes over nothing but [`file`](Self::file). A step that fails, or is interrupted, has it say again, to the
    /// byte, what it said before. Only where pyve itself is killed the content stays: so it should be one that the backend
    /// calls [`STALE`](LockState::STALE), and from which locking can go on.
    #[serde(skip_serializing_if = "ROption::is_none")]
    pub content: ROption<RString>,
    /// What is otherwise than in the file before.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub changes: RVec<LockChange>,
    /// What the content holds, as half a sentence: `23 packages for linux-64, osx-arm64`.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub summary: RString,
    /// What the user should know about it, a line each: `uv not found; locked by pip for this platform only`.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub warnings: RVec<RString>,
    /// What writes the file, for a tool that does so by itself; nothing where [`LockRequest::tool`] is none, or beside
    /// [`solves`](Self::solves). Where one fails, [`file`](Self::file) is as it was before.
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

    /// Adds something to run next.
    pub fn solve(mut self, solve: Solve) -> Self {
        self.solves.push(solve);
        self
    }

    /// Says what the file is to say, whole; with steps, what it says when they begin.
    pub fn content(mut self, text: &str) -> Self {
        self.content = ROption::RSome(text.into());
        self
    }

    /// Adds a package that is locked otherwise than before.
    pub fn change(mut self, change: LockChange) -> Self {
        self.changes.push(change);
        self
    }

    /// Says what the content holds, as half a sentence.
    pub fn summary(mut self, text: &str) -> Self {
        self.summary = text.into();
        self
    }

    /// Adds a line that the user should know.
    pub fn warning(mut self, line: &str) -> Self {
        self.warnings.push(line.into());
        self
    }

    /// Appends a step that writes it.
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;

    #[test]
    fn a_round_survives_json() {
        let solve = Solve::new("linux-64", "Solve for linux-64", Command::new("/bin/tool").arg("-"))
            .stdin("hello")
            .file("/s/pins.txt", "hello==1\n")
            .output_file("/s/out.json");
        let lock = Lock::new("x.lock", LockState::CONFLICT)
            .reason("x.lock:3: merge conflict")
            .solve(solve)
            .content("a: 1\n")
            .change(LockChange::new("hello", "1", "2").platform("linux-64").reason("requested"))
            .summary("1 package")
            .warning("for this platform only");
        let read: Lock = serde_json::from_str(&serde_json::to_string(&lock).unwrap()).unwrap();
        assert_eq!(read, lock);
        let mut asked = LockRequest::with_tool(Tool::new("/bin/tool", "1", "PATH"));
        asked.answers.push(Solved::new("linux-64", 1, "out").errors("no solution"));
        (asked.scratch, asked.with, asked.upgrade) = ("/s".into(), "uv".into(), true);
        let read: LockRequest = serde_json::from_str(&serde_json::to_string(&asked).unwrap()).unwrap();
        assert_eq!((read.answer("linux-64").unwrap().success(), read.is_check()), (false, false));
        assert_eq!(read, asked);
        assert_eq!(serde_json::to_string(&LockRequest::check()).unwrap(), "{}");
    }
}
