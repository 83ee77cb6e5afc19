//! The record of one environment as one backend made it.

use std::path::Path;

use pyve_plugin_api::{Launch, OsText, Recorded};
use serde::{Deserialize, Serialize};

use super::fingerprint::{Fingerprint, Stamp};
use super::journal::Journal;
use super::made::Made;
use super::store;
use crate::failure::Failure;
use crate::project::Layout;

/// The format of the file; a higher number is not for this pyve.
pub const SCHEMA: u32 = 1;

/// How far the making of the environment came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Begun and not finished: not to be used.
    Creating,
    /// Being removed, or left by a purge that was interrupted: not to be used.
    Removing,
    /// Finished and checked.
    Ready,
}

/// The content of `.pyve/state/<environment>/<backend>.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub schema: u32,
    /// The pyve that wrote it.
    pub pyve_version: String,
    pub backend: String,
    pub environment: String,
    /// The project's root at that time: another one now means that the project was moved or copied.
    pub project: OsText,
    pub status: Status,
    /// What the backend is told of the environment.
    #[serde(default)]
    pub recorded: Recorded,
    /// Whether pyve made the prefix; one that it only took over is not its to remove.
    #[serde(default)]
    pub made_by_pyve: bool,
    /// What pyve made outside of `.pyve`.
    #[serde(default)]
    pub made: Vec<Made>,
    /// How commands are started, as the backend said last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launch: Option<KeptLaunch>,
    /// The environment that is replaced, until this one is ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal: Option<Journal>,
}

/// A launch with all that it was computed from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptLaunch {
    pub launch: Launch,
    /// The config, which gave the backend its settings.
    pub config: Fingerprint,
    /// [`Launch::inputs`] and the environment's spec files as they were.
    pub inputs: Vec<Stamp>,
}

impl KeptLaunch {
    /// Whether nothing that it was computed from changed.
    pub fn holds(&self, layout: &Layout) -> bool {
        self.config.holds(&layout.config()) && self.inputs.iter().all(Stamp::holds)
    }
}

impl Record {
    /// The record of an environment that is about to be made.
    pub fn creating(layout: &Layout, environment: &str, backend: &str, recorded: Recorded) -> Self {
        Self {
            schema: SCHEMA,
            pyve_version: env!("CARGO_PKG_VERSION").to_owned(),
            backend: backend.to_owned(),
            environment: environment.to_owned(),
            project: layout.root().into(),
            status: Status::Creating,
            recorded: Recorded { ready: false, ..recorded },
            made_by_pyve: true,
            made: Vec::new(),
            launch: None,
            journal: None,
        }
    }

    /// The environment stands and was checked.
    pub fn ready(mut self) -> Self {
        self.status = Status::Ready;
        self.recorded.ready = true;
        self.journal = None;
        self
    }

    /// The environment goes: from here on nothing of it is used, whatever becomes of the removal.
    pub fn removing(mut self) -> Self {
        self.status = Status::Removing;
        self.recorded.ready = false;
        self.journal = None;
        self
    }

    /// `None` where there is none; a failure says which file is unreadable, damaged or too new.
    pub fn load(layout: &Layout, environment: &str, backend: &str) -> Result<Option<Self>, Failure> {
        store::load(&layout.record(environment, backend), SCHEMA)
    }

    pub fn save(&self, layout: &Layout) -> Result<(), Failure> {
        store::save(&layout.record(&self.environment, &self.backend), self)
    }

    /// Remembers that pyve made something; a second time changes nothing.
    pub fn remember(&mut self, made: Made) {
        if !self.made.contains(&made) {
            self.made.push(made);
        }
    }

    /// Whether pyve wrote a marked block into this file of the project.
    pub fn has_block(&self, file: &str) -> bool {
        self.made.iter().any(|made| matches!(made, Made::Block { path, .. } if *path == OsText::from(file)))
    }

    /// The prefix as it lies in the project; `None` for one that is outside.
    pub fn place(&self) -> Option<OsText> {
        self.recorded.prefix.path().strip_prefix(self.project.path()).ok().map(OsText::from)
    }

    /// Where the project was when the environment was made in it, if that is not here.
    pub fn moved_from(&self, layout: &Layout) -> Option<&OsText> {
        let (then, prefix) = (self.project.path(), self.recorded.prefix.path());
        let elsewhere = then != layout.root() && prefix.starts_with(&then) && !is_same_folder(&then, layout.root());
        elsewhere.then_some(&self.project)
    }
}

/// Two spellings of one folder: through a link, a mount, or another case.
fn is_same_folder(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
