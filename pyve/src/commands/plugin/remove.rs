//! `pyve plugin remove`: the plugin's file and record go; projects made with it stay as they are.

use anyhow::Result;
use clap::{ArgMatches, Command};

use super::argument;
use super::lookup::{find, inventory};
use crate::commands::entry::Entry;
use crate::context::Session;
use crate::failure::{Failure, exit};
use crate::plugins::{Folder, store};

pub const ENTRY: Entry = Entry { name: "remove", arguments, execute, failed: |code| code };

fn arguments() -> Command {
    Command::new("remove").about("Remove a plugin").arg(argument::id()).arg(argument::yes())
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let inventory = inventory(session)?;
    let name: &String = matches.get_one("ID").expect("clap requires it");
    let known = find(&inventory, name)?;
    let question = format!("Remove plugin `{}` ({})?", known.name(), known.path.display());
    let reply = session.ask(matches.get_flag("yes")).confirm(&question, true, false);
    if !reply.is_yes() {
        let kept = format!("plugin `{}` was not removed", known.name());
        let unanswered = || {
            Failure::new(format!("{kept}: nobody said yes")).command([
                "pyve",
                "plugin",
                "remove",
                "--yes",
                &known.name(),
            ])
        };
        return Err(reply.failure(&kept, unanswered).into());
    }
    store::remove(&Folder::of(&session.pyve_home()?), known)?;
    session.console.done(&format!("removed plugin `{}`", known.name()));
    Ok(exit::DONE)
}
