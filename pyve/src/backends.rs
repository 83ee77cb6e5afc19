//! Every backend that this invocation knows, whether compiled in or shipped by others.

use std::path::{Path, PathBuf};

use pyve_plugin_api::Description;
use pyve_plugin_api::abi::BackendObject;

use crate::failure::Failure;
use crate::project::find;
use crate::registry;
use crate::selection::Candidate;
use crate::session::Session;

/// The backends by what they say of themselves; none is opened before it is asked something.
pub struct Backends {
    descriptions: Vec<Description>,
    /// Where plugins are looked for, if that is known.
    pub plugins: Option<PathBuf>,
}

impl Backends {
    pub fn known(session: &Session) -> Result<Self, Failure> {
        let plugins = session.caller.pyve_home().ok().map(|home| home.join("plugins"));
        Ok(Self { descriptions: registry::descriptions()?, plugins })
    }

    pub fn descriptions(&self) -> &[Description] {
        &self.descriptions
    }

    pub fn describe(&self, id: &str) -> Result<&Description, Failure> {
        self.descriptions.iter().find(|description| description.id == id).ok_or_else(|| unknown(id))
    }

    /// Opens one backend.
    pub fn open(&self, id: &str) -> Result<BackendObject, Failure> {
        registry::find(id).map(|factory| (factory.make)()).ok_or_else(|| unknown(id))
    }

    /// What the files in `root` say to each backend; without a root nothing.
    pub fn candidates(&self, root: Option<&Path>) -> Result<Vec<Candidate>, Failure> {
        let candidate = |factory: &registry::Factory| {
            let sightings = root.map(|root| (factory.make)().detect(root)).transpose()?.unwrap_or_default();
            Ok(Candidate { id: factory.id.to_owned(), builtin: true, sightings })
        };
        registry::BUILT_IN.iter().map(candidate).collect()
    }

    /// The project that `session` is in: the nearest folder upward that pyve or a marker file names.
    pub fn project(&self, session: &Session) -> Option<find::Found> {
        let markers = self.descriptions.iter().flat_map(|description| &description.markers);
        let names = markers.filter(|marker| marker.table.is_empty()).map(|marker| marker.file.as_str());
        find::project(session.caller.folder(), session.caller.home().as_deref(), names)
    }
}

fn unknown(id: &str) -> Failure {
    Failure::new(format!("no backend is called `{id}`")).remedy("pyve init --explain")
}
