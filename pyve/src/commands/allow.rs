//! `pyve allow` and `pyve deny`: whether an environment is used that pyve has no record of.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Arg, ArgMatches, Command, value_parser};

use super::entry::Entry;
use crate::context::{Backends, Session};
use crate::failure::{Failure, exit};
use crate::launch;
use crate::records::trust::{self, Decision};

pub const ALLOW: Entry = Entry { name: "allow", arguments: allow, execute: do_allow, failed: |code| code };
pub const DENY: Entry = Entry { name: "deny", arguments: deny, execute: do_deny, failed: |code| code };

const AFTER_ALLOW: &str = "\
An environment without a record of yours is used by default only if nobody else could have put it there: it and its \
parent directories belong to you or root and are not writable by others, git tracks none of its files, and it has no \
activation scripts. Look at any other environment before you allow it.

In scripts and container images, set PYVE_TRUST=DIR (DIR:DIR for several) instead.";

fn allow() -> Command {
    arguments("allow", "Allow an environment that pyve did not create").after_help(AFTER_ALLOW)
}

fn deny() -> Command {
    arguments("deny", "Deny an environment that pyve did not create")
}

fn arguments(name: &'static str, about: &'static str) -> Command {
    let help = "The project's directory [default: the current project]";
    Command::new(name).about(about).arg(Arg::new("DIR").help(help).value_parser(value_parser!(PathBuf)))
}

fn do_allow(matches: &ArgMatches, session: &Session) -> Result<u8> {
    remember(matches, session, Decision::Allowed)
}

fn do_deny(matches: &ArgMatches, session: &Session) -> Result<u8> {
    remember(matches, session, Decision::Denied)
}

fn remember(matches: &ArgMatches, session: &Session, said: Decision) -> Result<u8> {
    let root = match matches.get_one::<PathBuf>("DIR") {
        Some(folder) => {
            let folder = session.caller.folder().join(folder);
            folder.canonicalize().map_err(|error| Failure::io("find", &folder, &error))?
        }
        None => {
            let found = Backends::known(session)?.project(session);
            found.map(|found| found.root().to_owned()).ok_or_else(|| launch::no_project(session.caller.folder()))?
        }
    };
    let layout = session.layout(root);
    trust::remember(&session.caller, &layout, said)?;
    let shown = layout.root().display();
    session.console.done(&match said {
        Decision::Allowed => format!("allowed the environment of `{shown}`"),
        Decision::Denied => format!("denied environments of `{shown}` that pyve did not create"),
    });
    Ok(exit::DONE)
}
