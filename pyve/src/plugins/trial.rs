//! One question to a library that was not added, in a process and surroundings of its own.

use std::path::{Path, PathBuf};

use pyve_plugin_api::{Command, Error, ErrorKind, Host, Level, Output, PythonSearch, PythonSpec};
use serde_json::Value;

use super::process::{Call, Connection, Outcome, Prints, Start, Traces};
use super::validate;
use crate::caller::Caller;
use crate::failure::Failure;

/// A library, and the surroundings in which it is asked.
pub struct Trial {
    library: PathBuf,
    pub caller: Caller,
    folder: Option<PathBuf>,
    watched: bool,
}

/// What a question brought, and what the library did to its process meanwhile, where it is watched.
#[derive(Debug)]
pub struct Tried {
    pub verdict: Verdict,
    pub traces: Traces,
}

/// An answer, an error that the backend returned, or the reason why it gave neither.
#[derive(Debug)]
pub enum Verdict {
    Answer(Value),
    Error(Failure),
    /// The message begins with the library's own doing: `it crashed in …`.
    Broken(Failure),
}

impl Verdict {
    fn from_outcome(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Answer(value) => Self::Answer(value),
            Outcome::Refused(refused) => {
                Self::Broken(Failure { details: refused.details, remedy: refused.remedy, ..Failure::new(refused.why) })
            }
            Outcome::Ended(end) => Self::Broken(Failure { details: end.printed.clone(), ..Failure::new(end.words()) }),
            Outcome::Error(error) => match validate::readable(error) {
                Ok(error) => Self::from_error(error.into()),
                Err(faults) => {
                    Self::Broken(Failure { details: faults, ..Failure::new("it returned an invalid error") })
                }
            },
        }
    }

    fn from_error(error: Error) -> Self {
        let panicked = error.is(ErrorKind::PANICKED);
        let failure = Failure::from(error);
        if !panicked {
            return Self::Error(failure);
        }
        Self::Broken(Failure { message: format!("it {}", failure.message), ..failure })
    }

    /// The answer, or why there is none.
    pub fn answer(self) -> Result<Value, Failure> {
        match self {
            Self::Answer(value) => Ok(value),
            Self::Error(failure) | Self::Broken(failure) => Err(failure),
        }
    }
}

impl Trial {
    /// Asked in an empty folder, with the variables of `caller`.
    pub fn new(library: &Path, caller: &Caller) -> Self {
        Self { library: library.to_owned(), caller: caller.clone(), folder: None, watched: false }
    }

    /// Asked in `folder`, with these variables in the place of the user's.
    pub fn within(mut self, folder: &Path, variables: &[(&str, PathBuf)]) -> Self {
        self.caller = self.caller.with(folder, variables);
        self.folder = Some(folder.to_owned());
        self
    }

    /// Watched, so that what the library does to its process is known.
    pub fn watched(self) -> Self {
        Self { watched: true, ..self }
    }

    /// Asks. Fails only where no process can be started.
    pub fn ask(&self, question: Call, host: Option<&dyn Host>) -> Result<Tried, Failure> {
        let nowhere =
            tempfile::tempdir().map_err(|error| Failure::io("create a directory in", &std::env::temp_dir(), &error))?;
        let folder = self.folder.as_deref().unwrap_or(nowhere.path());
        let (library, caller, watched) = (&self.library, &self.caller, self.watched);
        let start = Start { library, caller, folder, prints: Prints::Kept, watched };
        let mut connection = Connection::start(&start)?;
        let outcome = connection.ask(question, host);
        Ok(Tried { verdict: Verdict::from_outcome(outcome), traces: connection.traces.clone() })
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
