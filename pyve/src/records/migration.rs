//! An environment on its way to another backend: what was before, so that it can go back from wherever it came to.

use std::fs;
use std::path::PathBuf;

use pyve_plugin_api::OsText;
use serde::{Deserialize, Serialize};

use super::current::Current;
use super::folder::Folder;
use super::store::{Found, State, StateFile};
use crate::failure::Failure;
use crate::project::{EnvironmentName, Layout};

/// The file's name in the folder of an environment's records.
const FILE: &str = "migration";

/// The content of `.pyve/state/<environment>/migration`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// The backend that is left; its environment stays.
    pub from: String,
    /// The one that comes.
    pub to: String,
    pub stage: Stage,
    /// What the environment was last initialised with; nothing where no pyve ever did that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Current>,
    /// The files that are written for the new backend.
    #[serde(default)]
    pub files: Vec<MadeFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<ConfigChange>,
    /// Whether `.gitignore` had a block of pyve's.
    #[serde(default)]
    pub ignored: bool,
    /// The logs that were there, by their names.
    #[serde(default)]
    pub logs: Vec<String>,
}

/// How far it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The new environment is being made, or is being switched to: the old one works in any case.
    Begun,
    /// The new one is in use, and the old one still there.
    Switched,
    /// The old one is being removed: there is no way back.
    Finishing,
}

/// A file that was not there before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeFile {
    /// Relative to the project's root.
    pub path: OsText,
    /// Of what is written to it; nothing as long as that is known to its step alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// What happens to `.pyve/config`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ConfigChange {
    /// One line becomes another one; `line` counts from 1.
    Line { line: usize, before: String, after: String },
    /// It is written where there was none.
    Written { sha256: String },
}

impl State for Migration {
    const SCHEMA: u32 = 1;
}

/// The logs in `.pyve/state`, by their names.
pub fn logs(layout: &Layout) -> Result<Vec<(String, PathBuf)>, Failure> {
    let Some(folder) = Folder::find(layout, None)? else { return Ok(Vec::new()) };
    let entries = fs::read_dir(folder.path()).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let named = files.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())));
    Ok(named.filter(|(name, _)| name.ends_with(".log")).collect())
}

impl Migration {
    /// What was written down. A failure says that a newer pyve did, or that a link is in the place of a folder.
    pub fn load(layout: &Layout, environment: &EnvironmentName) -> Result<Option<Self>, Failure> {
        let Some(folder) = Folder::find(layout, Some(environment))? else { return Ok(None) };
        place(&folder, environment).load(layout).map(Found::mine)
    }

    pub fn save(&self, layout: &Layout, environment: &EnvironmentName) -> Result<(), Failure> {
        let folder = Folder::make(layout, Some(environment))?;
        place(&folder, environment).save(layout, layout.root().into(), self)
    }
}

fn place<'a>(folder: &'a Folder, environment: &'a EnvironmentName) -> StateFile<'a> {
    StateFile { folder, kind: environment, file: FILE }
}
