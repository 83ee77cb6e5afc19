//! `pyve config`: what is set, where each value comes from, and which backend that makes.

mod report;

use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command};
use pyve_plugin_api::Description;

use super::Entry;
use crate::backends::Backends;
use crate::config::{Config, schema};
use crate::failure::exit;
use crate::project::{DEFAULT_ENVIRONMENT, Layout, find};
use crate::registry;
use crate::selection::{self, Candidate, Inputs};
use crate::session::Session;
use report::{Facts, Report};

pub const ENTRY: Entry = Entry { name: "config", arguments, execute, failed: |code| code };

fn arguments() -> Command {
    Command::new("config")
        .about("Show every setting, where it comes from, and the backend that is chosen")
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
    let backends = Backends::known(session)?;
    if matches.get_flag("schema") {
        session.console.result(&serde_json::to_string_pretty(&schema(backends.descriptions()))?);
        return Ok(exit::DONE);
    }
    let (report, warnings) = report(session, &backends)?;
    if matches.get_flag("json") {
        session.console.result(&serde_json::to_string_pretty(&report)?);
    } else {
        session.console.result(&report.text());
        warnings.iter().for_each(|warning| session.console.warning(warning));
    }
    Ok(exit::DONE)
}

/// The report, and the warnings that belong to the choice in it.
fn report(session: &Session, backends: &Backends) -> Result<(Report, Vec<String>)> {
    let known = backends.descriptions();
    let found = backends.project(session);
    let layout = Layout::new(found.as_ref().map_or(session.caller.folder(), find::Found::root));
    // Outside of a project nothing is asked: what lies in the home folder is nobody's project.
    let (config, current, candidates) = match &found {
        Some(_) => {
            let current = selection::current(&layout, DEFAULT_ENVIRONMENT)?;
            (Config::load(&layout, known)?, current, backends.candidates(layout.root())?)
        }
        None => (Config::default(), None, strangers(known)),
    };
    let selection = selection::select(&Inputs {
        flag: None,
        config: config.backend(),
        current,
        candidates: &candidates,
        default: registry::DEFAULT,
        plugins: backends.plugins.as_deref(),
    })?;
    let chosen = candidates.iter().filter(|candidate| candidate.id == selection.backend);
    let files = chosen.flat_map(|candidate| &candidate.sightings).map(|sighting| sighting.file.clone()).collect();
    let (found, selection) = (found.is_some(), &selection);
    let report = Report::new(Facts { layout: &layout, found, config: &config, known, selection, files, session });
    Ok((report, selection.warnings.clone()))
}

/// The backends where there is no project to ask for one.
fn strangers(known: &[Description]) -> Vec<Candidate> {
    let stranger = |description: &Description| Candidate {
        id: description.id.to_string(),
        builtin: registry::find(&description.id).is_some(),
        sightings: Vec::new(),
    };
    known.iter().map(stranger).collect()
}
