//! Which optional questions a backend answers: told by its answers, so that no list can contradict them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use abi_stable::std_types::{RString, RVec};

use super::guard::guarded;
use crate::backend::Backend;
use crate::command::{Command, Output};
use crate::error::{Error, ErrorKind, Result};
use crate::host::{Host, Level};
use crate::lock::LockRequest;
use crate::python::{PythonSearch, PythonSpec};
use crate::question::Question;
use crate::request::Request;
use crate::requirement::Requirements;
use crate::tool::Tool;

/// A project that nobody has.
const PROJECT: &str = if cfg!(windows) { r"C:\nonexistent\pyve" } else { "/nonexistent/pyve" };

/// The names of the optional questions that `backend` answers, whatever it says about a project that is not there.
pub(super) fn of(backend: &impl Backend) -> RVec<RString> {
    let (request, tool, host) = (Request::new(PROJECT, ""), Tool::default(), Nobody);
    let mut answered = RVec::new();
    let mut ask = |question: Question, asked: &dyn Fn() -> Result<()>| {
        // Whoever panics is asked something that it does answer.
        let told = guarded(question, asked);
        if !told.is_err_and(|error| error.is(ErrorKind::UNSUPPORTED)) {
            answered.push(question.name().into());
        }
    };
    ask(Question::Update, &|| backend.update(&request, &tool, &host).map(drop));
    ask(Question::Lock, &|| backend.lock(&request, &LockRequest::check(), &host).map(drop));
    ask(Question::Requirements, &|| backend.requirements(&request, &host).map(drop));
    ask(Question::Adopt, &|| backend.adopt(&request, &Requirements::new(), &host).map(drop));
    ask(Question::Packages, &|| backend.packages(&request, &host).map(drop));
    ask(Question::Environments, &|| backend.environments(&request, &host).map(drop));
    answered
}

/// A host that knows nothing and starts nothing.
struct Nobody;

impl Host for Nobody {
    fn log(&self, _: Level, _: &str) {}

    fn progress(&self, _: &str) {}

    fn variable(&self, _: &str) -> Option<OsString> {
        None
    }

    fn find_program(&self, _: &str) -> Vec<PathBuf> {
        Vec::new()
    }

    fn capture(&self, _: &Command) -> Result<Output> {
        Err(nothing())
    }

    fn find_python(&self, _: &PythonSpec) -> Result<PythonSearch> {
        Ok(PythonSearch::missing("nothing is looked for"))
    }

    fn sha256(&self, _: &Path) -> Result<String> {
        Err(nothing())
    }
}

fn nothing() -> Error {
    Error::of_kind(ErrorKind::REFUSED, "nothing is read or started to find out what a backend answers")
}
