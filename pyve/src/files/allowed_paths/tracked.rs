//! What git tracks is the user's, whatever a record says.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The user's git, and the variables that it is started with.
#[derive(Clone, Debug)]
pub struct Git {
    program: PathBuf,
    variables: Vec<(OsString, OsString)>,
}

impl Git {
    /// Variables that point git at another repository, as a hook has them set, are left out.
    pub fn new(program: PathBuf, variables: &[(OsString, OsString)]) -> Self {
        let other = |(name, _): &&(OsString, OsString)| !name.as_encoded_bytes().starts_with(b"GIT_");
        Self { program, variables: variables.iter().filter(other).cloned().collect() }
    }

    /// Whether the repository of `root` has a file at `relative` or below it. Nothing that the repository's own
    /// settings name is started. A git that does not answer is as good as none.
    pub fn tracks(&self, root: &Path, relative: &Path) -> bool {
        if !root.ancestors().any(|folder| folder.join(".git").symlink_metadata().is_ok()) {
            return false;
        }
        let mut command = Command::new(&self.program);
        command.args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "safe.directory=*"]);
        command.args(["--literal-pathspecs", "ls-files", "-z", "--"]).arg(relative).current_dir(root);
        command.env_clear().envs(self.variables.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let Ok(mut child) = command.spawn() else { return false };
        let mut first = [0];
        let any = child.stdout.take().is_some_and(|mut out| out.read(&mut first).is_ok_and(|read| read > 0));
        let _ = child.kill();
        let _ = child.wait();
        any
    }
}
