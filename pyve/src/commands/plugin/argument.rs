//! The arguments that more than one subcommand of `pyve plugin` has.

use clap::{Arg, ArgMatches};

use crate::commands::entry::{self, checked_hash, option, switch};
use crate::failure::Failure;

pub fn json() -> Arg {
    switch("json", "Print JSON")
}

pub fn yes() -> Arg {
    entry::yes("Answer yes to safe prompts")
}

pub fn id() -> Arg {
    Arg::new("ID").required(true).help("ID of the plugin, or the name of its file")
}

pub fn sha256() -> Arg {
    option("sha256", "HEX", "Expected SHA-256 of the file")
}

/// What `--sha256` says, in lower case.
pub fn hash(matches: &ArgMatches) -> Result<Option<String>, Failure> {
    matches.get_one::<String>("sha256").map(|hash| checked_hash(hash)).transpose()
}
