//! What matters of the output of a program that says a lot.

use abi_stable::StableAbi;
use abi_stable::std_types::{RString, RVec};
use serde::{Deserialize, Serialize};

use crate::extension::Extension;
use crate::remedy::Remedy;

/// What is shown of a program's output when it fails. The whole of it is kept in a file, which the user is told of.
///
/// ```
/// use pyve_plugin_api::{OutputFilter, Remedy};
/// let filter = OutputFilter::new("create")
///     .keep(["error "])
///     .strip(["error "])
///     .max_lines(8)
///     .hint("No space left", Remedy::text("free some space"));
/// assert_eq!(filter.hints[0].text, "No space left");
/// ```
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OutputFilter {
    /// A word for the file in which the whole output is kept: `create`.
    pub log: RString,
    /// What the user is told has failed; empty where the title of the step says it: `could not create the environment`.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub failure: RString,
    /// Lines that begin with one of these are passed on as they come, whatever the outcome.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub relay: RVec<RString>,
    /// A line is shown if, after its indentation, it begins with one of these; lines below each other stay so.
    pub keep: RVec<RString>,
    /// But not if one of these is anywhere in it.
    pub drop: RVec<RString>,
    /// What is taken off the front of a line that is shown.
    pub strip: RVec<RString>,
    /// How many lines are shown at most; one that was shown already is not shown again.
    pub max_lines: u32,
    /// What to tell for what the program says; the first that is found anywhere in the output counts.
    pub hints: RVec<OutputHint>,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

/// What helps where a program says something.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OutputHint {
    /// What the program says.
    pub text: RString,
    /// What helps then.
    pub remedy: Remedy,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl OutputFilter {
    /// A filter that shows nothing yet; `log` is a word for the file of the whole output.
    pub fn new(log: &str) -> Self {
        Self { log: log.into(), max_lines: 8, ..Self::default() }
    }

    /// Says what has failed, in the place of the step's title.
    ///
    /// ```
    /// use pyve_plugin_api::OutputFilter;
    /// let filter = OutputFilter::new("sync").failure("moss could not install `moss.toml`").relay(["Installed "]);
    /// assert_eq!(filter.failure, "moss could not install `moss.toml`");
    /// ```
    pub fn failure(mut self, what: &str) -> Self {
        self.failure = what.into();
        self
    }

    /// Passes lines on as they come that begin with one of these, for what is worth knowing of a success.
    pub fn relay<T: AsRef<str>>(mut self, starts: impl IntoIterator<Item = T>) -> Self {
        self.relay.extend(starts.into_iter().map(|start| start.as_ref().into()));
        self
    }

    /// Shows lines that begin with one of these.
    pub fn keep<T: AsRef<str>>(mut self, starts: impl IntoIterator<Item = T>) -> Self {
        self.keep.extend(starts.into_iter().map(|start| start.as_ref().into()));
        self
    }

    /// Shows no line that has one of these in it.
    pub fn drop<T: AsRef<str>>(mut self, texts: impl IntoIterator<Item = T>) -> Self {
        self.drop.extend(texts.into_iter().map(|text| text.as_ref().into()));
        self
    }

    /// Takes one of these off the front of a line that is shown.
    pub fn strip<T: AsRef<str>>(mut self, starts: impl IntoIterator<Item = T>) -> Self {
        self.strip.extend(starts.into_iter().map(|start| start.as_ref().into()));
        self
    }

    /// Shows at most so many lines.
    pub fn max_lines(mut self, count: u32) -> Self {
        self.max_lines = count;
        self
    }

    /// Says what helps where the program says `text`.
    pub fn hint(mut self, text: &str, remedy: Remedy) -> Self {
        self.hints.push(OutputHint { text: text.into(), remedy, extension: Extension::new() });
        self
    }
}
