//! `pyve python-version [V]`: pin the project's Python version, or show which one is pinned.

mod pin;
mod show;

use anyhow::Result;
use clap::{Arg, ArgMatches, Command};

use super::entry::{Entry, switch, yes};
use crate::context::Session;

pub const ENTRY: Entry = Entry { name: "python-version", arguments, execute, failed: |code| code };

/// The same as `pyve python pin`.
pub const PIN: Entry = Entry {
    name: "pin",
    arguments: || {
        let help = AFTER_HELP.replace("python-version", "python pin");
        arguments()
            .name("pin")
            .about("Pin the project's Python version, as `pyve python-version` does")
            .after_help(help)
    },
    execute: |matches, session| carry_out(matches, session, &["python", "pin"]),
    failed: |code| code,
};

const AFTER_HELP: &str = "\
The version is written as precisely as it is given, where the version manager reads it: .tool-versions with asdf, else \
.python-version. An existing environment keeps its Python until `pyve init --force`.

Examples:
  pyve python-version          Show the pinned version, its source and the Python that it means
  pyve python-version 3.12     Pin the newest 3.12
  pyve python-version 3.13t    Pin the newest free-threaded 3.13";

fn arguments() -> Command {
    Command::new("python-version")
        .about("Pin the project's Python version, or show it")
        .after_help(AFTER_HELP)
        .arg(Arg::new("VERSION").help("The Python version, such as 3.12 or 3.12.4; without one, show what is pinned"))
        .arg(yes("Install it without asking"))
        .arg(switch("json", "Print what is pinned as JSON").conflicts_with("VERSION"))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    carry_out(matches, session, &["python-version"])
}

/// `words` are those that were typed.
fn carry_out(matches: &ArgMatches, session: &Session, words: &[&str]) -> Result<u8> {
    match matches.get_one::<String>("VERSION") {
        Some(version) => pin::execute(version, words, matches.get_flag("yes"), session),
        None => show::execute(matches.get_flag("json"), session),
    }
}
