//! The arguments that more than one subcommand of `pyve plugin` has.

use clap::{Arg, ArgAction, arg};

pub fn json() -> Arg {
    arg!(--json "Print JSON").action(ArgAction::SetTrue)
}

pub fn yes() -> Arg {
    arg!(-y --yes "Answer yes to safe prompts").action(ArgAction::SetTrue)
}

pub fn id() -> Arg {
    arg!(<ID> "ID of the plugin, or the name of its file")
}
