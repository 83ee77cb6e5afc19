//! Every backend that this invocation knows, whether compiled in or shipped by others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use pyve_formats::pyve_toml;
use pyve_plugin_api::abi::BackendObject;
use pyve_plugin_api::{Description, Detection, Marker, Strength, detect_markers};

use crate::caller::{Caller, Persistence};
use crate::context::Session;
use crate::failure::Failure;
use crate::files::{envrc, legacy_envrc};
use crate::plugins::{self, Inventory};
use crate::project::{find, workspace};
use crate::registry;
use crate::selection::Candidate;

/// The backends by what they say of themselves, plugins that cannot be used now included; a plugin's library is opened
/// when it is asked something.
pub struct Backends {
    descriptions: Vec<Description>,
    plugins: Inventory,
    caller: Caller,
    /// Those that were opened: a plugin is one process for all that it is asked.
    opened: Mutex<BTreeMap<String, Arc<BackendObject>>>,
    /// Where plugins are looked for, if that is known.
    pub folder: Option<PathBuf>,
}

impl Backends {
    pub fn known(session: &Session) -> Result<Self, Failure> {
        Self::of_caller(&session.caller, session.persistence)
    }

    /// Those that `caller` has; where nobody can tell where plugins are, there are none.
    pub fn of_caller(caller: &Caller, persistence: Persistence) -> Result<Self, Failure> {
        let home = caller.pyve_home();
        let plugins = home.as_deref().map(|home| plugins::known(home, caller, persistence)).unwrap_or_default();
        let mut descriptions = registry::descriptions()?;
        // One that cannot be used now is known by what was recorded when it was added: a project that asks for it must
        // not get another in silence.
        let foreign = plugins.by_id().filter_map(|plugin| plugin.description().cloned());
        let foreign: Vec<_> = foreign.filter(|description| registry::find(&description.id).is_none()).collect();
        descriptions.extend(foreign);
        let folder = home.map(|home| home.join("plugins"));
        Ok(Self { descriptions, plugins, caller: caller.clone(), opened: Mutex::default(), folder })
    }

    /// The plugins that are there, in whatever state.
    pub fn plugins(&self) -> &Inventory {
        &self.plugins
    }

    pub fn descriptions(&self) -> &[Description] {
        &self.descriptions
    }

    pub fn describe(&self, id: &str) -> Result<&Description, Failure> {
        self.descriptions.iter().find(|description| description.id == id).ok_or_else(|| self.unusable(id))
    }

    /// Opens one backend, once.
    pub fn open(&self, id: &str) -> Result<Arc<BackendObject>, Failure> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = opened.get(id) {
            return Ok(Arc::clone(known));
        }
        let backend = Arc::new(self.backend(id)?);
        opened.insert(id.to_owned(), Arc::clone(&backend));
        Ok(backend)
    }

    fn backend(&self, id: &str) -> Result<BackendObject, Failure> {
        if let Some(factory) = registry::find(id) {
            return Ok((factory.make)());
        }
        let plugin = self.plugins.find(id).ok_or_else(|| self.unusable(id))?;
        plugins::open(plugin, &self.caller)
    }

    /// Why a backend that was named cannot be used: a plugin that is there says what is wrong with it.
    pub fn unusable(&self, id: &str) -> Failure {
        let plugin = self.plugins.find(id).and_then(plugins::Known::trouble);
        plugin.or_else(|| self.plugins.failure.clone()).unwrap_or_else(|| {
            Failure::new(format!("no backend is called `{id}`")).command(["pyve", "init", "--explain"])
        })
    }

    /// What the files in `root` say to each backend; without a root nothing. Of a plugin the markers that were
    /// recorded are looked for, so that none is opened for it.
    pub fn candidates(&self, root: Option<&Path>) -> Result<Vec<Candidate>, Failure> {
        let candidate = |description: &Description| {
            let detections = match (root, registry::find(&description.id)) {
                (None, _) => Vec::new(),
                (Some(root), Some(factory)) => (factory.make)().detect(root)?,
                (Some(root), None) => detect_markers(root, &description.markers)?,
            };
            Ok(self.candidate(description, detections))
        };
        self.descriptions.iter().map(candidate).collect()
    }

    /// What the files in `root` that bear the name of an environment say to each backend. Those of them that only say what is
    /// read are told as words: `pyproject.toml (venv)`.
    pub fn candidates_by_name(&self, root: &Path, environment: &str) -> Result<(Vec<Candidate>, Vec<String>), Failure> {
        let mut candidates = Vec::new();
        let mut told = Vec::new();
        for description in &self.descriptions {
            let markers = description.markers_of(environment);
            let chooses = |marker: &Marker| marker.strength == Strength::EXCLUSIVE || marker.table.is_empty();
            let (choosing, others): (Vec<Marker>, Vec<Marker>) = markers.into_iter().partition(chooses);
            for other in others {
                let found = detect_markers(root, std::slice::from_ref(&other))?;
                told.extend(found.iter().map(|_| format!("[{}] in {} ({})", other.table, other.file, description.id)));
            }
            let detections = detect_markers(root, &choosing)?;
            if !detections.is_empty() {
                candidates.push(self.candidate(description, detections));
            }
        }
        Ok((candidates, told))
    }

    fn candidate(&self, description: &Description, detections: Vec<Detection>) -> Candidate {
        let builtin = registry::find(&description.id).is_some();
        let plugin = if builtin { None } else { self.plugins.find(&description.id) };
        let trouble = plugin.and_then(plugins::Known::trouble);
        Candidate { id: description.id.to_string(), builtin, detections, trouble }
    }

    /// The project that commands other than `init` are for.
    pub fn project(&self, session: &Session) -> Option<find::Found> {
        find::project(&session.caller, &self.signs())
    }

    /// The project that `init` is for.
    pub fn meant_by_init(&self, session: &Session) -> Option<find::Meant> {
        find::meant_by_init(&session.caller, &self.signs())
    }

    /// The files that name the members of a workspace, each with the table that does.
    fn workspaces(&self) -> Vec<workspace::Root<'_>> {
        let markers = self.descriptions.iter().flat_map(|description| &description.markers);
        let tables = markers.map(|marker| (marker.file.as_str(), marker.workspace.as_str()));
        tables.filter(|(_, table)| !table.is_empty()).collect()
    }

    /// What the backends take for the sign of a project.
    fn signs(&self) -> find::Signs<'_> {
        let markers = self.descriptions.iter().flat_map(|description| &description.markers);
        let files = markers.filter(|marker| marker.table.is_empty()).map(|marker| marker.file.as_str());
        let environments = self.descriptions.iter().filter_map(|description| description.positional().into_option());
        find::Signs {
            markers: files.chain([pyve_toml::NAME]).collect(),
            lines: vec![(envrc::FILE, legacy_envrc::FIRST_LINE)],
            environments: environments.map(|setting| setting.default.as_str()).collect(),
            workspaces: self.workspaces(),
        }
    }
}
