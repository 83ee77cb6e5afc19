//! Where pyve keeps things in a project.

use std::path::{Path, PathBuf};

use super::EnvironmentName;
use crate::caller::seal::Keyring;

/// The folder of pyve in a project.
pub const FOLDER: &str = ".pyve";

/// The paths of one project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    root: PathBuf,
    keyring: Keyring,
}

impl Layout {
    /// The project at `root`, an absolute path; what is recorded of it counts by the user's key.
    pub fn new(root: impl Into<PathBuf>, keyring: &Keyring) -> Self {
        Self { root: root.into(), keyring: keyring.clone() }
    }

    /// Whose seals count.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `.pyve`
    pub fn folder(&self) -> PathBuf {
        self.root.join(FOLDER)
    }

    /// `.pyve/config`: settings, the user's.
    pub fn config(&self) -> PathBuf {
        self.folder().join("config")
    }

    /// `.pyve/state`: records, pyve's own.
    pub fn state(&self) -> PathBuf {
        self.folder().join("state")
    }

    /// `.pyve/envs`: the environments with a name, and those of backends that have a directory for all of theirs.
    pub fn environments(&self) -> PathBuf {
        self.folder().join("envs")
    }

    /// `.pyve/state/<environment>`: the records of one environment.
    pub fn records(&self, environment: &EnvironmentName) -> PathBuf {
        self.state().join(&**environment)
    }

    /// `.pyve/state/<environment>/<backend>.json`: what is known of the environment as one backend made it.
    pub fn record(&self, environment: &EnvironmentName, backend: &str) -> PathBuf {
        self.records(environment).join(format!("{backend}.json"))
    }

    /// `.pyve/state/<environment>/current`: the backend that it was last initialised with.
    pub fn current(&self, environment: &EnvironmentName) -> PathBuf {
        self.records(environment).join("current")
    }

    /// `.pyve/state/<environment>/migration`: how far it came on its way to another backend.
    pub fn migration(&self, environment: &EnvironmentName) -> PathBuf {
        self.records(environment).join("migration")
    }

    /// `.pyve/state/lock`: held while the project is changed.
    pub fn lock(&self) -> PathBuf {
        self.state().join("lock")
    }

    /// `path` as the user would write it from the project's root.
    pub fn show(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}
