//! The answer to "how is it locked?": how `pixi.lock` is by its content, and `pixi lock` or `pixi update` to write it.

mod asked;
mod locked;
mod state;

use pyve_plugin_api::{Error, Lock, LockRequest, LockState, Request, Result, Step, Tool};

use crate::manifest::Manifest;
use crate::pixi;

pub use locked::{Locked, Package};
pub use state::Judged;

/// The lock file of all environments of a manifest.
pub const FILE: &str = "pixi.lock";

/// What helps against a file that pixi cannot read either.
pub const ANOTHER: &str = "take a whole `pixi.lock` from git, or remove it; then run `pyve lock`";

pub fn answer(request: &Request, asked: &LockRequest) -> Result<Lock> {
    let manifest = Manifest::of(request)?;
    let Judged { state, reasons, .. } = Judged::of(request, &manifest)?;
    let lock = reasons.iter().fold(Lock::new(FILE, state), |lock, reason| lock.reason(reason));
    let Some(tool) = asked.tool.as_ref().into_option() else { return Ok(lock) };
    if state == LockState::CONFLICT {
        let error = Error::new(format!("pixi cannot read `{FILE}`: {}", reasons.join(", ")));
        return Err(error.hint(ANOTHER));
    }
    Ok(lock.step(writing(request, asked, tool, &manifest)?))
}

/// pixi writes the file by itself: for all environments and platforms of the manifest.
fn writing(request: &Request, asked: &LockRequest, tool: &Tool, manifest: &Manifest) -> Result<Step> {
    if !asked.with.is_empty() {
        let message = format!("`{FILE}` is written by pixi alone, not by `{}`", asked.with.display());
        return Err(Error::new(message).hint("leave out `--with`").usage());
    }
    let moves = asked.upgrade || !asked.update.is_empty();
    if !asked.platforms.is_empty() && !moves {
        let message = format!("pixi locks for every platform that `{}` names", manifest.file);
        return Err(Error::new(message).hint("leave out `--platform`, or say what moves: `--update PACKAGE`").usage());
    }
    let words = if moves { ["update"] } else { ["lock"] };
    let command = pixi::command(&tool.path.path(), &words, manifest, request);
    let command =
        asked.platforms.iter().fold(command, |command, platform| command.arg("--platform").arg(platform.as_str()));
    // Of an upgrade every package may move: none is named.
    let named = asked.update.iter().filter(|_| !asked.upgrade);
    let command = named.fold(command, |command, name| command.arg(name.as_str()));
    // What moved pixi tells by itself.
    Ok(Step::run(&format!("Write {FILE}"), command))
}
