//! `pyve config`: settings, their sources and the selected backend.

mod report;

use anyhow::Result;
use clap::{ArgMatches, Command};

use super::entry::{Entry, environment, switch};
use crate::config::schema;
use crate::context::{Backends, ProjectContext, Session, Wanted};
use crate::failure::exit;
use report::Report;

pub const ENTRY: Entry = Entry { name: "config", arguments, execute, failed: |code| code };

const AFTER_HELP: &str = "\
Settings are read from .pyve/config in the project, which you can edit and commit, and from ~/.pyve/config.

Examples:
  pyve config            Show settings and their sources
  pyve config --env dev  Show those of one environment
  pyve config --json     Print JSON
  pyve config --schema   Print the JSON Schema, for editors";

fn arguments() -> Command {
    Command::new("config")
        .about("Show settings, their sources and the selected backend")
        .after_help(AFTER_HELP)
        .arg(environment("Show the settings of the environment of this name"))
        .arg(switch("json", "Print JSON"))
        .arg(switch("schema", "Print the JSON Schema of .pyve/config").conflicts_with("json"))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    if matches.get_flag("schema") {
        session.console.result(&serde_json::to_string_pretty(&schema(Backends::known(session)?.descriptions()))?);
        return Ok(exit::DONE);
    }
    let wanted = Wanted { environment: matches.get_one("env"), ..Wanted::default() };
    let choice = ProjectContext::here(session, wanted)?;
    let report = Report::new(&choice, session)?;
    if matches.get_flag("json") {
        session.console.result(&serde_json::to_string_pretty(&report)?);
    } else {
        session.console.result(&report.text());
        choice.selection.warnings.iter().for_each(|warning| session.console.warning(&warning.to_string()));
    }
    Ok(exit::DONE)
}
