//! Why a question could not be answered.

use abi_stable::StableAbi;
use abi_stable::std_types::{RBox, RString, RVec};
use serde::{Deserialize, Serialize};

use crate::step::Recipe;

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
    /// What was tried, on which path or value, and why it failed; one sentence without a full stop.
    pub message: RString,
    /// Further lines: what was seen, the tool's own words.
    pub details: RVec<RString>,
    /// One command or edit that helps; empty only where nothing does.
    pub remedy: RString,
    /// Recipes that the host may offer where it can ask; after one was taken it asks again.
    pub recipes: RVec<Recipe>,
    /// Whether the user's words are wrong (exit code 2) rather than the world (1).
    pub usage: bool,
    /// Room to grow within API 1: a JSON object, or empty.
    pub extension: RString,
}

/// The answer to a question, or why there is none.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error that says what happened.
    pub fn new(message: impl AsRef<str>) -> Self {
        Self { body: RBox::new(ErrorBody { message: message.as_ref().into(), ..ErrorBody::default() }) }
    }

    /// Adds a line of detail.
    pub fn detail(mut self, line: impl AsRef<str>) -> Self {
        self.body.details.push(line.as_ref().into());
        self
    }

    /// Says what to type or edit.
    pub fn remedy(mut self, remedy: impl AsRef<str>) -> Self {
        self.body.remedy = remedy.as_ref().into();
        self
    }

    /// Offers a recipe that solves it.
    pub fn recipe(mut self, recipe: Recipe) -> Self {
        self.body.recipes.push(recipe);
        self
    }

    /// The host's answer where it does not start a program on principle.
    pub fn refused(message: impl AsRef<str>) -> Self {
        let mut error = Self::new(message);
        error.body.extension = r#"{"refused":true}"#.into();
        error
    }

    /// Whether the host does not start the program on principle: its message says why, and nothing else will help.
    pub fn is_refused(&self) -> bool {
        serde_json::from_str::<serde_json::Value>(&self.extension).is_ok_and(|growth| growth["refused"] == true)
    }

    /// Marks it as the user's words being wrong.
    pub fn usage(mut self) -> Self {
        self.body.usage = true;
        self
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
