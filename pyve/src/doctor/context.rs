//! What all checks look at: the project with its settings, its record and its backend, as far as each can be had.

use std::path::PathBuf;
use std::sync::OnceLock;

use pyve_plugin_api::{Finding, Request};

use super::remedy_target::{RemedyTarget, Seen};
use crate::config::{CommandLine, Config, NeededPlugin};
use crate::context::{Asked, Backends, ProjectContext, Session, Wanted};
use crate::environments;
use crate::failure::{Failure, exit};
use crate::plugins::Inventory;
use crate::process::BackendHost;
use crate::project::{EnvironmentName, Layout, no_project};
use crate::records::{All, Found, Record, all};

/// Which environment is examined, and how strictly.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub backend: Option<String>,
    pub environment: Option<EnvironmentName>,
    pub strict: bool,
}

/// The project as it was found. A part that is broken is a failure here, and a finding of the check that is about it.
pub struct Context {
    pub session: Session,
    pub layout: Layout,
    pub environment: EnvironmentName,
    /// What is wrong with the settings, if something is.
    pub config: Option<Failure>,
    pub choice: Result<ProjectContext, Failure>,
    pub record: Result<Option<Record>, Failure>,
    /// Why the record that is there counts for nothing, if that is so.
    pub ignored: Option<String>,
    pub plugins: Inventory,
    /// The plugins that the settings name.
    pub needed: Vec<NeededPlugin>,
    pub home: Option<PathBuf>,
    pub strict: bool,
    pub target: RemedyTarget,
    /// What the backend found, where it was asked already.
    pub found: Option<Vec<Finding>>,
    records: OnceLock<All>,
}

impl Context {
    /// Looks around in the project that the caller is in. Only wrong words of the user's are a failure.
    pub fn survey(options: &Options, session: &Session) -> Result<Self, Failure> {
        let backends = Backends::known(session)?;
        let found = backends.project(session);
        let root = found.as_ref().map_or(session.caller.folder(), |found| found.root());
        let is_project = found.is_some() || no_project::why(&session.caller, root).is_none();
        Self::for_project(session.layout(root), is_project, backends, options, session)
    }

    /// The same for the folder at `layout`; where that is no project its files say nothing.
    pub fn for_project(
        layout: Layout,
        is_project: bool,
        backends: Backends,
        options: &Options,
        session: &Session,
    ) -> Result<Self, Failure> {
        let plugins = backends.plugins().clone();
        let loaded = is_project.then(|| Config::load(&layout, backends.descriptions())).transpose();
        let (config, problem) =
            loaded.map_or_else(|failure| (Some(Config::default()), Some(failure)), |config| (config, None));
        let said = config.clone().unwrap_or_default();
        let environment =
            environments::meant(options.environment.as_ref(), &session.caller, layout.root(), &said)?.name;
        let wanted = Wanted { backend: options.backend.as_deref(), environment: Some(&environment), recreate: false };
        let choice = ProjectContext::with(session, backends, layout.clone(), wanted, config);
        let choice = match choice {
            Err(failure) if failure.code == exit::USAGE && options.backend.is_some() => return Err(failure),
            choice => choice,
        };
        let (record, ignored) = match choice.as_ref().map_or(Ok(Found::Absent), ProjectContext::record) {
            Ok(Found::Ignored(why)) => (Ok(None), Some(why)),
            found => (found.map(Found::mine), None),
        };
        let seen = Seen { choice: choice.as_ref().ok(), record: record.as_ref().ok().and_then(Option::as_ref) };
        let target = RemedyTarget::new(options.backend.as_deref(), &session.caller, &layout, &environment, seen);
        Ok(Self {
            session: session.clone(),
            layout,
            environment,
            config: problem,
            choice,
            record,
            ignored,
            plugins,
            needed: said.plugins().to_vec(),
            home: session.caller.home(),
            strict: options.strict,
            target,
            found: None,
            records: OnceLock::new(),
        })
    }

    /// The record, if there is one that can be read.
    pub fn record(&self) -> Option<&Record> {
        self.record.as_ref().ok()?.as_ref()
    }

    /// Every record of the project.
    pub fn records(&self) -> &All {
        self.records.get_or_init(|| all(&self.layout))
    }

    /// The circumstances of a question to the backend.
    pub fn request(&self, choice: &ProjectContext) -> Result<Request, Failure> {
        let line = CommandLine { positional: self.target.folder.clone(), ..CommandLine::default() };
        let recorded = self.record().map(|record| record.recorded.clone());
        choice.request(&self.session, Asked { line: &line, python: None, recorded, strict: self.strict })
    }

    /// The host for questions: it keeps no answers, since an examination writes nothing.
    pub fn hosting(&self) -> BackendHost<'_> {
        self.session.hosting(&self.layout)
    }

    /// Whether pyve wrote a block into this file for the environment.
    pub fn has_block(&self, file: &str) -> bool {
        self.record().is_some_and(|record| record.has_block(file))
    }

    /// Whether the record speaks of an environment that is finished and here.
    pub fn is_ready(&self) -> bool {
        let ready = |record: &Record| record.recorded.ready && record.moved_from(&self.layout).is_none();
        self.record().is_some_and(ready)
    }
}
