//! `pyve python list`: every Python that pyve can see.

use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command};
use pyve_plugin_api::OsText;
use pyve_pythons::{Candidate, Machine, in_order};
use serde::Serialize;

use super::rows::{self, Row};
use super::selected::Selected;
use crate::commands::entry::Entry;
use crate::commands::side_by_side::side_by_side;
use crate::config::printable;
use crate::context::Session;
use crate::failure::exit;

pub const ENTRY: Entry = Entry { name: "list", arguments, execute, failed: |code| code };

/// The version of the JSON.
const SCHEMA: u32 = 1;

const AFTER_HELP: &str = "\
Looked at are asdf, pyenv, ~/.pyve/pythons and PATH, as `pyve init` does. The one marked with `*` is what `pyve init` takes. \
Shims and virtual environments stand for the Python behind them; what is there by several names is listed once.

Examples:
  pyve python list          List the Pythons of this machine
  pyve python list --all    Also list their other names
  pyve python list --json   Print JSON";

fn arguments() -> Command {
    let switch =
        |name: &'static str, help: &'static str| Arg::new(name).long(name).help(help).action(ArgAction::SetTrue);
    Command::new("list")
        .about("List the Pythons of this machine, and which one the project takes")
        .after_help(AFTER_HELP)
        .arg(switch("all", "Also list other names of the same Python"))
        .arg(switch("json", "Print JSON"))
}

#[derive(Serialize)]
struct Document {
    schema: u32,
    project: OsText,
    /// Why the one that is selected is; `null` where none is.
    reason: Option<String>,
    /// Why none is.
    missing: Option<String>,
    pythons: Vec<Row>,
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let (choice, layout) = Selected::project(session);
    let (home, host) = (session.caller.pyve_home(), session.hosting(&layout));
    let candidates = Machine { host: &host, project: layout.root(), pyve: home.as_deref() }.candidates();
    let examine = |candidate: &Candidate| candidate.examine(&session.hosting(&layout));
    let listed = in_order(side_by_side(&candidates, examine));
    // Afterwards: what they answered is known by then.
    let selected = Selected::of(choice, session);
    let rows = rows::all(listed, &selected);
    if matches.get_flag("json") {
        let Selected { reason, missing, .. } = selected;
        let project = layout.root().into();
        let document = Document { schema: SCHEMA, project, reason, missing, pythons: rows };
        session.console.result(&serde_json::to_string_pretty(&document)?);
        return Ok(exit::DONE);
    }
    session.tell_project(layout.root());
    let lines = rows::lines(&rows, matches.get_flag("all"));
    lines.iter().chain([&String::new(), &selected.line()]).for_each(|line| session.console.result(&printable(line)));
    Ok(exit::DONE)
}
