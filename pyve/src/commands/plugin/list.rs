//! `pyve plugin list`: which plugins there are, and whether they can be used.

use anyhow::Result;
use clap::{ArgMatches, Command};
use pyve_plugin_api::Description;
use serde_json::Value;

use super::lookup::inventory;
use super::{argument, show};
use crate::commands::entry::Entry;
use crate::context::Session;
use crate::failure::exit;
use crate::plugins::Known;
use crate::ui::Volume;

pub const ENTRY: Entry = Entry { name: "list", arguments, execute, failed: |code| code };

fn arguments() -> Command {
    Command::new("list").about("List plugins and their state").arg(argument::json())
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let inventory = inventory(session)?;
    if matches.get_flag("json") {
        let plugins = inventory.plugins.iter().map(show::json).collect::<Vec<Value>>();
        session.console.result(&show::document("plugins", plugins.into()));
        return Ok(exit::DONE);
    }
    if inventory.plugins.is_empty() {
        session.console.info("no plugins found; add one with `pyve plugin add FILE`");
    }
    let width = inventory.plugins.iter().map(|known| known.name().chars().count()).max().unwrap_or(0);
    let with_source = session.console.volume() >= Volume::Verbose;
    for known in &inventory.plugins {
        for line in lines(known, width, with_source) {
            session.console.result(&line);
        }
    }
    Ok(exit::DONE)
}

fn lines(known: &Known, width: usize, with_source: bool) -> Vec<String> {
    let (name, state) = (known.name(), known.state.as_str());
    let noted = || known.note().map(|note| (note.version, format!("crate {}", note.name))).unwrap_or_default();
    let told = |told: &Description| (told.version.to_string(), told.summary.to_string());
    let (version, summary) = known.description().map_or_else(noted, told);
    let mut lines = vec![format!("{name:<width$}  {version:<8}  {state:<11}  {summary}").trim_end().to_owned()];
    let source =
        known.entry.iter().map(|entry| entry.source.display()).find(|source| with_source && !source.is_empty());
    lines.extend(source.map(|source| format!("    from {source}")));
    if let Some(trouble) = known.trouble() {
        lines.push(format!("    {}", trouble.message));
        if !trouble.remedy.is_none() {
            lines.push(format!("    {}", trouble.remedy));
        }
    }
    lines
}
