//! `pyve envs`: the environments of a project.

mod row;
mod size;
mod text;

use std::sync::Arc;

use anyhow::Result;
use clap::{ArgMatches, Command};
use serde::Serialize;

use super::entry::{Entry, switch};
use super::side_by_side::side_by_side;
use crate::config::Config;
use crate::context::{Backends, Session};
use crate::environments;
use crate::failure::exit;
use crate::launch;
use row::{Place, Row};

pub const ENTRY: Entry = Entry { name: "envs", arguments, execute, failed: |code| code };

/// The version of the JSON.
const SCHEMA: u32 = 1;

const AFTER_HELP: &str = "\
Environments are named in .pyve/config below `envs:`, by files of the backend's own (as pixi.toml names them) or created with \
`pyve init --env NAME`. The one marked with `*` is meant where none is named: by `--env`, PYVE_ENV or `default_env:`.

Examples:
  pyve envs           List environments and their state
  pyve envs --size    Also measure their size on disk
  pyve envs --json    Print JSON";

fn arguments() -> Command {
    Command::new("envs")
        .about("List the project's environments")
        .after_help(AFTER_HELP)
        .arg(switch("size", "Measure the size of each on disk"))
        .arg(switch("json", "Print JSON"))
}

#[derive(Serialize)]
struct Document {
    schema: u32,
    project: pyve_plugin_api::OsText,
    environments: Vec<Row>,
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let session = &session.read_only();
    let backends = Arc::new(Backends::known(session)?);
    let found = backends.project(session).ok_or_else(|| launch::no_project(session.caller.folder()))?;
    let layout = session.layout(found.root());
    let config = Config::load(&layout, backends.descriptions())?;
    let meant = environments::meant(None, &session.caller, layout.root(), &config)?;
    let place = Place { layout: &layout, config: &config, meant: &meant.name, backends: &backends, session };
    let declared = place.declared();
    let mut names = environments::recorded_or_named(&layout, &config);
    names.extend(declared.keys().cloned());
    if !names.contains(&meant.name) {
        names.push(meant.name.clone());
    }
    let names = environments::sorted(names);
    let mut rows = side_by_side(&names, |name| place.row(name, declared.get(name)));
    if matches.get_flag("size") {
        size::measure(&mut rows);
    }
    session.tell_project(layout.root());
    if matches.get_flag("json") {
        let document = Document { schema: SCHEMA, project: layout.root().into(), environments: rows };
        session.console.result(&serde_json::to_string_pretty(&document)?);
    } else {
        text::lines(&rows).iter().for_each(|line| session.console.result(line));
    }
    Ok(exit::DONE)
}
