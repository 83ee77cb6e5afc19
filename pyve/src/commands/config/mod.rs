//! `pyve config`: what is set, where each value comes from, and which backend that makes.

mod report;

use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command};
use pyve_plugin_api::Description;

use super::Entry;
use crate::config::{Config, Said, schema};
use crate::failure::exit;
use crate::project::{DEFAULT_ENVIRONMENT, Layout, find};
use crate::registry;
use crate::selection::{self, Candidate, Inputs, Selection};
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
    let known = registry::descriptions()?;
    if matches.get_flag("schema") {
        session.console.result(&serde_json::to_string_pretty(&schema(&known))?);
        return Ok(exit::DONE);
    }
    let found = project(session, &known);
    let layout = Layout::new(found.as_ref().map_or(session.caller.folder(), find::Found::root));
    // Outside of a project nothing is asked: what lies in the home folder is nobody's project.
    let (config, current) = match &found {
        Some(_) => (Config::load(&layout, &known)?, selection::current(&layout, DEFAULT_ENVIRONMENT)?),
        None => (Config::default(), None),
    };
    let candidates = candidates(found.as_ref())?;
    let selection = choose(session, &config, current, &candidates)?;
    let chosen = candidates.iter().filter(|candidate| candidate.id == selection.backend);
    let report = Report::new(Facts {
        layout: &layout,
        found: found.is_some(),
        config: &config,
        known: &known,
        selection: &selection,
        files: chosen.flat_map(|candidate| &candidate.sightings).map(|sighting| sighting.file.clone()).collect(),
        session,
    });
    if matches.get_flag("json") {
        session.console.result(&serde_json::to_string_pretty(&report)?);
    } else {
        session.console.result(&report.text());
        selection.warnings.iter().for_each(|warning| session.console.warning(warning));
    }
    Ok(exit::DONE)
}

fn project(session: &Session, known: &[Description]) -> Option<find::Found> {
    let markers = known.iter().flat_map(|description| &description.markers).map(|marker| marker.file.as_str());
    find::project(session.caller.folder(), session.caller.home().as_deref(), markers)
}

/// Every backend, and what of the project asks for it.
fn candidates(project: Option<&find::Found>) -> Result<Vec<Candidate>> {
    let candidates = registry::BUILT_IN.iter().map(|factory| {
        let sightings = project.map(|found| (factory.make)().detect(found.root())).transpose()?.unwrap_or_default();
        Ok(Candidate { id: factory.id.to_owned(), builtin: true, sightings })
    });
    candidates.collect()
}

fn choose(
    session: &Session,
    config: &Config,
    current: Option<Said<String>>,
    candidates: &[Candidate],
) -> Result<Selection> {
    let plugins = session.caller.pyve_home().ok().map(|home| home.join("plugins"));
    Ok(selection::select(&Inputs {
        flag: None,
        config: config.backend(),
        current,
        candidates,
        default: registry::DEFAULT,
        plugins: plugins.as_deref(),
    })?)
}
