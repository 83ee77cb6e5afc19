//! `pyve allow` and `pyve deny`: whether an environment is used that pyve has no record of, and whether a shell enters the
//! project by itself.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Arg, ArgMatches, Command, value_parser};

use super::entry::{Entry, environment};
use crate::context::{Backends, Session};
use crate::environments;
use crate::failure::{Failure, exit};
use crate::launch;
use crate::project::{EnvironmentName, Layout};
use crate::records::trust::{self, Decision};

pub const ALLOW: Entry = Entry { name: "allow", arguments: allow, execute: do_allow, failed: |code| code };
pub const DENY: Entry = Entry { name: "deny", arguments: deny, execute: do_deny, failed: |code| code };

const AFTER_ALLOW: &str = "\
An environment without a record of yours is used by default only if nobody else could have put it there: it and its \
parent directories belong to you or root and are not writable by others, git tracks none of its files, and it has no \
activation scripts. Look at any other environment before you allow it.

In scripts and container images, set PYVE_TRUST=DIR (DIR:DIR for several) instead.

A shell that enters projects by itself (`pyve shell-hook SHELL --auto`) does so only in projects that you allowed, and only \
while .pyve/config, .env and the activation scripts of the environment are as they were then. Look at them before you \
allow it. PYVE_TRUST does not count for this.";

fn allow() -> Command {
    arguments("allow", "Allow an untrusted environment and automatic activation")
        .arg(environment("Allow the activation scripts of the environment of this name"))
        .after_help(AFTER_ALLOW)
}

fn deny() -> Command {
    arguments("deny", "Deny an untrusted environment and automatic activation")
}

fn arguments(name: &'static str, about: &'static str) -> Command {
    let help = "The project's directory [default: the current project]";
    Command::new(name).about(about).arg(Arg::new("DIR").help(help).value_parser(value_parser!(PathBuf)))
}

fn do_allow(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let layout = remember(matches, session, Decision::Allowed)?;
    remember_scripts(session, &layout, matches.get_one("env"))?;
    session.console.done(&format!("allowed the environment of `{}`", layout.root().display()));
    Ok(exit::DONE)
}

fn do_deny(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let layout = remember(matches, session, Decision::Denied)?;
    let shown = layout.root().display();
    session
        .console
        .done(&format!("denied environments of `{shown}` that pyve did not create, and automatic activation"));
    Ok(exit::DONE)
}

/// The project that was meant, once it is kept what was said of it.
fn remember(matches: &ArgMatches, session: &Session, said: Decision) -> Result<Layout> {
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
    Ok(layout)
}

/// Of a project without an environment that can be used now there are no scripts yet; once it has some they are asked for.
fn remember_scripts(session: &Session, layout: &Layout, flag: Option<&EnvironmentName>) -> Result<()> {
    let meant = environments::meant_in(layout, flag, &session.caller)?;
    match launch::prepare(session, layout, Some(&meant), None) {
        Ok(prepared) => {
            let scripts = launch::scripts(&prepared.launch);
            trust::remember_scripts(&session.caller, layout, &meant, &scripts)?;
        }
        Err(failure) => session.console.debug(&failure.message),
    }
    Ok(())
}
