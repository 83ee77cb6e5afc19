//! Why a question could not be answered.

use abi_stable::StableAbi;
use abi_stable::std_types::{RBox, RString, RVec};
use serde::{Deserialize, Serialize};

use crate::command::Command;
use crate::extension::Extension;
use crate::open_enum::open_enum;
use crate::question::Question;
use crate::recipe::Recipe;
use crate::remedy::Remedy;

open_enum! {
    /// What kind of error it is: what a program decides by, as people do by the message.
    ErrorKind {
        /// The world is not as it must be: a file, a tool, the network. Exit code 1.
        FAILED = 1, "failed";
        /// What the user typed or wrote into the config is wrong. Exit code 2.
        USAGE = 2, "usage";
        /// The backend does not answer this optional question.
        UNSUPPORTED = 3, "unsupported";
        /// The host does not start a program on principle; nothing else will help.
        REFUSED = 4, "refused";
        /// A program did not answer within its time limit.
        TIMED_OUT = 5, "timed-out";
        /// There is no environment where one is needed.
        NO_ENVIRONMENT = 6, "no-environment";
        /// The backend panicked: set by this crate's own glue.
        PANICKED = 7, "panicked";
    }
}

/// What went wrong, with what, and what to type now: read through [`ErrorBody`]'s fields.
#[repr(transparent)]
#[derive(StableAbi, Clone, Debug, PartialEq, Eq)]
pub struct Error {
    // Behind a pointer, so that the results of a backend stay small.
    body: RBox<ErrorBody>,
}

/// What an [`Error`] says.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ErrorBody {
    /// What kind of error it is.
    pub kind: ErrorKind,
    /// What was tried, on which path or value, and why it failed; one sentence without a full stop.
    pub message: RString,
    /// Further lines: what was seen, the tool's own words.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub details: RVec<RString>,
    /// What helps; nothing only where nothing does.
    #[serde(skip_serializing_if = "Remedy::is_none")]
    pub remedy: Remedy,
    /// Recipes that the host may offer where it can ask; after one was followed it asks again.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub recipes: RVec<Recipe>,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

/// The answer to a question, or why there is none.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error that says what happened.
    pub fn new(message: impl AsRef<str>) -> Self {
        Self::of_kind(ErrorKind::FAILED, message)
    }

    /// An error of this kind.
    pub fn of_kind(kind: ErrorKind, message: impl AsRef<str>) -> Self {
        Self { body: RBox::new(ErrorBody { kind, message: message.as_ref().into(), ..ErrorBody::default() }) }
    }

    /// The answer to an optional question that the backend does not answer.
    pub fn unsupported(question: Question) -> Self {
        Self::of_kind(ErrorKind::UNSUPPORTED, format!("the backend does not support `{question}`"))
    }

    /// Adds a line of detail.
    pub fn detail(mut self, line: impl AsRef<str>) -> Self {
        self.body.details.push(line.as_ref().into());
        self
    }

    /// Names the command that helps.
    pub fn remedy(mut self, command: &Command) -> Self {
        self.body.remedy.command = Remedy::command(command).command;
        self
    }

    /// Says in words what helps, where no command does: `remove line 3 of environment.yml`.
    pub fn hint(mut self, text: impl AsRef<str>) -> Self {
        self.body.remedy.text = text.as_ref().into();
        self
    }

    /// Gives it a remedy that is there already.
    pub fn with_remedy(mut self, remedy: Remedy) -> Self {
        self.body.remedy = remedy;
        self
    }

    /// Offers a recipe that solves it.
    pub fn recipe(mut self, recipe: Recipe) -> Self {
        self.body.recipes.push(recipe);
        self
    }

    /// Says that the user's words are wrong: [`ErrorKind::USAGE`].
    pub fn usage(mut self) -> Self {
        self.body.kind = ErrorKind::USAGE;
        self
    }

    /// Whether it is of this kind.
    pub fn is(&self, kind: ErrorKind) -> bool {
        self.kind == kind
    }
}

impl From<ErrorBody> for Error {
    fn from(body: ErrorBody) -> Self {
        Self { body: RBox::new(body) }
    }
}

impl std::ops::Deref for Error {
    type Target = ErrorBody;

    fn deref(&self) -> &ErrorBody {
        &self.body
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
