//! `pyve plugin trust`: a plugin that changed or crashed is examined, tried and shown again, and used again after a yes.

use anyhow::Result;
use clap::{ArgMatches, Command};

use super::lookup::{find, inventory};
use super::{argument, show};
use crate::commands::entry::Entry;
use crate::context::Session;
use crate::failure::{Failure, exit};
use crate::plugins::{Folder, Known, Origin, State, probe, store};

pub const ENTRY: Entry = Entry { name: "trust", arguments, execute, failed: |code| code };

fn arguments() -> Command {
    Command::new("trust").about("Trust a plugin that changed or crashed").arg(argument::id()).arg(argument::yes())
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let inventory = inventory(session)?;
    let name: &String = matches.get_one("ID").expect("clap requires it");
    let known = find(&inventory, name)?;
    let Some(recorded) = &known.entry else {
        return Err(known.trouble().unwrap_or_else(|| Failure::new(format!("plugin `{name}` was never added"))).into());
    };
    match &known.state {
        State::Trusted => {
            session.console.info(&format!("plugin `{name}` is already trusted"));
            return Ok(exit::DONE);
        }
        State::Missing | State::NotAdded | State::Replaced(_) | State::Refused(_) => {
            return Err(known.trouble().unwrap_or_default().into());
        }
        State::Quarantined(why) => session.console.note(&format!("Plugin `{name}` was disabled: {why}.")),
        State::Changed(what) => session.console.note(&format!("Plugin `{name}` has changed: {what}.")),
    }
    let examined = probe::examine(&session.caller, &known.path)?;
    if examined.id() != recorded.id() {
        let why = format!("{} now has the ID `{}`, not `{name}`", known.path.display(), examined.id());
        return Err(Failure::new(why).command(["pyve", "plugin", "remove", name]).into());
    }
    for line in show::entry(&examined.clone().entry(recorded.file.clone())) {
        session.console.note(&line);
    }
    let reply = session.ask(matches.get_flag("yes")).confirm(&format!("Trust plugin `{name}`?"), false, false);
    if !reply.is_yes() {
        let kept = format!("plugin `{name}` is still not used");
        let unanswered =
            || Failure::new(format!("{kept}: nobody said yes")).command(["pyve", "plugin", "trust", "--yes", name]);
        return Err(reply.failure(&kept, unanswered).into());
    }
    store::trust(&folder(known, session)?, recorded.id(), examined)?;
    session.console.done(&format!("trusted plugin `{name}`"));
    Ok(exit::DONE)
}

fn folder(known: &Known, session: &Session) -> Result<Folder> {
    let home = session.pyve_home()?;
    Ok(match known.origin {
        Origin::Added => Folder::of(&home),
        Origin::Development => Folder::of_development(&home),
    })
}
