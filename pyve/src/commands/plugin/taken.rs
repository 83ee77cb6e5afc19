//! The flags that no plugin can have, because a command has them.

use clap::Command;

use crate::commands::globals;
use crate::failure::Failure;
use crate::init::options;
use crate::plugins::Taken;

/// The flags that `pyve init` understands everywhere, with whatever backend.
pub fn everywhere() -> Result<Taken, Failure> {
    let commands = [globals::arguments(Command::new("pyve")), options::arguments(&[])];
    let flags = commands.iter().flat_map(Command::get_arguments).filter_map(|argument| argument.get_long());
    let of_clap = ["help", "version"];
    Taken::new(flags.chain(of_clap).map(str::to_owned).collect())
}
