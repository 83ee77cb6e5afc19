//! `pyve plugin`: the backends that others ship.

mod add;
mod check;
mod info;
mod list;
mod new;
mod remove;
mod show;
mod source;
mod trust;
mod try_out;

use anyhow::Result;
use clap::{ArgMatches, Command};

use super::Entry;
use crate::context::Session;
use crate::failure::{Failure, exit};
use crate::plugins::{self, Inventory, Known};
use crate::ui::suggest::nearest;

pub const ENTRY: Entry = Entry { name: "plugin", arguments, execute, failed: |code| code };

/// The subcommands, in the order of the help.
const ALL: &[Entry] =
    &[list::ENTRY, info::ENTRY, add::ENTRY, remove::ENTRY, trust::ENTRY, check::ENTRY, new::ENTRY, try_out::ENTRY];

fn arguments() -> Command {
    Command::new("plugin")
        .about("List, add, check and remove plugins: backends that others ship")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(EXAMPLES)
        .subcommands(ALL.iter().map(|entry| (entry.arguments)().after_help(EXAMPLES)))
}

const EXAMPLES: &str = "\
Examples:
  pyve plugin new fern             write the crate of a new plugin
  pyve plugin check libfern.so     try all that a plugin must do and must not do
  pyve plugin add libfern.so       examine it, try it, show it, and ask
  pyve plugin list                 what is there and in which state
  pyve plugin trust fern           use it again after its file changed, or after it crashed";

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let Some((name, arguments)) = matches.subcommand() else { return Ok(exit::USAGE) };
    match ALL.iter().find(|entry| entry.name == name) {
        Some(entry) => (entry.execute)(arguments, session),
        None => Ok(exit::USAGE),
    }
}

/// The plugins that are there; a manifest that cannot be read is told, and the rest goes on.
fn inventory(session: &Session) -> Result<Inventory> {
    let inventory = plugins::known(&session.pyve_home()?, &session.caller, session.persistence);
    if let Some(failure) = &inventory.failure {
        session.console.failure(failure);
    }
    Ok(inventory)
}

/// The plugin with that id or file name.
fn find<'a>(inventory: &'a Inventory, name: &str) -> Result<&'a Known, Failure> {
    if let Some(known) = inventory.find(name).or_else(|| inventory.plugins.iter().find(|known| known.name() == name)) {
        return Ok(known);
    }
    let names: Vec<String> = inventory.plugins.iter().map(Known::name).collect();
    Err(match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => Failure::new(format!("there is no plugin `{name}`")).remedy(format!("did you mean `{near}`?")),
        None if names.is_empty() => {
            Failure::new(format!("there is no plugin `{name}`: none was added")).remedy("pyve plugin add FILE")
        }
        None => Failure::new(format!("there is no plugin `{name}`; there are {}", names.join(", ")))
            .remedy("pyve plugin list"),
    })
}

/// The arguments that more than one subcommand has.
mod argument {
    use clap::{Arg, ArgAction, arg};

    pub fn json() -> Arg {
        arg!(--json "Print JSON").action(ArgAction::SetTrue)
    }

    pub fn yes() -> Arg {
        arg!(-y --yes "Answer yes to what is safe").action(ArgAction::SetTrue)
    }

    pub fn id() -> Arg {
        arg!(<ID> "The plugin's id, or its file's name")
    }
}
