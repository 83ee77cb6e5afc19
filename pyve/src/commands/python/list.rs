//! `pyve python list`: every Python that pyve can see.

use anyhow::Result;
use clap::{ArgMatches, Command};
use pyve_plugin_api::OsText;
use pyve_pythons::builds::{Installed, Platform, PythonBuild, present};
use pyve_pythons::{Candidate, Machine, in_order};
use serde::Serialize;

use super::install::of_request;
use super::rows::{self, Row};
use super::selected::Selected;
use crate::commands::entry::{Entry, switch};
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
  pyve python list --all    Also list other names, and what could be installed
  pyve python list --json   Print JSON";

fn arguments() -> Command {
    Command::new("list")
        .about("List the Pythons of this machine, and which one the project takes")
        .after_help(AFTER_HELP)
        .arg(switch("all", "Also list other names of the same Python, and what could be installed"))
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
    /// The versions that `pyve python install` could bring.
    available: Vec<String>,
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let (choice, layout) = Selected::project(session);
    let (home, host) = (session.caller.pyve_home(), session.hosting(&layout));
    let candidates = Machine { host: &host, project: layout.root(), pyve: home.as_deref() }.candidates();
    let examine = |candidate: &Candidate| candidate.examine(&session.hosting(&layout));
    let listed = in_order(side_by_side(&candidates, examine));
    // Afterwards: what they answered is known by then.
    let selected = Selected::of(&choice, session);
    let builds = home.as_deref().map(present).unwrap_or_default();
    let (rows, available) = (rows::all(listed, &selected, &builds), available(&builds));
    if matches.get_flag("json") {
        let Selected { reason, missing, .. } = selected;
        let project = layout.root().into();
        let document = Document { schema: SCHEMA, project, reason, missing, pythons: rows, available };
        session.console.result(&serde_json::to_string_pretty(&document)?);
        return Ok(exit::DONE);
    }
    session.tell_project(layout.root());
    let all = matches.get_flag("all");
    let available = if all { available } else { Vec::new() };
    let mut lines = rows::lines(&rows, all, &available);
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.iter().chain([&selected.line()]).for_each(|line| session.console.result(&printable(line)));
    let missing = selected.requested.filter(|_| selected.python.is_none());
    if let Some(Ok((build, _))) = missing.map(|requested| of_request(&requested, &host)) {
        session.console.hint(&format!("download CPython {}: `pyve python install`", build.version));
    }
    for build in rows.iter().filter(|row| row.is_unused()) {
        let version = build.version.as_ref().unwrap_or(&build.name);
        session.console.info(&format!(
            "note: no environment that pyve knows of uses its {version}; to remove it: `pyve python uninstall {version}`"
        ));
    }
    Ok(exit::DONE)
}

/// The pinned builds for this machine that are not there.
fn available(present: &[Installed]) -> Vec<String> {
    let Ok(platform) = Platform::here() else { return Vec::new() };
    let is_there =
        |build: &PythonBuild| present.iter().any(|it| (&it.version, it.platform) == (&build.version, platform));
    let missing = PythonBuild::pinned(platform).into_iter().filter(|build| !is_there(build));
    missing.map(|build| build.version.to_string()).collect()
}
