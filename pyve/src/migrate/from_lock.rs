//! Whether the lock of the old environment is one that versions can be taken from.

use pyve_plugin_api::{LockRequest, LockState, Question, Request, Requirements};

use crate::config::printable;
use crate::context::{ProjectContext, Session};
use crate::failure::Failure;

/// So many reasons are told.
const MOST_REASONS: usize = 5;

/// Fails unless the lock says what the project's files ask for. One of which nobody can tell is used after a warning, as `pyve
/// init` uses it.
pub fn check(old: &ProjectContext, request: &Request, session: &Session) -> Result<(), Failure> {
    if !old.description.can(Question::Lock) {
        return Err(unable(old));
    }
    let lock = old.backend.lock(request, &LockRequest::check(), &session.hosting(&old.layout))?;
    let file = lock.file.display().to_string();
    let why = match lock.state {
        LockState::FRESH => return Ok(()),
        LockState::UNKNOWN => {
            lock.reasons.iter().for_each(|reason| session.console.warning(&printable(reason)));
            return Ok(());
        }
        LockState::MISSING => "it does not exist",
        LockState::CONFLICT => "it has a merge conflict",
        _ => "it is stale",
    };
    let failure = Failure::new(format!("could not take versions from `{file}`: {why}"));
    let reasons = lock.reasons.iter().filter(|reason| **reason != format!("{file} does not exist"));
    let failure = reasons.take(MOST_REASONS).fold(failure, |failure, reason| failure.detail(printable(reason)));
    Err(failure.command(["pyve", "lock"]))
}

/// Fails where the answer has no versions of a lock.
pub fn answered(old: &ProjectContext, requirements: &Requirements) -> Result<(), Failure> {
    if requirements.lock.is_empty() { Err(unable(old)) } else { Ok(()) }
}

fn unable(old: &ProjectContext) -> Failure {
    Failure::new(format!("backend `{}` cannot give the versions of a lock", old.description.id))
        .remedy("leave out `--from-lock`")
}
