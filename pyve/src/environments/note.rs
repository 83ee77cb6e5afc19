//! `.pyve/state/meant`: the environment that the config means, so that `run` need not read the config.

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::project::{EnvironmentName, Layout};
use crate::records::{Fingerprint, Folder, State, StateFile};

/// Good as long as the config that it was made from is untouched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeantNote {
    environment: EnvironmentName,
    config: Fingerprint,
}

impl State for MeantNote {
    const SCHEMA: u32 = 1;
}

impl MeantNote {
    /// `config` is the state of the file from before it was read.
    pub fn new(environment: EnvironmentName, config: Fingerprint) -> Self {
        Self { environment, config }
    }

    /// The environment that was meant when the config was as it is now.
    pub fn find(layout: &Layout) -> Result<Option<EnvironmentName>, Failure> {
        let Some(folder) = Folder::find(layout, None)? else { return Ok(None) };
        let note = place(&folder).load::<Self>(layout)?.here();
        Ok(note.filter(|note| note.config.holds(&layout.config())).map(|note| note.environment))
    }

    /// Where it cannot be kept, the next command reads the config again.
    pub fn keep(&self, layout: &Layout) -> Result<(), Failure> {
        let folder = Folder::make(layout, None)?;
        place(&folder).save(layout, layout.root().into(), self)
    }
}

fn place(folder: &Folder) -> StateFile<'_> {
    StateFile { folder, kind: "project", file: "meant" }
}
