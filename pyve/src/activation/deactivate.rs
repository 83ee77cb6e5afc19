//! Leaving: the environment's own scripts first, then everything that is still as it was given is as it was before.

use super::activate::Snapshot;
use super::changes::Pairs;
use super::code::{Statement, become_those};
use super::shells::Shell;
use super::undo::{Undo, packed};
use crate::caller::Caller;
use crate::failure::Failure;
use crate::launch::is_shells_own;

/// What the shell has to do to leave the environment that is active in it.
pub fn deactivate(caller: &Caller, shell: &dyn Shell) -> Result<Vec<Statement>, Failure> {
    let undo = Undo::of(caller)?.ok_or_else(none_is_active)?;
    let scripts = undo.scripts(shell.script_ending());
    if scripts.is_empty() {
        return Ok(without_scripts(caller, &undo, shell));
    }
    let arguments = ["-C", "/", "deactivate", "--shell", shell.name(), "--after-scripts"].map(Into::into).to_vec();
    let evaluate = Statement::Evaluate { arguments, input: packed(&Snapshot::of(caller.variables())) };
    Ok(vec![Statement::Source { scripts, leaving: true }, evaluate])
}

/// The same without the environment's scripts for that: all that can be restored without them is.
pub fn without_scripts(caller: &Caller, undo: &Undo, shell: &dyn Shell) -> Vec<Statement> {
    let now = caller.variables().to_vec();
    let forget = undo.sourced && shell.script_ending().is_some();
    let forget = forget.then(|| Statement::Source { scripts: Vec::new(), leaving: true });
    forget.into_iter().chain(become_those(&now, &undo.restored(&now))).collect()
}

/// What is still to be done once the scripts have run: whatever they did to variables, what counts is how those were before
/// the environment was entered, and what the user made of them since.
pub fn after_scripts(caller: &Caller, input: &str) -> Result<Vec<Statement>, Failure> {
    let before = Snapshot::read(input)?;
    let undo = Undo::within(&before)?.ok_or_else(none_is_active)?;
    let mut restored = undo.restored(&before);
    keep_shells_own(&mut restored, caller);
    Ok(become_those(&caller.variables().to_vec(), &restored))
}

/// What the shell counts for itself is as it is now.
fn keep_shells_own(restored: &mut Pairs, caller: &Caller) {
    restored.retain(|(name, _)| !is_shells_own(name));
    let own = caller.variables().iter().filter(|(name, _)| is_shells_own(name));
    restored.extend(own.cloned());
}

fn none_is_active() -> Failure {
    Failure::new("no environment is active in this shell")
        .detail("one that `pyve activate` did not activate is left as it was entered: by its own `deactivate`, or with the directory")
        .remedy("see all environments")
        .command(["pyve", "envs"])
}
