//! `pyve run`: a command in the environment, without activating it.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Arg, ArgMatches, Command, value_parser};

use super::entry::{Entry, environment, no_dotenv, option};
use crate::context::{Backends, Session, Typed};
use crate::environments;
use crate::failure::{Failure, exit};
use crate::launch::{self, Home};
use crate::project::{EnvironmentName, InvalidId, Layout, find, is_plain};
use crate::records::lock;

pub const ENTRY: Entry = Entry { name: "run", arguments, execute, failed };

const AFTER_HELP: &str = "\
Options of pyve go before CMD. CMD is looked up in the environment, then on PATH.

An environment without a record of yours is used only if nobody else could have put it there: it and its parent \
directories belong to you or root and are not writable by others, git tracks none of its files, and it has no activation \
scripts. Otherwise run `pyve allow` first, or set PYVE_TRUST=DIR in scripts.

Variables of the project's .env that are not set already are set for CMD; `run.dotenv: false` in .pyve/config and \
`--no-dotenv` switch that off.

Exit codes: that of CMD; 127 if CMD is not found; 126 if it cannot be executed; 125 if pyve itself fails.

Examples:
  pyve run pytest -q
  pyve run python -m http.server
  pyve -C ~/src/site run ./manage.py migrate";

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub backend: Option<String>,
    pub environment: Option<EnvironmentName>,
    /// `--no-dotenv`.
    pub no_dotenv: bool,
    /// The command and its arguments.
    pub command: Vec<OsString>,
}

impl Asked {
    /// What a remedy repeats of it.
    pub fn typed(&self, directories: &[PathBuf]) -> Typed {
        Typed {
            directories: directories.to_vec(),
            backend: self.backend.clone(),
            environment: self.environment.clone().filter(|name| !name.is_default()),
            ..Typed::default()
        }
    }
}

/// The command line of `run`; `cli/run_line.rs` reads the usual ones without it.
fn arguments() -> Command {
    Command::new("run")
        .about("Run a command in the environment, without activating it")
        .override_usage("pyve run [OPTIONS] [--] CMD [ARGS]...")
        .after_help(AFTER_HELP)
        .arg(option("backend", "BACKEND", "Use the environment of this backend").value_parser(backend_id))
        .arg(environment("Use the environment of this name"))
        .arg(no_dotenv())
        .arg(
            Arg::new("command")
                .value_name("CMD")
                .help("The command and its arguments")
                .required(true)
                .num_args(1..)
                .trailing_var_arg(true)
                .value_parser(value_parser!(OsString)),
        )
}

/// An id becomes part of a path, and leads nowhere else.
pub fn backend_id(text: &str) -> Result<String, InvalidId> {
    if is_plain(text) { Ok(text.to_owned()) } else { Err(InvalidId) }
}

impl Asked {
    pub fn from(matches: &ArgMatches) -> Self {
        Self {
            backend: matches.get_one("backend").cloned(),
            environment: matches.get_one("env").cloned(),
            no_dotenv: matches.get_flag("no-dotenv"),
            command: matches.get_many("command").unwrap_or_default().cloned().collect(),
        }
    }
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    Ok(enter(&Asked::from(matches), session)?)
}

/// Whoever called must be able to tell pyve's own failures from the command's.
fn failed(code: u8) -> u8 {
    match code {
        exit::RUN_NOT_FOUND | exit::RUN_NOT_EXECUTABLE | exit::INTERRUPTED => code,
        _ => exit::RUN_FAILED,
    }
}

/// Becomes the command; returns only where that fails or the system knows no such thing.
pub fn enter(asked: &Asked, session: &Session) -> Result<u8, Failure> {
    let layout = session.layout(root(session)?);
    let named = environments::named_or_active(asked.environment.as_ref(), &session.caller, layout.root())?;
    let named = named.map(|meant| meant.name);
    let flag = asked.backend.as_deref().filter(|backend| *backend != "auto");
    // What another pyve takes away while the command is looked up is looked up again.
    launch::patiently(
        || lock::holder(&layout).is_some(),
        || {
            let prepared = launch::prepare(session, &layout, named.as_ref(), flag)?;
            become_it(asked, session, &layout, &prepared)
        },
    )
}

/// Becomes the command in the environment that was found.
fn become_it(asked: &Asked, session: &Session, layout: &Layout, prepared: &launch::Prepared) -> Result<u8, Failure> {
    let prefix = prepared.recorded.prefix.path();
    let entered = launch::enter(&session.caller, layout, &prefix, &prepared.launch);
    let mut inside = entered.map_err(|failure| prepared.blame(failure))?;
    if prepared.dotenv && !asked.no_dotenv {
        launch::dotenv::add(&mut inside, &session.caller, layout);
    }
    let mut words: Vec<OsString> = prepared.launch.wrapper.iter().map(|word| word.os_str().into_owned()).collect();
    words.extend(asked.command.iter().cloned());
    let Some((name, args)) = words.split_first() else { return Err(Failure::usage("missing command")) };
    let shown = layout.show(&prepared.recorded.prefix.path());
    let interpreter = prepared.recorded.interpreter.path();
    let home = Home { shown: &shown, interpreter: &interpreter, launch: &prepared.launch };
    let program = launch::resolve(name, &inside, &home).map_err(|failure| prepared.blame(failure))?;
    if !inside.owns(&program) && !prepared.prefix_stamp.holds() {
        return Err(launch::replaced(&shown));
    }
    caution(asked, session, prepared);
    launch::exec(&program, name, args, &inside).map_err(|failure| prepared.blame(failure))
}

fn caution(asked: &Asked, session: &Session, prepared: &launch::Prepared) {
    let Some(caution) = launch::caution(&prepared.launch, &asked.command) else { return };
    session.console.warning(&caution.message);
    if !caution.remedy.is_none() {
        session.console.hint(&caution.remedy.to_string());
    }
}

/// The project's root. Only where no folder was initialised is looked for other signs, which takes longer.
pub fn root(session: &Session) -> Result<PathBuf, Failure> {
    if let Some(root) = find::initialised(&session.caller) {
        return Ok(root);
    }
    let found = Backends::known(session)?.project(session);
    found.map(|found| found.root().to_owned()).ok_or_else(|| launch::no_project(session.caller.folder()))
}
