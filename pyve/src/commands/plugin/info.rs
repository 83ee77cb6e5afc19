//! `pyve plugin info`: all that is known of one plugin.

use anyhow::Result;
use clap::{ArgMatches, Command};

use super::lookup::{find, inventory};
use super::{argument, show};
use crate::commands::entry::Entry;
use crate::context::Session;
use crate::failure::exit;

pub const ENTRY: Entry = Entry { name: "info", arguments, execute, failed: |code| code };

fn arguments() -> Command {
    Command::new("info").about("Show a plugin").arg(argument::id()).arg(argument::json())
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let inventory = inventory(session)?;
    let name: &String = matches.get_one("ID").expect("clap requires it");
    let known = find(&inventory, name)?;
    if matches.get_flag("json") {
        session.console.result(&show::document("plugin", show::json(known)));
        return Ok(exit::DONE);
    }
    let mut lines = known.entry.as_ref().map(show::entry).unwrap_or_default();
    lines.extend(known.entry.iter().flat_map(show::origin));
    lines.extend(known.note().iter().map(show::note));
    lines.push(show::line("file", &known.path.display().to_string()));
    lines.push(show::line("state", known.state.as_str()));
    if let Some(trouble) = known.trouble() {
        lines.push(show::line("reason", &trouble.message));
        if !trouble.remedy.is_none() {
            lines.push(show::line("remedy", &trouble.remedy.to_string()));
        }
    }
    session.console.result(&lines.join("\n"));
    Ok(exit::DONE)
}
