//! The arguments that more than one subcommand of `pyve plugin` has.

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
