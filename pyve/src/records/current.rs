//! Which backend an environment was last made with, and which one the settings choose since.

use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprint;
use super::folder::Folder;
use super::store::{Found, State, StateFile};
use crate::failure::Failure;
use crate::project::{EnvironmentName, Layout};

/// The content of `.pyve/state/<environment>/current`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Current {
    /// The backend that the environment was last initialised with.
    pub backend: String,
    /// The choice that was made for `run`; absent after `init`, which leaves it to the first `run`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<Chosen>,
}

/// A choice, good as long as the config that it was made from is untouched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    pub backend: String,
    pub config: Fingerprint,
    /// Whether the config means another environment where none is named.
    #[serde(default, skip_serializing_if = "is_false")]
    pub other_is_meant: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl State for Current {
    const SCHEMA: u32 = 1;
}

impl Current {
    /// The environment was just initialised with this backend.
    pub fn new(backend: &str) -> Self {
        Self { backend: backend.to_owned(), chosen: None }
    }

    /// What was written down. A failure says that a newer pyve did, or that a link is in the place of a folder.
    pub fn load(layout: &Layout, environment: &EnvironmentName) -> Result<Found<Self>, Failure> {
        match Folder::find(layout, Some(environment))? {
            Some(folder) => Self::load_in(&folder, layout, environment),
            None => Ok(Found::Absent),
        }
    }

    /// The same out of the environment's folder.
    pub fn load_in(folder: &Folder, layout: &Layout, environment: &EnvironmentName) -> Result<Found<Self>, Failure> {
        place(folder, environment).load(layout)
    }

    pub fn save(&self, layout: &Layout, environment: &EnvironmentName) -> Result<(), Failure> {
        let folder = Folder::make(layout, Some(environment))?;
        place(&folder, environment).save(layout, layout.root().into(), self)
    }

    /// Whether it is settled that this environment is the one that is meant where none is named.
    pub fn is_meant(&self, layout: &Layout) -> bool {
        self.chosen.as_ref().is_some_and(|chosen| !chosen.other_is_meant && chosen.config.holds(&layout.config()))
    }

    /// The backend chosen for the config as it is now, if that was settled before.
    pub fn settled(&self, layout: &Layout) -> Option<&str> {
        let chosen = self.chosen.as_ref()?;
        chosen.config.holds(&layout.config()).then_some(&chosen.backend)
    }
}

fn place<'a>(folder: &'a Folder, environment: &'a EnvironmentName) -> StateFile<'a> {
    StateFile { folder, kind: environment, file: "current" }
}
