//! What `pyve migrate` was told, and whether it may go on.

use std::ffi::OsString;

use crate::context::Session;
use crate::failure::Failure;
use crate::init::options::Bootstrap;
use crate::project::EnvironmentName;

/// The words of one `migrate`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The backend that is left; what the environment is where none is named.
    pub from: Option<String>,
    pub to: String,
    pub environment: Option<EnvironmentName>,
    pub dry_run: bool,
    pub json: bool,
    /// What the new backend cannot have is left out.
    pub allow_loss: bool,
    /// The versions of the lock file are carried, not those that are declared.
    pub from_lock: bool,
    pub name_map: Option<NameMap>,
    pub yes: bool,
    pub bootstrap: Bootstrap,
}

/// The table of package names that the user named.
#[derive(Clone, Debug)]
pub struct NameMap {
    /// A path or a URL.
    pub source: OsString,
    /// What its SHA-256 must be, in lower-case hex.
    pub sha256: Option<String>,
}

/// Asks once, where somebody is there to answer.
pub fn agreed(question: &str, options: &Options, session: &Session) -> Result<(), Failure> {
    let ask = session.ask(options.yes);
    if ask.has_nobody() {
        return Ok(());
    }
    let reply = ask.confirm(question, true, true);
    let unanswered = || Failure::new("nobody answered; nothing was changed").remedy("add `--yes`");
    if reply.is_yes() { Ok(()) } else { Err(reply.failure("nothing was changed", unanswered)) }
}
