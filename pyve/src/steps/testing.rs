//! A project and a pyve home of their own for the tests of steps.

use std::path::{Path, PathBuf};

use anstream::ColorChoice;
use pyve_plugin_api::Step;
use tempfile::TempDir;

use super::executor::{Done, Executor};
use crate::caller::Caller;
use crate::failure::Failure;
use crate::files::allowed_paths::AllowedPaths;
use crate::project::Layout;
use crate::ui::{Answers, Ask, Console, Volume};

pub struct Fixture {
    _folder: TempDir,
    pub layout: Layout,
    pub home: PathBuf,
    caller: Caller,
    console: Console,
}

impl Fixture {
    pub fn new() -> Self {
        Self::with(&[])
    }

    pub fn with(variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        let (root, home) = (top.join("project"), top.join("home/.pyve"));
        std::fs::create_dir_all(&root).unwrap();
        std::fs::create_dir_all(&home).unwrap();
        let path = ("PATH".into(), std::env::var_os("PATH").unwrap());
        let variables = variables.iter().map(|(name, value)| (name.into(), value.into()));
        let caller = Caller::for_test([path].into_iter().chain(variables).collect());
        let console = Console::new(Volume::Quiet, ColorChoice::Never, true);
        Self { _folder: folder, layout: Layout::new(root, caller.keyring()), home, caller, console }
    }

    pub fn root(&self) -> &Path {
        self.layout.root()
    }

    pub fn execute(&self, step: &Step) -> Result<Done, Failure> {
        self.answering(Answers::Nobody, step)
    }

    pub fn answering(&self, answers: Answers, step: &Step) -> Result<Done, Failure> {
        self.executing(answers, |executor| executor.execute(step))
    }

    pub fn executing<T>(&self, answers: Answers, act: impl FnOnce(&Executor<'_>) -> T) -> T {
        let ask = Ask::new(&self.console, answers);
        act(&Executor {
            caller: &self.caller,
            console: &self.console,
            ask: &ask,
            project: &self.layout,
            pyve_home: Some(&self.home),
            allowed: AllowedPaths::new(self.layout.root(), Some(&self.home))
                .environment(&self.root().join(".e"))
                .ours(&self.root().join(".e")),
            offline: false,
            lock: None,
        })
    }
}
