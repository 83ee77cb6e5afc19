//! The record of one environment as one backend made it.

use pyve_plugin_api::{Launch, OsText, Recorded};
use serde::{Deserialize, Serialize};

use super::artifact::Artifact;
use super::fingerprint::{Fingerprint, Stamp};
use super::folder::Folder;
use super::journal::Journal;
use super::store::{Found, State, StateFile, is_here};
use crate::failure::Failure;
use crate::project::{EnvironmentName, Layout};

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
    /// The pyve that wrote it.
    pub pyve_version: String,
    pub backend: String,
    pub environment: EnvironmentName,
    /// The project's root at that time: another one now means that the project was moved or copied.
    #[serde(default)]
    pub project: OsText,
    pub status: Status,
    /// What the backend is told of the environment. Boxed as the launch is: a record is handed on often.
    #[serde(default)]
    pub recorded: Box<Recorded>,
    /// Whether pyve made the prefix; one that it only took over is not its to remove.
    #[serde(default)]
    pub made_by_pyve: bool,
    /// What pyve made outside of `.pyve`.
    #[serde(default)]
    pub made: Vec<Artifact>,
    /// The tool that made the environment, where pyve put it into the project: only this very file is started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_sha256: Option<String>,
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
    pub launch: Box<Launch>,
    /// The config, which gave the backend its settings.
    pub config: Fingerprint,
    /// [`Launch::inputs`] and the environment's spec files as they were.
    pub inputs: Vec<Stamp>,
    /// What the config says of the variables of `.env`.
    #[serde(default = "by_default")]
    pub dotenv: bool,
}

/// Records from before there was a choice.
fn by_default() -> bool {
    true
}

impl State for Record {
    const SCHEMA: u32 = 1;

    fn sealed_for(&mut self, project: &OsText) {
        self.project = project.clone();
    }
}

impl KeptLaunch {
    /// The same, with what the config says of `.env`.
    pub fn with_dotenv(self, dotenv: bool) -> Self {
        Self { dotenv, ..self }
    }

    /// Whether nothing that it was computed from changed.
    pub fn holds(&self, layout: &Layout) -> bool {
        self.config.holds(&layout.config()) && self.inputs.iter().all(Stamp::holds)
    }
}

impl Record {
    /// The record of an environment that is about to be made.
    pub fn creating(layout: &Layout, environment: &EnvironmentName, backend: &str, recorded: Recorded) -> Self {
        Self {
            pyve_version: env!("CARGO_PKG_VERSION").to_owned(),
            backend: backend.to_owned(),
            environment: environment.to_owned(),
            project: layout.root().into(),
            status: Status::Creating,
            recorded: Box::new(Recorded { ready: false, ..recorded }),
            made_by_pyve: true,
            made: Vec::new(),
            tool_sha256: None,
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

    /// What was written down. A failure says that a newer pyve did, or that a link is in the place of a folder.
    pub fn load(layout: &Layout, environment: &EnvironmentName, backend: &str) -> Result<Found<Self>, Failure> {
        match Folder::find(layout, Some(environment))? {
            Some(folder) => Self::load_in(&folder, layout, environment, backend),
            None => Ok(Found::Absent),
        }
    }

    /// The same out of the environment's folder.
    pub fn load_in(
        folder: &Folder,
        layout: &Layout,
        environment: &EnvironmentName,
        backend: &str,
    ) -> Result<Found<Self>, Failure> {
        let place = StateFile { folder, kind: environment, file: &format!("{backend}.json") };
        let found: Found<Self> = place.load(layout)?;
        // Where it is says whose it is, whatever it says itself.
        let mine = |record: &Self| record.environment == *environment && record.backend == backend;
        Ok(match found {
            Found::Here(record) | Found::Moved { value: record, .. } if !mine(&record) => {
                Found::Ignored("it is of another environment".to_owned())
            }
            found => found,
        })
    }

    /// A record of a project that was moved stays one: it is sealed for the folder that it speaks of.
    pub fn save(&self, layout: &Layout) -> Result<(), Failure> {
        let folder = Folder::make(layout, Some(&self.environment))?;
        let place = StateFile { folder: &folder, kind: &self.environment, file: &format!("{}.json", self.backend) };
        place.save(layout, self.project.clone(), self)
    }

    /// Remembers that pyve made something; a second time changes nothing.
    pub fn remember(&mut self, made: Artifact) {
        if !self.made.contains(&made) {
            self.made.push(made);
        }
    }

    /// Whether pyve wrote a marked block into this file of the project.
    pub fn has_block(&self, file: &str) -> bool {
        self.made.iter().any(|made| matches!(made, Artifact::Block { path, .. } if *path == OsText::from(file)))
    }

    /// The prefix as it lies in the project; `None` for one that is outside.
    pub fn place(&self) -> Option<OsText> {
        self.recorded.prefix.path().strip_prefix(self.project.path()).ok().map(OsText::from)
    }

    /// Where the project was when the environment was made in it, if that is not here.
    pub fn moved_from(&self, layout: &Layout) -> Option<&OsText> {
        (!is_here(&self.project, layout)).then_some(&self.project)
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
