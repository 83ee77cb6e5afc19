//! A project, its settings, and the backend that they choose: what most commands begin with.

use std::path::PathBuf;
use std::sync::Arc;

use pyve_formats::read::ReadError;
use pyve_plugin_api::abi::BackendObject;
use pyve_plugin_api::{Description, Detection, Recorded, Request};

use crate::bash_tool::Manifest;
use crate::config::{self, CommandLine, Config, NeededPlugin, RequestParts, Sourced};
use crate::context::{Backends, Session};
use crate::environments;
use crate::failure::Failure;
use crate::plugins::Inventory;
use crate::project::{EnvironmentName, Layout, no_project};
use crate::records::{self, Found, Record};
use crate::registry;
use crate::selection::{self, Inputs, Level, Selection, Unchosen, Warning};

/// What the command line says of the choice.
#[derive(Clone, Copy, Default)]
pub struct Wanted<'a> {
    pub backend: Option<&'a str>,
    pub environment: Option<&'a EnvironmentName>,
    /// What was written down of the last choice may be damaged, since it is rewritten.
    pub recreate: bool,
}

/// The outcome.
pub struct ProjectContext {
    pub layout: Layout,
    pub environment: EnvironmentName,
    /// Why that environment is the one that is meant.
    pub meant: String,
    pub config: Config,
    pub selection: Selection,
    pub description: Description,
    pub backend: Arc<BackendObject>,
    /// The bash tool's declaration of the environments.
    pub manifest: Option<Manifest>,
    /// Whether pyve or a marker file says that a project is there.
    pub found: bool,
    /// What the project's files say to the chosen backend.
    pub detections: Vec<Detection>,
    /// Marker files that are no files, where files were to decide.
    pub unfit: Vec<ReadError>,
    /// Where the environment is to be created, if that was decided already.
    pub placed: Option<PathBuf>,
    backends: Arc<Backends>,
}

impl ProjectContext {
    /// Chooses for the project that the caller is in; outside of any, for the caller's folder.
    pub fn here(session: &Session, wanted: Wanted) -> Result<Self, Failure> {
        let backends = Backends::known(session)?;
        if let Some(found) = backends.project(session) {
            return Self::in_project(session, backends, session.layout(found.root()), wanted);
        }
        let layout = session.layout(session.caller.folder());
        let choice = match no_project::why(&session.caller, layout.root()) {
            Some(_) => Self::with(session, backends, layout, wanted, None)?,
            None => Self::in_project(session, backends, layout, wanted)?,
        };
        Ok(Self { found: false, ..choice })
    }

    /// Chooses for the project at `layout`.
    pub fn in_project(
        session: &Session,
        backends: impl Into<Arc<Backends>>,
        layout: Layout,
        wanted: Wanted,
    ) -> Result<Self, Failure> {
        Ok(Self::chosen(session, &backends.into(), layout, wanted)?)
    }

    /// The same for those who can add a plugin that is missing.
    pub fn chosen(
        session: &Session,
        backends: &Arc<Backends>,
        layout: Layout,
        wanted: Wanted,
    ) -> Result<Self, Unchosen> {
        let config = Config::load(&layout, backends.descriptions())?;
        Self::choose(session, backends, layout, wanted, Some(config))
    }

    /// Chooses for the project at `layout` with these settings; without any where the folder is no project, and its
    /// files say nothing.
    pub fn with(
        session: &Session,
        backends: impl Into<Arc<Backends>>,
        layout: Layout,
        wanted: Wanted,
        config: Option<Config>,
    ) -> Result<Self, Failure> {
        Ok(Self::choose(session, &backends.into(), layout, wanted, config)?)
    }

    fn choose(
        session: &Session,
        backends: &Arc<Backends>,
        layout: Layout,
        wanted: Wanted,
        config: Option<Config>,
    ) -> Result<Self, Unchosen> {
        let has_files = config.is_some();
        let whole = config.unwrap_or_default();
        let meant = environments::meant(wanted.environment, &session.caller, layout.root(), &whole)?;
        let environment = meant.name.clone();
        let config = whole.of_environment(&environment, backends.descriptions());
        let candidates = backends.candidates(has_files.then_some(layout.root()))?;
        let current = match selection::current(&layout, &environment) {
            Err(failure) if wanted.recreate => {
                session.console.warning(&format!("{}; it is rewritten", failure.message));
                None
            }
            current => current?,
        };
        let inventory = backends.plugins();
        let is_candidate = |needed: &&NeededPlugin| candidates.iter().any(|candidate| candidate.id == needed.id);
        let needed: Vec<&NeededPlugin> = whole.plugins().iter().filter(|needed| !is_candidate(needed)).collect();
        let plugins = selection::Plugins {
            folder: backends.folder.as_deref(),
            unadded: inventory.unadded().collect(),
            failure: inventory.failure.as_ref(),
            for_files: needed.iter().copied().find(|needed| whole.asks_for(&needed.id).is_none()),
            needed,
        };
        let manifest = Manifest::load(layout.root()).filter(|_| has_files);
        let said = manifest.as_ref().and_then(|manifest| manifest.backend(&environment));
        let is_known = |said: &config::Sourced<String>| candidates.iter().any(|candidate| candidate.id == said.value);
        let (by_name, by_name_told) = match has_files && !environment.is_default() {
            true => backends.candidates_by_name(layout.root(), &environment)?,
            false => Default::default(),
        };
        let mut selection = selection::select(&Inputs {
            flag: wanted.backend,
            config: if environment.is_default() { config.backend() } else { config.backend_of(&environment) },
            current,
            manifest: said.filter(is_known),
            by_name: &by_name,
            by_name_told: &by_name_told,
            project: config.backend().filter(|_| !environment.is_default()),
            candidates: &candidates,
            default: registry::DEFAULT,
            plugins,
        })?;
        session.console.debug(&format!("backend {}: {}", selection.backend, selection.why));
        // Whoever decides before the files do has decided.
        let by_files = has_files && matches!(selection.level, Level::Files | Level::Default);
        let markers = backends.descriptions().iter().flat_map(|description| &description.markers);
        let unfit = if by_files { selection::unfit(layout.root(), markers) } else { Vec::new() };
        let told =
            unfit.iter().map(|error| format!("`{}` is not considered: {}", layout.show(error.path()), error.reason()));
        selection.warnings.extend(told.map(Warning::new));
        let description = backends.describe(&selection.backend)?.clone();
        let backend = backends.open(&selection.backend)?;
        let chosen = candidates.into_iter().find(|candidate| candidate.id == selection.backend);
        let detections = chosen.map(|candidate| candidate.detections).unwrap_or_default();
        Ok(Self {
            layout,
            environment,
            meant: meant.why,
            config,
            selection,
            description,
            backend,
            manifest,
            found: true,
            detections,
            unfit,
            placed: None,
            backends: Arc::clone(backends),
        })
    }

    /// The record of the environment as the chosen backend made it, if it did.
    pub fn record(&self) -> Result<Found<Record>, Failure> {
        Record::load(&self.layout, &self.environment, &self.description.id)
    }

    /// Whether the settings choose the same backend once it is the one last initialised with.
    pub fn selection_will_hold(&self) -> bool {
        self.asked_backend()
            .is_none_or(|said| said.value == self.description.id.as_str() || said.value == selection::AUTO)
    }

    /// The backend that the settings ask for, for this very environment.
    pub fn asked_backend(&self) -> Option<Sourced<String>> {
        if self.is_default() { self.config.backend() } else { self.config.backend_of(&self.environment) }
    }

    /// The plugins that are there, in whatever state.
    pub fn plugins(&self) -> &Inventory {
        self.backends.plugins()
    }

    /// Whether the environment is the one that is meant where none is named.
    pub fn is_default(&self) -> bool {
        self.environment.is_default()
    }

    /// Where the environment is put if it has a name: where it is recorded, else in the directory of its name, or of its
    /// name and the backend's where another environment, or another backend's, has that one. The default one is put where
    /// its backend puts it, unless it was created beside that of another backend.
    pub fn environment_dir(&self) -> Option<PathBuf> {
        if let Some(placed) = &self.placed {
            return Some(placed.clone());
        }
        let own = self.record().ok().and_then(Found::mine).map(|record| record.recorded.prefix.path().into_owned());
        if self.is_default() {
            return own.filter(|own| *own == self.dir_beside());
        }
        let all = self.layout.environments();
        if let Some(own) = own.filter(|own| own.starts_with(&all)) {
            return Some(own);
        }
        let by_name = all.join(&*self.environment);
        let is_own =
            |record: &Record| (&*record.environment, &*record.backend) == (&*self.environment, &*self.description.id);
        let is_of_another = by_name.symlink_metadata().is_ok()
            && records::all(&self.layout)
                .records
                .iter()
                .any(|record| !is_own(record) && record.recorded.prefix.path() == by_name);
        Some(if is_of_another { self.dir_beside() } else { by_name })
    }

    /// The directory of the environment where another backend's has the usual one.
    pub fn dir_beside(&self) -> PathBuf {
        self.layout.environments().join(format!("{}-{}", self.environment, self.description.id))
    }

    /// Every backend that could have been chosen.
    pub fn known(&self) -> &[Description] {
        self.backends.descriptions()
    }

    /// The circumstances of a question to the backend.
    pub fn request(&self, session: &Session, asked: Asked) -> Result<Request, Failure> {
        let known = self.backends.descriptions();
        let recorded = asked.recorded.as_deref();
        let settings = config::merge(&self.description, known, asked.line, &self.config, recorded, &self.layout)?;
        let home = session.caller.pyve_home();
        let parts = RequestParts {
            project: &self.layout,
            environment: &self.environment,
            environment_dir: self.environment_dir(),
            home: home.as_deref(),
            settings,
            python: config::python(asked.python, &self.config)?,
            recorded: asked.recorded.map(|recorded| *recorded),
            strict: asked.strict,
            offline: session.is_offline(),
        };
        Ok(parts.request())
    }
}

/// What the command line says to the backend.
pub struct Asked<'a> {
    pub line: &'a CommandLine,
    /// `--python-version`.
    pub python: Option<&'a str>,
    pub recorded: Option<Box<Recorded>>,
    pub strict: bool,
}
