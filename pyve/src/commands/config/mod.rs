//! `pyve config`: what is set, where each value comes from, and which backend that makes.

mod report;

use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::entry::Entry;
use crate::config::schema;
use crate::context::{Backends, ProjectContext, Session, Wanted};
use crate::failure::exit;
use report::Report;

pub const ENTRY: Entry = Entry { name: "config", arguments, execute, failed: |code| code };

const AFTER_HELP: &str = "\
Settings stand in .pyve/config, which is yours to edit and to commit, and in ~/.pyve/config for all your projects.

Examples:
  pyve config           what is set, and who says so
  pyve config --json    the same for programs
  pyve config --schema  for an editor that checks .pyve/config";

fn arguments() -> Command {
    Command::new("config")
        .about("Show every setting, where it comes from, and the backend that is chosen")
        .after_help(AFTER_HELP)
        .arg(Arg::new("json").long("json").help("Print it as JSON").action(ArgAction::SetTrue))
        .arg(
            Arg::new("schema")
                .long("schema")
                .conflicts_with("json")
                .help("Print the JSON Schema of .pyve/config")
                .action(ArgAction::SetTrue),
        )
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    if matches.get_flag("schema") {
        session.console.result(&serde_json::to_string_pretty(&schema(Backends::known(session)?.descriptions()))?);
        return Ok(exit::DONE);
    }
    let choice = ProjectContext::here(session, Wanted::default())?;
    let report = Report::new(&choice, session)?;
    if matches.get_flag("json") {
        session.console.result(&serde_json::to_string_pretty(&report)?);
    } else {
        session.console.result(&report.text());
        choice.selection.warnings.iter().for_each(|warning| session.console.warning(warning));
    }
    Ok(exit::DONE)
}
