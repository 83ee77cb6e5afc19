//! A project, its settings, and the backend that they choose: what most commands begin with.

use pyve_plugin_api::abi::BackendObject;
use pyve_plugin_api::{Description, Recorded, Request};

use crate::backends::Backends;
use crate::config::{self, CommandLine, Config, Question, Said};
use crate::failure::Failure;
use crate::project::{DEFAULT_ENVIRONMENT, Layout};
use crate::records::{Current, Record};
use crate::registry;
use crate::selection::{self, Inputs, Selection};
use crate::session::Session;

/// What the command line says of the choice.
#[derive(Clone, Copy, Default)]
pub struct Wanted<'a> {
    pub backend: Option<&'a str>,
    pub environment: Option<&'a str>,
}

/// The outcome.
pub struct Choice {
    pub layout: Layout,
    pub environment: String,
    pub config: Config,
    pub selection: Selection,
    pub description: Description,
    pub backend: BackendObject,
    backends: Backends,
}

impl Choice {
    /// Chooses for the project that the caller is in; outside of any, for the caller's folder.
    pub fn here(session: &Session, wanted: Wanted) -> Result<Self, Failure> {
        let backends = Backends::known(session)?;
        let root =
            backends.project(session).map_or(session.caller.folder().to_owned(), |found| found.root().to_owned());
        Self::of(session, backends, Layout::new(root), wanted)
    }

    /// Chooses for the project at `layout`.
    pub fn of(session: &Session, backends: Backends, layout: Layout, wanted: Wanted) -> Result<Self, Failure> {
        let environment = wanted.environment.unwrap_or(DEFAULT_ENVIRONMENT).to_owned();
        let config = Config::load(&layout, backends.descriptions())?;
        let candidates = backends.candidates(layout.root())?;
        let selection = selection::select(&Inputs {
            flag: wanted.backend,
            config: config.backend(),
            current: last_initialised(&layout, &environment)?,
            candidates: &candidates,
            default: registry::DEFAULT,
            plugins: backends.plugins.as_deref(),
        })?;
        session.console.debug(&format!("backend {}: {}", selection.backend, selection.why));
        let description = backends.describe(&selection.backend)?.clone();
        let backend = backends.open(&selection.backend)?;
        Ok(Self { layout, environment, config, selection, description, backend, backends })
    }

    /// The record of the environment as the chosen backend made it, if it did.
    pub fn record(&self) -> Result<Option<Record>, Failure> {
        Record::load(&self.layout, &self.environment, &self.description.id)
    }

    /// The circumstances of a question to the backend.
    pub fn request(&self, session: &Session, asked: Asked) -> Result<Request, Failure> {
        let known = self.backends.descriptions();
        let settings = config::merge(&self.description, known, asked.line, &self.config, &self.layout)?;
        let question = Question {
            project: &self.layout,
            environment: &self.environment,
            home: &session.caller.pyve_home()?,
            settings,
            python: config::python(asked.python, &self.config)?,
            recorded: asked.recorded,
            strict: asked.strict,
        };
        Ok(question.request())
    }
}

/// The backend that the environment was last initialised with, and the file that says so.
fn last_initialised(layout: &Layout, environment: &str) -> Result<Option<Said<String>>, Failure> {
    let origin = layout.show(&layout.current(environment));
    Ok(Current::load(layout, environment)?.map(|current| Said { value: current.backend, origin }))
}

/// What the command line says to the backend.
pub struct Asked<'a> {
    pub line: &'a CommandLine,
    /// `--python-version`.
    pub python: Option<&'a str>,
    pub recorded: Option<Recorded>,
    pub strict: bool,
}
