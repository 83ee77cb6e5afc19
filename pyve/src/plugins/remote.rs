//! An added plugin as a backend: every question goes to a process of its own, which is started with the first one.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use pyve_plugin_api::{
    Adoption, Backend, Command, Creation, DeclaredEnvironment, Description, Detection, Error, ErrorKind, Finding, Host,
    Inspection, Launch, Lock, LockRequest, Package, Remedy, Request, Requirements, Result, Tool, ToolAnswer, Update,
};
use serde::de::DeserializeOwned;

use super::load::library::Refusal;
use super::manifest::Folder;
use super::process::{Connection, End, Ending, Outcome, Prints, Question, Start};
use crate::caller::Caller;

/// A plugin that is asked by pyve's own commands.
pub struct Remote {
    path: PathBuf,
    description: Description,
    /// Where it is put into quarantine.
    folder: Folder,
    caller: Caller,
    line: Mutex<Line>,
}

/// Whether it is there to be asked.
enum Line {
    NotYet,
    Open(Connection),
    /// It crashed or did not answer, and is not asked again by this command.
    Broken(Error),
}

impl Remote {
    pub fn new(path: PathBuf, description: Description, folder: Folder, caller: Caller) -> Self {
        Self { path, description, folder, caller, line: Mutex::new(Line::NotYet) }
    }

    fn ask<T: DeserializeOwned>(&self, question: Question, host: Option<&dyn Host>) -> Result<T> {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*line, Line::NotYet) {
            *line = Line::Open(self.start()?);
        }
        let outcome = match &mut *line {
            Line::Open(connection) => connection.ask(question, host),
            Line::Broken(error) => return Err(error.clone()),
            Line::NotYet => return Err(Error::new("it was not started")),
        };
        let error = match outcome {
            Outcome::Answer { value, .. } => {
                return serde_json::from_value(value).map_err(|error| {
                    let message = format!("plugin `{}` returned an invalid answer: {error}", self.id());
                    Error::new(message).hint(self.without())
                });
            }
            Outcome::Error(error) => return Err(self.named(error.into())),
            Outcome::Refused(refused) => self.refused(refused),
            Outcome::Ended(end) => self.ended(&end),
        };
        *line = Line::Broken(error.clone());
        Err(error)
    }

    fn start(&self) -> Result<Connection> {
        let (caller, folder) = (&self.caller, self.caller.folder());
        let start = Start { library: &self.path, caller, folder, prints: Prints::Shown };
        Connection::start(&start).map_err(|failure| Error::new(failure.message))
    }

    fn id(&self) -> &str {
        &self.description.id
    }

    fn without(&self) -> String {
        format!("tell its author; `pyve plugin remove {}` does without it", self.id())
    }

    /// A panic is told with the name of the plugin; everything else is the plugin's own business.
    fn named(&self, error: Error) -> Error {
        if !error.is(ErrorKind::PANICKED) {
            return error;
        }
        let message = error.message.replacen("the backend", &format!("plugin `{}`", self.id()), 1);
        let named = Error::of_kind(ErrorKind::PANICKED, message).hint(self.without());
        error.details.iter().fold(named, Error::detail)
    }

    fn refused(&self, refused: Refusal) -> Error {
        let error = Error::new(format!("plugin `{}` cannot be used: {}", self.id(), refused.why));
        let author = || Remedy::text("tell the plugin's author");
        let error = error.with_remedy(if refused.remedy.is_none() { author() } else { *refused.remedy });
        refused.details.iter().fold(error, Error::detail)
    }

    /// What ends its process is not asked again until the user says so; what is slow may be quicker the next time.
    fn ended(&self, end: &End) -> Error {
        let (id, words) = (self.id(), end.words());
        let error = Error::new(format!("plugin `{id}` {}", words.strip_prefix("it ").unwrap_or(&words)));
        if end.is_crash() && self.folder.quarantine(id, &words) {
            let error = error.detail("it is not used again until it is trusted");
            return error.remedy(&Command::new("pyve").args(["plugin", "trust", id]));
        }
        match end.ending {
            Ending::TimedOut(_) => {
                let more = "set `PYVE_PLUGIN_TIME_LIMIT` to more seconds";
                error.hint(format!("{more}, or `pyve plugin remove {id}` to do without it"))
            }
            _ => error.hint(self.without()),
        }
    }
}

impl Backend for Remote {
    /// What was recorded when it was added; the library need not be asked.
    fn describe(&self) -> Description {
        self.description.clone()
    }

    fn detect(&self, project: &std::path::Path) -> Result<Vec<Detection>> {
        self.ask(Question::detect(project), None)
    }

    fn ensure_tool(&self, request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
        self.ask(Question::EnsureTool { request: request.clone() }, Some(host))
    }

    fn create(&self, request: &Request, tool: &Tool, host: &dyn Host) -> Result<Creation> {
        self.ask(Question::Create { request: request.clone(), tool: tool.clone() }, Some(host))
    }

    fn run(&self, request: &Request, host: &dyn Host) -> Result<Launch> {
        self.ask(Question::Run { request: request.clone() }, Some(host))
    }

    fn diagnose(&self, request: &Request, host: &dyn Host) -> Result<Vec<Finding>> {
        self.ask(Question::Diagnose { request: request.clone() }, Some(host))
    }

    fn inspect(&self, request: &Request, host: &dyn Host) -> Result<Inspection> {
        self.ask(Question::Inspect { request: request.clone() }, Some(host))
    }

    fn update(&self, request: &Request, tool: &Tool, host: &dyn Host) -> Result<Update> {
        self.ask(Question::Update { request: request.clone(), tool: tool.clone() }, Some(host))
    }

    fn lock(&self, request: &Request, lock: &LockRequest, host: &dyn Host) -> Result<Lock> {
        self.ask(Question::Lock { request: request.clone(), lock: lock.clone() }, Some(host))
    }

    fn requirements(&self, request: &Request, host: &dyn Host) -> Result<Requirements> {
        self.ask(Question::Requirements { request: request.clone() }, Some(host))
    }

    fn adopt(&self, request: &Request, from: &Requirements, host: &dyn Host) -> Result<Adoption> {
        self.ask(Question::Adopt { request: request.clone(), from: from.clone() }, Some(host))
    }

    fn packages(&self, request: &Request, host: &dyn Host) -> Result<Vec<Package>> {
        self.ask(Question::Packages { request: request.clone() }, Some(host))
    }

    fn environments(&self, request: &Request, host: &dyn Host) -> Result<Vec<DeclaredEnvironment>> {
        self.ask(Question::Environments { request: request.clone() }, Some(host))
    }
}
