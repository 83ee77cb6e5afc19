//! `pyve python-version V`: pin the project's Python version, and install it where that can be done.

use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command};
use pyve_plugin_api::{Step, Tool};

use super::entry::Entry;
use crate::config::CommandLine;
use crate::context::{Asked, ProjectContext, Session, Wanted};
use crate::failure::{Failure, exit};
use crate::init::options::Bootstrap;
use crate::init::tool::{Terms, obtain};
use crate::records::{Artifact, Lock};
use crate::steps::{Action, carry_out, recover};

pub const ENTRY: Entry = Entry { name: "python-version", arguments, execute, failed: |code| code };

/// What others that wait for it are told.
const COMMAND: &str = "pyve python-version";

const AFTER_HELP: &str = "\
The version is written where the version manager reads it: .tool-versions or .python-version. An existing environment keeps \
its Python until `pyve init --force`.

Examples:
  pyve python-version 3.12";

fn arguments() -> Command {
    Command::new("python-version")
        .about("Pin the project's Python version")
        .after_help(AFTER_HELP)
        .arg(Arg::new("VERSION").required(true).help("The Python version, such as 3.12 or 3.12.4"))
        .arg(Arg::new("yes").long("yes").short('y').help("Install it without asking").action(ArgAction::SetTrue))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let version = matches.get_one::<String>("VERSION").map_or("", String::as_str);
    let choice = ProjectContext::here(session, Wanted::default())?;
    session.tell_project(choice.layout.root());
    recover::recover(&choice.layout, COMMAND, &session.console)?;
    let asked = Asked { line: &CommandLine::default(), python: Some(version), recorded: None, strict: false };
    let request = choice.request(session, asked)?;
    let answer = choice.backend.ensure_tool(&request, &session.hosting(&choice.layout).for_environment())?;
    let pins = answer.pins.to_vec();
    let ask = session.ask(matches.get_flag("yes"));
    let terms = Terms { bootstrap: &Bootstrap::Ask, ask: &ask, console: &session.console, dry_run: false };
    let obtained = obtain(answer, &choice.description, &terms)?;
    if pins.is_empty() {
        if let Some(place) = said_already(&choice, session, &obtained.tool)? {
            session
                .console
                .done(&format!("`{place}` already asks for {} {}", choice.description.tool, obtained.tool.version));
            return Ok(exit::DONE);
        }
        return Err(Failure::new(format!("could not pin Python {version}: no version manager found"))
            .remedy("install asdf or pyenv, or set `python.version` in `.pyve/config`")
            .into());
    }
    let home = session.caller.pyve_home();
    let console = &session.console;
    let allowed = session.allowed_paths(&choice.layout).backend(&choice.description.id);
    let executor = session.executor(&ask, &choice.layout, home.as_deref(), allowed);
    let steps: Vec<Step> = obtained.steps.into_iter().chain(pins.iter().cloned()).collect();
    executor.allowed.check(&steps)?;
    let initialised = choice.layout.folder().is_dir();
    let lock = initialised.then(|| Lock::wait(&choice.layout, COMMAND, console)).transpose()?;
    lock.as_ref().map_or(Ok(()), |lock| recover::restore(&choice.layout, lock, console))?;
    carry_out(&steps.into_iter().map(Action::from).collect::<Vec<_>>(), &executor)?;
    if let Some(mut record) = choice.record()?.mine() {
        for pin in &pins {
            record.made.retain(|made| !matches!(made, Artifact::Line { path, .. } if *path == pin.path));
            let (path, key) = (pin.path.clone(), pin.key.to_string());
            record.remember(Artifact::Line { path, key, line: pin.text(), created: false });
        }
        record.save(&choice.layout)?;
    }
    for pin in &pins {
        console.done(&format!("{}: {}", choice.layout.show(&pin.path.path()), pin.text()));
    }
    Ok(exit::DONE)
}

/// Where the project asks for the very version of `tool` by itself. Its own description only limits the version.
fn said_already(choice: &ProjectContext, session: &Session, tool: &Tool) -> Result<Option<String>> {
    let asked = Asked { line: &CommandLine::default(), python: None, recorded: None, strict: false };
    let answer = choice.backend.ensure_tool(&choice.request(session, asked)?, &session.hosting(&choice.layout))?;
    let same = answer.found.as_ref().into_option().is_some_and(|found| found.version == tool.version);
    let place = answer.required_by.to_string();
    let limits = choice.description.markers.iter().any(|marker| place.starts_with(marker.file.as_str()));
    Ok(Some(place).filter(|place| same && !place.is_empty() && !limits))
}
