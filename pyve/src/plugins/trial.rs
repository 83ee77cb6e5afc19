//! One question to a library that was not added, in a process and surroundings of its own.

use std::path::{Path, PathBuf};

use pyve_plugin_api::{Command, ErrorKind, Host, Level, Output, PythonSearch, PythonSpec};
use serde_json::Value;

use super::process::{Connection, Outcome, Prints, Question, Start};
use crate::caller::Caller;
use crate::failure::Failure;

/// A library, and the surroundings in which it is asked.
pub struct Trial {
    library: PathBuf,
    pub caller: Caller,
    folder: Option<PathBuf>,
}

/// An answer, an error that the backend returned, or the reason why it gave neither.
#[derive(Debug)]
pub enum Verdict {
    /// The answer, and whether the library has started a process of its own.
    Answer(Value, bool),
    Error(Failure),
    /// The message begins with the library's own doing: `it crashed in …`.
    Broken(Failure),
}

impl Verdict {
    /// The answer, or why there is none.
    pub fn answer(self) -> Result<Value, Failure> {
        match self {
            Self::Answer(value, _) => Ok(value),
            Self::Error(failure) | Self::Broken(failure) => Err(failure),
        }
    }
}

impl Trial {
    /// Asked in an empty folder, with the variables of `caller`.
    pub fn of(library: &Path, caller: &Caller) -> Self {
        Self { library: library.to_owned(), caller: caller.clone(), folder: None }
    }

    /// Asked in `folder`, with these variables in the place of the user's.
    pub fn within(mut self, folder: &Path, variables: &[(&str, PathBuf)]) -> Self {
        self.caller = self.caller.with(folder, variables);
        self.folder = Some(folder.to_owned());
        self
    }

    /// Asks. Fails only where no process can be started.
    pub fn ask(&self, question: Question, host: Option<&dyn Host>) -> Result<Verdict, Failure> {
        let nowhere =
            tempfile::tempdir().map_err(|error| Failure::io("make a folder in", &std::env::temp_dir(), &error))?;
        let folder = self.folder.as_deref().unwrap_or(nowhere.path());
        let start = Start { library: &self.library, caller: &self.caller, folder, prints: Prints::Kept };
        let outcome = Connection::start(&start)?.ask(question, host);
        Ok(match outcome {
            Outcome::Answer { value, started } => Verdict::Answer(value, started),
            Outcome::Refused(refused) => Verdict::Broken(Failure {
                details: refused.details,
                remedy: refused.remedy,
                ..Failure::new(refused.why)
            }),
            Outcome::Ended(end) => {
                Verdict::Broken(Failure { details: end.printed.clone(), ..Failure::new(end.words()) })
            }
            Outcome::Error(error) => {
                let panicked = error.kind == ErrorKind::PANICKED;
                let message = error.message.replacen("the backend panicked", "it panicked", 1);
                let failure = Failure::from(pyve_plugin_api::Error::from(error));
                let failure = Failure { message, ..failure };
                if panicked { Verdict::Broken(failure) } else { Verdict::Error(failure) }
            }
        })
    }
}

/// A host that says nothing to the user.
pub struct Quiet<'a>(pub &'a dyn Host);

impl Host for Quiet<'_> {
    fn log(&self, _: Level, _: &str) {}

    fn progress(&self, _: &str) {}

    fn variable(&self, name: &str) -> Option<std::ffi::OsString> {
        self.0.variable(name)
    }

    fn find_program(&self, name: &str) -> Vec<PathBuf> {
        self.0.find_program(name)
    }

    fn capture(&self, command: &Command) -> pyve_plugin_api::Result<Output> {
        self.0.capture(command)
    }

    fn find_python(&self, spec: &PythonSpec) -> pyve_plugin_api::Result<PythonSearch> {
        self.0.find_python(spec)
    }

    fn sha256(&self, file: &Path) -> pyve_plugin_api::Result<String> {
        self.0.sha256(file)
    }
}
