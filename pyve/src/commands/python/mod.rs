//! `pyve python`: the Pythons of this machine, and the one of the project.

mod argument;
mod install;
mod list;
mod rows;
mod selected;
mod uninstall;

use anyhow::Result;
use clap::{ArgMatches, Command};

use super::entry::Entry;
use super::python_version;
use crate::context::Session;

pub const ENTRY: Entry = Entry { name: "python", arguments, execute, failed: |code| code };

/// The subcommands, in the order of the help.
const ALL: &[Entry] = &[list::ENTRY, install::ENTRY, python_version::PIN, uninstall::ENTRY];

const AFTER_HELP: &str = "\
Examples:
  pyve python list            List the Pythons of this machine
  pyve python install 3.13    Download the newest 3.13 for all projects
  pyve python pin 3.12        Pin the newest 3.12, as `pyve python-version` does";

fn arguments() -> Command {
    Command::new("python")
        .about("List, install and pin Python versions")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(AFTER_HELP)
        .subcommands(ALL.iter().map(|entry| (entry.arguments)()))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    Entry::execute_one(ALL, matches, session)
}
