//! `pyve plugin`: third-party backends.

mod add;
mod argument;
mod check;
mod info;
mod list;
mod lookup;
mod new;
mod remove;
mod show;
mod taken;
mod trust;
mod try_out;
mod update;

use anyhow::Result;
use clap::{ArgMatches, Command};

pub use taken::everywhere;

use super::entry::Entry;
use crate::context::Session;

pub const ENTRY: Entry = Entry { name: "plugin", arguments, execute, failed: |code| code };

/// The subcommands, in the order of the help.
const ALL: &[Entry] = &[
    list::ENTRY,
    info::ENTRY,
    add::ENTRY,
    update::ENTRY,
    remove::ENTRY,
    trust::ENTRY,
    check::ENTRY,
    new::ENTRY,
    try_out::ENTRY,
];

fn arguments() -> Command {
    Command::new("plugin")
        .about("Manage plugins: third-party backends")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(EXAMPLES)
        .subcommands(ALL.iter().map(|entry| with_examples((entry.arguments)())))
}

/// Those of all, where a command has none of its own.
fn with_examples(command: Command) -> Command {
    if command.get_after_help().is_some() { command } else { command.after_help(EXAMPLES) }
}

const EXAMPLES: &str = "\
Examples:
  pyve plugin new fern          Create the crate of a new plugin
  pyve plugin check libfern.so  Check a plugin against the plugin API
  pyve plugin add libfern.so    Check a plugin, show it, ask, and add it
  pyve plugin update --check    Tell which plugins have another file at their source
  pyve plugin list              List plugins and their state
  pyve plugin trust fern        Trust a plugin that changed or crashed";

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    Entry::execute_one(ALL, matches, session)
}
