//! What is done about the environment.

use pyve_plugin_api::{Status, Step};

/// What is done about the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is as it should be.
    Keep,
    /// There is none.
    Make,
    /// The one that is there is put aside until the new one stands.
    Rebuild,
    /// The one that is there is brought in line by these steps.
    Update(Vec<Step>),
}

impl Decision {
    /// Whether anything is done to it.
    pub fn makes(&self) -> bool {
        *self != Self::Keep
    }

    /// Whether there will be a new one.
    pub fn creates(&self) -> bool {
        matches!(self, Self::Make | Self::Rebuild)
    }
}

/// Whether a finding means that the environment cannot be used.
pub fn is_error(status: Status) -> bool {
    status == Status::ERROR
}
