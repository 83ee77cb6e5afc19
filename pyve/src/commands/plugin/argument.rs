//! The arguments that more than one subcommand of `pyve plugin` has.

use clap::{Arg, ArgAction, ArgMatches, arg};

use crate::commands::entry::checked_hash;
use crate::failure::Failure;

pub fn json() -> Arg {
    arg!(--json "Print JSON").action(ArgAction::SetTrue)
}

pub fn yes() -> Arg {
    arg!(-y --yes "Answer yes to safe prompts").action(ArgAction::SetTrue)
}

pub fn id() -> Arg {
    arg!(<ID> "ID of the plugin, or the name of its file")
}

pub fn sha256() -> Arg {
    Arg::new("sha256").long("sha256").value_name("HEX").help("Expected SHA-256 of the file")
}

/// What `--sha256` says, in lower case.
pub fn hash(matches: &ArgMatches) -> Result<Option<String>, Failure> {
    matches.get_one::<String>("sha256").map(|hash| checked_hash(hash)).transpose()
}
