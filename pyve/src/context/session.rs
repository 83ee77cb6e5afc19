//! What every command works with: the caller, the console, and who answers questions.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::caller::{Caller, Persistence};
use crate::config::printable;
use crate::download::{self, Terms};
use crate::files::allowed_paths::{AllowedPaths, Git};
use crate::process::{BackendHost, Consent};
use crate::project::Layout;
use crate::steps::Executor;
use crate::ui::{Answers, Ask, Console};

/// One invocation of pyve.
#[derive(Clone)]
pub struct Session {
    pub caller: Caller,
    pub console: Console,
    /// `--offline`: nothing is fetched from the network.
    pub offline: bool,
    pub persistence: Persistence,
}

impl Session {
    /// pyve's own folder, `~/.pyve`, for commands that are about what lies in it.
    pub fn pyve_home(&self) -> Result<PathBuf> {
        Ok(self.caller.needed_pyve_home()?)
    }

    /// Says which project a command is for where that is not the current folder.
    pub fn tell_project(&self, root: &Path) {
        if root != self.caller.folder() {
            self.console.info(&format!("Project: {}", printable(&root.display().to_string())));
        }
    }

    /// Another session of the same caller that writes nothing, not even what pyve learns on the way.
    pub fn read_only(&self) -> Self {
        Self { persistence: Persistence::ReadOnly, ..self.clone() }
    }

    /// The one who can be asked; `yes` is the command's `--yes`.
    pub fn ask(&self, yes: bool) -> Ask<'_> {
        let answers = match (yes, self.caller.is_ci()) {
            (true, _) => Answers::Yes,
            (false, true) => Answers::Nobody,
            (false, false) => Answers::Asked,
        };
        Ask::new(&self.console, answers)
    }

    /// Who carries out steps in `project`, within what is allowed; `pyve_home` is pyve's own folder, if there is one.
    pub fn executor<'a>(
        &'a self,
        ask: &'a Ask<'a>,
        project: &'a Layout,
        pyve_home: Option<&'a Path>,
        allowed: AllowedPaths,
    ) -> Executor<'a> {
        Executor {
            caller: &self.caller,
            console: &self.console,
            ask,
            project,
            pyve_home,
            allowed,
            offline: self.offline,
            lock: None,
        }
    }

    /// Whether nothing may be fetched: what every program that is started is told.
    pub fn is_offline(&self) -> bool {
        download::is_offline(&self.network())
    }

    /// The circumstances in which something is fetched.
    pub fn network(&self) -> Terms<'_> {
        Terms { caller: &self.caller, console: &self.console, offline: self.offline }
    }

    /// The gate for paths of the project.
    pub fn allowed_paths(&self, project: &Layout) -> AllowedPaths {
        let git = self.caller.programs("git").next();
        let git = git.map(|program| Git::new(program, self.caller.variables()));
        AllowedPaths::new(project.root(), self.caller.pyve_home().as_deref()).git(git)
    }

    /// The project at `root`, an absolute path.
    pub fn layout(&self, root: impl Into<PathBuf>) -> Layout {
        Layout::new(root, self.caller.keyring())
    }

    /// The host, for questions about `project`.
    pub fn hosting(&self, project: &Layout) -> BackendHost<'_> {
        BackendHost {
            caller: &self.caller,
            console: &self.console,
            project: project.root().to_owned(),
            persistence: self.persistence,
            consent: Consent::default(),
            searched: Default::default(),
        }
    }
}
