//! Where steps are carried out, for whom, and within which bounds.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use pyve_plugin_api::Step;

use crate::caller::Caller;
use crate::failure::Failure;
use crate::files::allowed_paths::AllowedPaths;
use crate::project::Layout;
use crate::records::Lock;
use crate::ui::{Ask, Console, Reply};

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Done,
    /// There was no yes: the plan ends here.
    Declined(Reply),
}

/// Where steps are carried out, and for whom.
pub struct Executor<'a> {
    pub caller: &'a Caller,
    pub console: &'a Console,
    pub ask: &'a Ask<'a>,
    pub project: &'a Layout,
    /// `~/.pyve`, where there is one.
    pub pyve_home: Option<&'a Path>,
    /// What a backend's steps may change.
    pub allowed: AllowedPaths,
    /// Nothing is fetched from the network.
    pub offline: bool,
    /// The right to change the project, which the programs of steps share.
    pub lock: Option<&'a Lock>,
}

impl<'a> Executor<'a> {
    /// The same while the lock is held.
    #[must_use]
    pub fn holding(self, lock: &'a Lock) -> Self {
        Self { lock: Some(lock), ..self }
    }

    /// Starts a program of a step.
    pub fn spawn(&self, process: &mut Command) -> io::Result<Child> {
        match self.lock {
            Some(lock) => lock.spawn(process),
            None => process.spawn(),
        }
    }

    /// The path of a step as an absolute one.
    pub fn path(&self, step: &Step) -> PathBuf {
        self.allowed.path_of(step)
    }

    /// A refusal, with the step that it is about.
    pub fn about_step(&self, failure: Failure, step: &Step) -> Failure {
        self.allowed.of_step(failure, step)
    }
}

/// A folder of pyve's own with those above it.
pub fn make_folder(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(|error| cannot_create(path, &error))
}

/// Why a folder is not there, with what helps.
pub fn cannot_create(path: &Path, error: &std::io::Error) -> Failure {
    Failure::io("create the directory", path, error)
        .remedy(format!("check what is at {}, and that you may write there", path.display()))
}
