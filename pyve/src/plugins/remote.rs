//! An added plugin as a backend: every question goes to a process of its own, which is started with the first one.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use pyve_plugin_api::{
    Adoption, Backend, Command, Creation, DeclaredEnvironment, Description, Detection, Error, ErrorBody, ErrorKind,
    Finding, Host, Inspection, Launch, Lock, LockRequest, Package, Question, Remedy, Request, Requirements, Result,
    Tool, ToolAnswer, Update,
};

use super::load::library::Refusal;
use super::manifest::{AGAIN, Entry, Folder};
use super::process::{Call, Connection, End, Ending, Outcome, Prints, Start, TIMEOUT_VARIABLE};
use super::validate::{self, Answer, Subject};
use super::voice::Voice;
use crate::caller::Caller;

/// How many faults of one answer are told.
const FAULTS: usize = 10;

/// A plugin that is asked by pyve's own commands.
pub struct Remote {
    path: PathBuf,
    description: Description,
    /// Where it is put into quarantine.
    folder: Folder,
    caller: Caller,
    line: Mutex<Line>,
    /// Whether it did not answer the last time.
    hung: AtomicBool,
}

/// Whether it is there to be asked.
enum Line {
    NotYet,
    Open(Connection),
    /// It crashed or did not answer, and is not asked again by this command.
    Broken(Error),
}

/// What helps against a plugin that does not keep to the contract.
pub fn without(id: &str) -> String {
    format!("report this to its author, or run `pyve plugin remove {id}` to do without it")
}

impl Remote {
    pub fn new(path: PathBuf, entry: &Entry, folder: Folder, caller: Caller) -> Self {
        let (description, hung) = (entry.description.clone(), AtomicBool::new(entry.hangs > 0));
        Self { path, description, folder, caller, line: Mutex::new(Line::NotYet), hung }
    }

    fn ask<T: Answer>(&self, question: Call, host: Option<&dyn Host>) -> Result<T> {
        let (method, project) = (question.kind(), question.project());
        let voice = host.map(|host| Voice { host, name: self.id() });
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*line, Line::NotYet) {
            *line = Line::Open(self.start()?);
        }
        let outcome = match &mut *line {
            Line::Open(connection) => connection.ask(question, voice.as_ref().map(|voice| voice as &dyn Host)),
            Line::Broken(error) => return Err(error.clone()),
            Line::NotYet => return Err(Error::new("it was not started")),
        };
        let error = match outcome {
            Outcome::Answer(value) => {
                self.answered();
                let subject = Subject { description: &self.description, project: &project };
                return validate::read(value, &subject).map_err(|faults| self.invalid(method, faults));
            }
            Outcome::Error(error) => {
                self.answered();
                return Err(self.error(method, error));
            }
            Outcome::Refused(refused) => self.refused(refused),
            Outcome::Ended(end) => self.ended(&end),
        };
        *line = Line::Broken(error.clone());
        Err(error)
    }

    fn start(&self) -> Result<Connection> {
        let (caller, folder) = (&self.caller, self.caller.folder());
        let prints = Prints::Shown(self.id().to_owned());
        let start = Start { library: &self.path, caller, folder, prints, watched: false };
        Connection::start(&start).map_err(Error::from)
    }

    fn id(&self) -> &str {
        &self.description.id
    }

    /// Only those times count in which it did not answer one after the other.
    fn answered(&self) {
        if self.hung.swap(false, Ordering::Relaxed) {
            self.folder.note_answer(self.id());
        }
    }

    /// Not an answer in the sense of the contract, and so not used at all.
    fn invalid(&self, method: Question, faults: Vec<String>) -> Error {
        let error = Error::new(format!("plugin `{}` returned an invalid answer to `{method}`", self.id()));
        let more = faults.len().saturating_sub(FAULTS);
        let error = faults.into_iter().take(FAULTS).fold(error, Error::detail);
        let error = if more > 0 { error.detail(format!("and {more} more")) } else { error };
        error.hint(without(self.id()))
    }

    /// A panic is told with the name of the plugin; everything else is the plugin's own business.
    fn error(&self, method: Question, error: ErrorBody) -> Error {
        let error = match validate::readable(error) {
            Ok(error) => Error::from(error),
            Err(faults) => return self.invalid(method, faults),
        };
        if !error.is(ErrorKind::PANICKED) {
            return error;
        }
        let message = format!("plugin `{}` {}", self.id(), error.message);
        let named = Error::of_kind(ErrorKind::PANICKED, message).hint(without(self.id()));
        error.details.iter().fold(named, Error::detail)
    }

    fn refused(&self, refused: Refusal) -> Error {
        let error = Error::new(format!("plugin `{}` cannot be used: {}", self.id(), refused.why));
        let author = || Remedy::text("report this to its author");
        let error = error.with_remedy(if refused.remedy.is_none() { author() } else { *refused.remedy });
        refused.details.iter().fold(error, Error::detail)
    }

    /// What ends its process is not asked again until the user says so. What is slow may be quicker the next time, but
    /// not for ever.
    fn ended(&self, end: &End) -> Error {
        let (id, words) = (self.id(), end.words());
        let error = Error::new(format!("plugin `{id}` {}", words.strip_prefix("it ").unwrap_or(&words)));
        let quarantined = match end.is_crash() {
            true => self.folder.quarantine(id, &words),
            false => end.is_hang() && self.folder.note_hang(id, &words),
        };
        match end.ending {
            _ if quarantined => {
                let error = if end.is_hang() { error.detail(format!("it did not answer {AGAIN}")) } else { error };
                error
                    .detail("it is not used again until it is trusted")
                    .remedy(&Command::new("pyve").args(["plugin", "trust", id]))
            }
            Ending::TimedOut(_) => {
                let more = format!("set `{TIMEOUT_VARIABLE}` to more seconds");
                error.hint(format!("{more}, or run `pyve plugin remove {id}` to do without it"))
            }
            _ => error.hint(without(id)),
        }
    }
}

impl Backend for Remote {
    /// What was recorded when it was added; the library need not be asked.
    fn describe(&self) -> Description {
        self.description.clone()
    }

    fn detect(&self, project: &Path) -> Result<Vec<Detection>> {
        self.ask(Call::detect(project), None)
    }

    fn ensure_tool(&self, request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
        self.ask(Call::EnsureTool { request: request.clone() }, Some(host))
    }

    fn create(&self, request: &Request, tool: &Tool, host: &dyn Host) -> Result<Creation> {
        self.ask(Call::Create { request: request.clone(), tool: tool.clone() }, Some(host))
    }

    fn run(&self, request: &Request, host: &dyn Host) -> Result<Launch> {
        self.ask(Call::Run { request: request.clone() }, Some(host))
    }

    fn diagnose(&self, request: &Request, host: &dyn Host) -> Result<Vec<Finding>> {
        self.ask(Call::Diagnose { request: request.clone() }, Some(host))
    }

    fn inspect(&self, request: &Request, host: &dyn Host) -> Result<Inspection> {
        self.ask(Call::Inspect { request: request.clone() }, Some(host))
    }

    fn update(&self, request: &Request, tool: &Tool, host: &dyn Host) -> Result<Update> {
        self.ask(Call::Update { request: request.clone(), tool: tool.clone() }, Some(host))
    }

    fn lock(&self, request: &Request, lock: &LockRequest, host: &dyn Host) -> Result<Lock> {
        self.ask(Call::Lock { request: request.clone(), lock: lock.clone() }, Some(host))
    }

    fn requirements(&self, request: &Request, host: &dyn Host) -> Result<Requirements> {
        self.ask(Call::Requirements { request: request.clone() }, Some(host))
    }

    fn adopt(&self, request: &Request, from: &Requirements, host: &dyn Host) -> Result<Adoption> {
        self.ask(Call::Adopt { request: request.clone(), from: from.clone() }, Some(host))
    }

    fn packages(&self, request: &Request, host: &dyn Host) -> Result<Vec<Package>> {
        self.ask(Call::Packages { request: request.clone() }, Some(host))
    }

    fn environments(&self, request: &Request, host: &dyn Host) -> Result<Vec<DeclaredEnvironment>> {
        self.ask(Call::Environments { request: request.clone() }, Some(host))
    }
}
