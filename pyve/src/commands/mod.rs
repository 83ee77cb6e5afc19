//! The commands: one file each, and one table of them all.

mod plugin;

use anyhow::Result;
use clap::{ArgMatches, Command};

use crate::session::Session;

/// A command as the command line knows it.
pub struct Entry {
    pub name: &'static str,
    /// Its part of the command line.
    pub arguments: fn() -> Command,
    /// Does it; the exit code of success.
    pub execute: fn(&ArgMatches, &Session) -> Result<u8>,
    /// The exit code for a failure with this code.
    pub failed: fn(u8) -> u8,
}

/// Every command, in the order of the help.
pub const ALL: &[Entry] = &[plugin::ENTRY];

/// The command of that name.
pub fn find(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.name == name)
}
