//! Which backend an environment was last made with, and which one the settings choose since.

use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprint;
use super::store;
use crate::failure::Failure;
use crate::project::Layout;

/// The format of the file; a higher number is not for this pyve.
const SCHEMA: u32 = 1;

/// The content of `.pyve/state/<environment>/current`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Current {
    pub schema: u32,
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
}

impl Current {
    /// The environment was just initialised with this backend.
    pub fn new(backend: &str) -> Self {
        Self { schema: SCHEMA, backend: backend.to_owned(), chosen: None }
    }

    /// `None` where the environment was never initialised.
    pub fn load(layout: &Layout, environment: &str) -> Result<Option<Self>, Failure> {
        store::load(&layout.current(environment), SCHEMA)
    }

    pub fn save(&self, layout: &Layout, environment: &str) -> Result<(), Failure> {
        store::save(&layout.current(environment), self)
    }

    /// The backend chosen for the config as it is now, if that was settled before.
    pub fn settled(&self, layout: &Layout) -> Option<&str> {
        let chosen = self.chosen.as_ref()?;
        chosen.config.holds(&layout.config()).then_some(&chosen.backend)
    }
}
