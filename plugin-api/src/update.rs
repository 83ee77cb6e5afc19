//! The answer to "how is what stands brought in line?".

use abi_stable::StableAbi;
use abi_stable::std_types::{RString, RVec};
use serde::{Deserialize, Serialize};

use crate::extension::Extension;
use crate::step::Step;

/// Steps that bring an environment in line with today's files and settings, in place.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Update {
    /// What is done, in order, to the environment as it stands.
    pub steps: RVec<Step>,
    /// Why it has to be recreated instead, as half a sentence (`it was made with Python 3.11`); empty where the steps do it.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub recreate: RString,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Update {
    /// An update without any steps yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// It has to be recreated; `why` is half a sentence.
    pub fn recreate(why: &str) -> Self {
        Self { recreate: why.into(), ..Self::default() }
    }

    /// Appends a step.
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}
