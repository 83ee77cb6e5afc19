//! `pyve activate` and `pyve deactivate`: code for the shell's hook to evaluate, or what to do where there is no hook.

use std::ffi::OsString;
use std::io::{IsTerminal, Read};

use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::entry::{Entry, environment, no_dotenv, option};
use super::run;
use crate::activation::{self, Activating, Arrival, Memory, Shell, Statement};
use crate::config::Config;
use crate::context::{Backends, Session};
use crate::environments;
use crate::failure::{Failure, exit, reason};
use crate::files::prompt;
use crate::launch::{self, Prepared};
use crate::project::{EnvironmentName, Layout};
use crate::records::lock;

pub const ACTIVATE: Entry = Entry { name: "activate", arguments: activate, execute: do_activate, failed: |code| code };
pub const DEACTIVATE: Entry =
    Entry { name: "deactivate", arguments: deactivate, execute: do_deactivate, failed: |code| code };

const AFTER_ACTIVATE: &str = "\
It needs the hook in the shell's startup file; see `pyve shell-hook --help`. The environment and its variables are those \
of `pyve run`; an environment that is active already is deactivated first.

Examples:
  pyve activate                   Activate the project's default environment
  pyve activate dev               Activate the environment `dev`
  pyve -C ~/src/site activate     Activate that of another project";

const AFTER_DEACTIVATE: &str = "\
It needs the hook in the shell's startup file; see `pyve shell-hook --help`. Every variable that is still as the environment \
set it is restored; what you changed since stays.";

fn activate() -> Command {
    Command::new("activate")
        .about("Activate an environment in this shell")
        .after_help(AFTER_ACTIVATE)
        .arg(
            Arg::new("ENV")
                .help("The name of the environment [default: the one that `pyve run` uses]")
                .value_parser(str::parse::<EnvironmentName>)
                .conflicts_with("env"),
        )
        .arg(environment("The same as ENV"))
        .arg(option("backend", "BACKEND", "Use the environment of this backend").value_parser(run::backend_id))
        .arg(no_dotenv())
        .arg(
            // What a shell says that enters projects with the directory.
            Arg::new("auto")
                .long("auto")
                .value_name("MEMORY")
                .value_parser(str::parse::<Memory>)
                .requires("shell")
                .conflicts_with_all(["ENV", "env", "backend", "after-scripts"])
                .hide(true),
        )
        .args(of_hooks())
}

fn deactivate() -> Command {
    Command::new("deactivate")
        .about("Deactivate the environment that is active in this shell")
        .after_help(AFTER_DEACTIVATE)
        .args(of_hooks())
}

/// What only hooks and printed code say.
fn of_hooks() -> [Arg; 2] {
    let shell = Arg::new("shell").long("shell").value_name("SHELL").value_parser(activation::names()).hide(true);
    let after = Arg::new("after-scripts").long("after-scripts").action(ArgAction::SetTrue).hide(true);
    [shell, after.requires("shell")]
}

fn do_activate(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let shell = shell(matches, "activate")?;
    if matches.get_flag("after-scripts") {
        return print(session, shell, &activation::after_activation(&session.caller, &input()?)?);
    }
    if let Some(memory) = matches.get_one::<Memory>("auto") {
        return arrive(session, shell, memory);
    }
    let layout = session.layout(run::root(session)?);
    let flag = matches.get_one("ENV").or_else(|| matches.get_one("env"));
    let named = environments::named_or_active(flag, &session.caller, layout.root())?.map(|meant| meant.name);
    let backend = matches.get_one::<String>("backend").map(String::as_str).filter(|backend| *backend != "auto");
    let is_busy = || lock::holder(&layout).is_some();
    let prepared = launch::patiently(is_busy, || launch::prepare(session, &layout, named.as_ref(), backend))?;
    session.tell_project(layout.root());
    let statements = activation::activate(&Activating {
        by_directory: false,
        dotenv: !matches.get_flag("no-dotenv"),
        again: again(matches, session, shell, &prepared),
        ..activating(session, &layout, &prepared, shell)?
    });
    print(session, shell, &statements.map_err(|failure| prepared.blame(failure))?)
}

/// For a shell that is in another directory than before.
fn arrive(session: &Session, shell: &dyn Shell, memory: &Memory) -> Result<u8> {
    let enter =
        |layout: &Layout, prepared: &Prepared| activation::activate(&activating(session, layout, prepared, shell)?);
    let outcome = Arrival { session, shell, memory: memory.clone(), enter: &enter }.outcome()?;
    outcome.note.iter().for_each(|note| session.console.info(note));
    print(session, shell, &outcome.into_statements())
}

/// Entering with the directory.
fn activating<'a>(
    session: &'a Session,
    layout: &'a Layout,
    prepared: &'a Prepared,
    shell: &'a dyn Shell,
) -> Result<Activating<'a>, Failure> {
    Ok(Activating {
        caller: &session.caller,
        layout,
        prepared,
        shell,
        prompt: prompt(session, layout, prepared)?,
        by_directory: true,
        dotenv: true,
        again: ["activate", "--shell", shell.name(), "--auto", ""].map(OsString::from).to_vec(),
        after_scripts: ["activate", "--shell", shell.name(), "--after-scripts"].map(OsString::from).to_vec(),
    })
}

fn do_deactivate(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let shell = shell(matches, "deactivate")?;
    let statements = if matches.get_flag("after-scripts") {
        activation::after_deactivation(&session.caller, &input()?)?
    } else {
        let mut statements = activation::deactivate(&session.caller, shell)?;
        statements.extend(activation::left_by_hand(session));
        statements
    };
    print(session, shell, &statements)
}

fn print(session: &Session, shell: &dyn Shell, statements: &[Statement]) -> Result<u8> {
    session.console.bytes(&shell.render(statements));
    Ok(exit::DONE)
}

/// The shell that the hook names. Nobody guesses it, and code on a terminal is evaluated by nobody.
fn shell(matches: &ArgMatches, command: &str) -> Result<&'static dyn Shell, Failure> {
    let named = matches.get_one::<String>("shell").and_then(|name| activation::find(name));
    match named {
        Some(shell) if !std::io::stdout().is_terminal() => Ok(shell),
        Some(shell) => {
            let line = shell.evaluation(&format!("pyve {command} --shell {}", shell.name()));
            Err(Failure::new("this prints code for the shell to evaluate").remedy(format!("type `{line}`")))
        }
        None => {
            let failure = Failure::new(format!("`pyve {command}` needs pyve's hook in this shell"));
            let lines = activation::ALL.iter().map(|shell| format!("{}: {}", shell.name(), shell.hook_line()));
            let failure = lines.fold(failure, Failure::detail);
            Err(failure.remedy("type the line of your shell, then the command again"))
        }
    }
}

/// How the environment shows in the prompt.
fn prompt(session: &Session, layout: &Layout, prepared: &Prepared) -> Result<Option<String>, Failure> {
    let backends = Backends::known(session)?;
    let config = Config::load(layout, backends.descriptions())?;
    let config = config.of_environment(&prepared.environment, backends.descriptions());
    let name = prepared.recorded.name.as_str();
    Ok(config.prompt_format().map(|format| prompt::prefix(format, &prepared.backend, name)))
}

/// The arguments with which the shell asks once more, for the very same environment.
fn again(matches: &ArgMatches, session: &Session, shell: &dyn Shell, prepared: &Prepared) -> Vec<OsString> {
    let mut words: Vec<OsString> = Vec::new();
    if !session.caller.changes().is_empty() {
        words.extend(["-C".into(), session.caller.folder().into()]);
    }
    words.extend(["activate", "--shell", shell.name(), &prepared.environment].map(OsString::from));
    if let Some(backend) = matches.get_one::<String>("backend") {
        words.extend(["--backend".into(), backend.into()]);
    }
    words.extend(matches.get_flag("no-dotenv").then(|| "--no-dotenv".into()));
    words
}

/// What the printed code hands on, which is plain text; all else is refused by whoever unpacks it.
fn input() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().read_to_end(&mut bytes);
    read.map_err(|error| {
        Failure::new(format!("could not read standard input: {}", reason(&error)))
            .remedy("leave `--after-scripts` to the code that `pyve activate` and `pyve deactivate` print")
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
