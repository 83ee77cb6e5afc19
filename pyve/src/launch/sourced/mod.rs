//! Scripts that change the variables: what they did before with the same values, else sourced by a shell of pyve's own.
//!
//! What a command inherits besides, such as the file mode mask, comes of it, too; a working folder does not, as the command's
//! is the caller's.

mod effects;
mod kept;
mod relay;
mod shell;
mod trace;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use kept::{Kept, Reads};
use shell::{Shell, Sourced, Sourcing};

pub use effects::{Effects, is_shells_own};
pub use relay::Relay;

use crate::caller::Caller;
use crate::failure::Failure;
use crate::project::Layout;
use crate::records::Stamp;

/// The scripts of one environment, in their order, and who calls.
pub struct Scripts<'a> {
    pub caller: &'a Caller,
    pub layout: &'a Layout,
    /// The environment's folder. What scripts look at in it changes together with `inputs`.
    pub prefix: &'a Path,
    pub scripts: &'a [PathBuf],
    /// What tells of a change in the environment.
    pub inputs: &'a [PathBuf],
    /// Whether what they say is of no interest.
    pub silent: bool,
}

/// Where scripts are sourced a second time, to see whether the folder makes a difference.
const ELSEWHERE: [&str; 2] = ["/", "/tmp"];

impl Scripts<'_> {
    /// What the scripts do with these variables.
    pub fn effects(&self, variables: &[(OsString, OsString)]) -> Result<Effects, Failure> {
        let kept = Kept::open(self.caller, self.layout, self.scripts);
        if let Some(known) = kept.as_ref().and_then(|kept| kept.find(variables)) {
            return Ok(known.clone());
        }
        let shell = Shell::find(self.caller).ok_or_else(|| self.no_shell())?;
        let kept = kept.filter(Kept::may_learn);
        let (scripts, silent, traced) = (self.scripts, self.silent, kept.is_some());
        let sourcing = Sourcing { scripts, variables, folder: self.caller.folder(), traced, silent };
        let inputs = kept.as_ref().map(|_| [stamps(self.scripts), stamps(self.inputs)].concat());
        let sourced = shell.source(&sourcing)?;
        let effects = Effects::between(variables, &sourced.after).with(sourced.relay.clone());
        if let (Some(kept), Some(inputs)) = (kept, inputs) {
            self.learn(kept, inputs, &shell, &sourced, (variables, &effects));
        }
        Ok(effects)
    }

    /// Finds out on what the outcome depends, and keeps it where that is only variables and files.
    fn learn(
        &self,
        kept: Kept<'_>,
        mut inputs: Vec<Stamp>,
        shell: &Shell,
        sourced: &Sourced,
        (variables, effects): (&[(OsString, OsString)], &Effects),
    ) {
        let traced = trace::read(&sourced.trace, self.prefix, self.scripts);
        // Before the scripts look at them once more.
        let looked_at = [stamps(&traced.scripts), stamps(&traced.files)].concat();
        let reads = match &effects.relay {
            Some(_) => Reads::More,
            None => Reads::of(self.scripts, &traced, kept.reads()),
        };
        if reads.read_of(variables).is_some_and(|read| self.comes_again(shell, &read, variables, effects)) {
            inputs.extend(looked_at);
            kept.keep(variables, reads, inputs, effects);
        } else {
            kept.keep(variables, Reads::More, inputs, effects);
        }
    }

    /// Whether another shell, in another folder and without the variables that are not read, comes to the same.
    fn comes_again(
        &self,
        shell: &Shell,
        read: &[&(OsString, OsString)],
        variables: &[(OsString, OsString)],
        effects: &Effects,
    ) -> bool {
        let mut given: Vec<(OsString, OsString)> = read.iter().map(|pair| (*pair).clone()).collect();
        // Programs are found by it, whether the scripts read it or not.
        let path = variables.iter().find(|(name, _)| name == "PATH").cloned();
        given.extend(path.filter(|path| !given.contains(path)));
        let folder = ELSEWHERE.iter().map(Path::new).find(|folder| *folder != self.caller.folder());
        let sourcing = Sourcing {
            scripts: self.scripts,
            variables: &given,
            folder: folder.unwrap_or(self.prefix),
            traced: false,
            silent: true,
        };
        shell.source(&sourcing).is_ok_and(|again| Effects::between(&given, &again.after) == *effects)
    }

    fn no_shell(&self) -> Failure {
        let script = self.scripts.first().map(|script| script.display().to_string()).unwrap_or_default();
        Failure::new("could not activate the environment: no shell found")
            .detail(format!("its activation scripts need one; the first of them is `{script}`"))
            .remedy("install bash, or put its directory on PATH")
    }
}

fn stamps(paths: &[PathBuf]) -> Vec<Stamp> {
    paths.iter().map(|path| Stamp::now(path)).collect()
}

#[cfg(all(test, unix))]
mod tests;
