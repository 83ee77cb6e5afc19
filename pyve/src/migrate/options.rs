//! What `pyve migrate` was told, and whether it may go on.

use std::ffi::OsString;

use pyve_plugin_api::{Command, Remedy};

use crate::context::{Session, Typed};
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

/// `pyve migrate` with this flag, for the environment that is meant, typed where this command was.
pub fn typed(flag: &str, environment: &EnvironmentName, session: &Session) -> String {
    let typed = Typed {
        directories: session.caller.changes().to_vec(),
        environment: Some(environment.clone()).filter(|name| !name.is_default()),
        ..Typed::default()
    };
    typed.completed(Remedy::command(&Command::new("pyve").args(["migrate", flag]))).typed().unwrap_or_default()
}
