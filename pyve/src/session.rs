//! What every command works with: the caller, the console, and who answers questions.

use std::path::PathBuf;

use anyhow::Result;

use crate::ask::{Answers, Ask};
use crate::caller::Caller;
use crate::console::Console;
use crate::host::Hosting;
use crate::project::Layout;

/// One invocation of pyve.
pub struct Session {
    pub caller: Caller,
    pub console: Console,
}

impl Session {
    /// pyve's own folder, `~/.pyve`.
    pub fn pyve_home(&self) -> Result<PathBuf> {
        Ok(self.caller.pyve_home()?)
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

    /// The host, for questions about `project`.
    pub fn hosting(&self, project: &Layout) -> Hosting<'_> {
        Hosting { caller: &self.caller, console: &self.console, project: project.root().to_owned() }
    }
}
