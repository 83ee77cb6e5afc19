//! One thing that was checked: what was seen, and what fixes it.

use std::path::PathBuf;
use std::time::Duration;

use pyve_plugin_api::{Finding, OsText, Remedy, Status, Step};

use crate::failure::Failure;

/// A check, or a program that it asked, was given up.
pub const NO_ANSWER: &str = "pyve.no-answer";

/// What `--fix` can do about it.
#[derive(Clone, Debug, PartialEq)]
pub enum Fix {
    /// Take the rights of others from a file.
    #[cfg(unix)]
    Mode { path: PathBuf, mode: u32 },
    /// Rewrite pyve's own blocks, as `pyve init` does; nothing is recreated.
    Wiring,
    /// Make the environment, as `pyve init` does; with `force` in the place of the one that is there.
    Make { force: bool },
    /// Remove what pyve left behind.
    Remove(PathBuf),
    /// What the backend says.
    Steps(Vec<Step>),
}

impl Fix {
    /// Whether it is done without asking first: what the user wrote, and the environment, stay as they are.
    pub fn is_safe(&self) -> bool {
        match self {
            #[cfg(unix)]
            Self::Mode { .. } => true,
            Self::Wiring => true,
            Self::Make { .. } | Self::Remove(_) | Self::Steps(_) => false,
        }
    }
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// A stable name, `pyve.<what>` or `<backend>.<what>`.
    pub id: String,
    pub status: Status,
    pub subject: String,
    pub detail: String,
    /// What fixes it: a command, or an edit where no command does.
    pub remedy: Remedy,
    pub fix: Option<Fix>,
    pub duration: Duration,
    /// How many processes the group of the check started.
    pub processes: usize,
}

impl Check {
    fn new(id: &str, status: Status, subject: &str, detail: impl Into<String>) -> Self {
        Self {
            id: id.to_owned(),
            status,
            subject: subject.to_owned(),
            detail: detail.into(),
            remedy: Remedy::none(),
            fix: None,
            duration: Duration::ZERO,
            processes: 0,
        }
    }

    pub fn ok(id: &str, subject: &str, detail: impl Into<String>) -> Self {
        Self::new(id, Status::OK, subject, detail)
    }

    pub fn info(id: &str, subject: &str, detail: impl Into<String>) -> Self {
        Self::new(id, Status::INFO, subject, detail)
    }

    pub fn warning(id: &str, subject: &str, detail: impl Into<String>) -> Self {
        Self::new(id, Status::WARNING, subject, detail)
    }

    pub fn error(id: &str, subject: &str, detail: impl Into<String>) -> Self {
        Self::new(id, Status::ERROR, subject, detail)
    }

    /// A failure that something else met: its words, and what it says that helps.
    pub fn failed(id: &str, subject: &str, failure: &Failure) -> Self {
        let words = std::iter::once(&failure.message).chain(&failure.details);
        let check = Self::error(id, subject, words.cloned().collect::<Vec<_>>().join("; "));
        check.with_remedy(*failure.remedy.clone())
    }

    pub fn remedy<T: Into<OsText>>(mut self, words: impl IntoIterator<Item = T>) -> Self {
        self.remedy.command = words.into_iter().map(Into::into).collect();
        self
    }

    pub fn hint(mut self, edit: impl AsRef<str>) -> Self {
        self.remedy.text = edit.as_ref().into();
        self
    }

    /// The same with this remedy alone.
    pub fn with_remedy(self, remedy: Remedy) -> Self {
        Self { remedy, ..self }
    }

    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Whether there is something to fix.
    pub fn is_problem(&self) -> bool {
        self.status >= Status::WARNING
    }

    /// Whether it says that something does not work; so does a status that only a newer backend knows.
    pub fn is_error(&self) -> bool {
        self.status > Status::WARNING
    }

    /// What helps, as one would type it or read it.
    pub fn help(&self) -> Option<String> {
        let alone = self.remedy.text.is_empty().then(|| self.remedy.typed()).flatten();
        alone.or_else(|| (!self.remedy.is_none()).then(|| self.remedy.to_string()))
    }
}

impl From<Finding> for Check {
    fn from(finding: Finding) -> Self {
        let check = Self::new(&finding.id, finding.status, &finding.subject, finding.detail.as_str());
        let steps = (!finding.fix.is_empty()).then(|| Fix::Steps(finding.fix.to_vec()));
        Self { fix: steps, remedy: finding.remedy, ..check }
    }
}

/// What helps against a program that does not answer.
pub fn try_it(program: &str) -> String {
    format!("start {program} yourself to see what it waits for")
}
