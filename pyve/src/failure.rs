//! Why a command failed: what was tried, on what, and what to type now.

use std::fmt;
use std::io;
use std::path::Path;

use pyve_plugin_api::{ErrorKind, OsText, Remedy};

/// The exit codes that pyve itself gives.
pub mod exit {
    /// Done.
    pub const DONE: u8 = 0;
    /// Failed.
    pub const FAILED: u8 = 1;
    /// Wrong usage.
    pub const USAGE: u8 = 2;
    /// `run`: pyve itself failed.
    pub const RUN_FAILED: u8 = 125;
    /// `run`: the command was found and cannot be executed.
    pub const RUN_NOT_EXECUTABLE: u8 = 126;
    /// `run`: the command was not found.
    pub const RUN_NOT_FOUND: u8 = 127;
    /// Interrupted by the user.
    pub const INTERRUPTED: u8 = 130;
}

/// A failure as the user is told it. It travels inside [`anyhow::Error`].
#[derive(Clone, Debug, Default)]
pub struct Failure {
    pub message: String,
    pub details: Vec<String>,
    /// What helps; says nothing only where nothing does. In a box, so that results stay small.
    pub remedy: Box<Remedy>,
    pub code: u8,
    /// Whether it may be otherwise as soon as another pyve is done.
    pub passing: bool,
}

impl Failure {
    /// Something could not be done: exit code 1.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: exit::FAILED, ..Self::default() }
    }

    /// The user's words are wrong: exit code 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { code: exit::USAGE, ..Self::new(message) }
    }

    /// The user said no: exit code 0. `kept` says what was not done.
    pub fn cancelled(kept: impl fmt::Display) -> Self {
        Self { code: exit::DONE, ..Self::new(format!("cancelled: {kept}")) }
    }

    /// Whether a no of the user's ended it.
    pub fn is_cancelled(&self) -> bool {
        self.code == exit::DONE
    }

    /// The system refused `action` (`write`, `read`, `start`) on `path`.
    pub fn io(action: &str, path: &Path, error: &io::Error) -> Self {
        Self::new(format!("could not {action} `{}`: {}", path.display(), reason(error)))
    }

    /// The system starts no further thread, of which it has a limited number per user.
    pub fn no_thread(error: &io::Error) -> Self {
        Self::new(format!("could not start a thread: {}", reason(error)))
            .remedy("end other programs, or raise the limit of `ulimit -u`")
    }

    /// Adds a line below the message.
    pub fn detail(mut self, line: impl Into<String>) -> Self {
        self.details.push(line.into());
        self
    }

    /// Says in words what helps, or before a command what that does.
    pub fn remedy(mut self, text: impl AsRef<str>) -> Self {
        self.remedy.text = text.as_ref().into();
        self
    }

    /// Names the command that helps, word by word: what the user had typed beside it (`-C`, `--env`) is added when it is told.
    pub fn command<Word: Into<OsText>>(mut self, words: impl IntoIterator<Item = Word>) -> Self {
        self.remedy.command = words.into_iter().map(Into::into).collect();
        self
    }

    /// Names a command whose last word is a path.
    pub fn command_on(self, words: &[&str], path: &Path) -> Self {
        self.command(words.iter().map(|word| OsText::from(*word)).chain([path.into()]))
    }

    /// Gives it a remedy that is there already.
    pub fn with_remedy(mut self, remedy: impl Into<Box<Remedy>>) -> Self {
        self.remedy = remedy.into();
        self
    }

    /// Another pyve that is at work may be the reason.
    pub fn passing(mut self) -> Self {
        self.passing = true;
        self
    }

    /// Gives it another exit code.
    pub fn code(mut self, code: u8) -> Self {
        self.code = code;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<pyve_plugin_api::Error> for Failure {
    fn from(error: pyve_plugin_api::Error) -> Self {
        Self {
            message: error.message.to_string(),
            details: error.details.iter().map(ToString::to_string).collect(),
            remedy: Box::new(error.remedy.clone()),
            code: if error.is(ErrorKind::USAGE) { exit::USAGE } else { exit::FAILED },
            passing: false,
        }
    }
}

/// What a backend is told of it.
impl From<Failure> for pyve_plugin_api::Error {
    fn from(failure: Failure) -> Self {
        let error = failure.details.iter().fold(Self::new(failure.message), Self::detail);
        error.with_remedy(*failure.remedy)
    }
}

impl From<pyve_formats::read::ReadError> for Failure {
    fn from(error: pyve_formats::read::ReadError) -> Self {
        Self::new(error.to_string()).remedy(error.hint())
    }
}

/// The failure that an error carries; an error of another kind becomes one by its chain of causes.
pub fn from_error(error: &anyhow::Error) -> Failure {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return failure.clone();
    }
    if let Some(error) = error.downcast_ref::<pyve_plugin_api::Error>() {
        return error.clone().into();
    }
    let chain: Vec<String> = error.chain().map(|cause| without_number(&cause.to_string())).collect();
    Failure::new(chain.join(": "))
}

/// An error of the system in words, without its number.
pub fn reason(error: &io::Error) -> String {
    let text = without_number(&error.to_string());
    let mut letters = text.chars();
    letters.next().map_or(text.clone(), |first| first.to_lowercase().chain(letters).collect())
}

fn without_number(text: &str) -> String {
    match text.rfind(" (os error ") {
        Some(index) if text.ends_with(')') => text[..index].to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_errors_are_words() {
        let error = io::Error::from_raw_os_error(13);
        let failure = Failure::io("write", Path::new("/p/.envrc"), &error);
        assert_eq!(failure.message, "could not write `/p/.envrc`: permission denied");
    }

    #[test]
    fn a_file_that_cannot_be_read_comes_with_what_helps() {
        let error = pyve_formats::read::text("/", pyve_formats::read::Limit::NOTE).unwrap_err();
        let failure = Failure::from(error);
        assert_eq!(failure.message, "could not read `/`: it is a directory, not a regular file");
        assert_eq!(failure.remedy.to_string(), "rename or move `/`");
    }

    #[test]
    fn a_chain_of_causes_is_one_sentence() {
        let error = anyhow::Error::from(io::Error::from_raw_os_error(2)).context("could not start `git`");
        assert_eq!(from_error(&error).message, "could not start `git`: No such file or directory");
    }
}
