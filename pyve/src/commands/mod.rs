//! The commands: one file each, and one table of them all.

mod allow;
mod completions;
mod config;
mod doctor;
mod init;
mod package_manager;
mod plugin;
mod purge;
mod python_version;
pub mod run;
mod self_install;
mod shell_hook;

use anyhow::Result;
use clap::{ArgMatches, Command};

use crate::context::Session;

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
pub const ALL: &[Entry] = &[
    init::ENTRY,
    run::ENTRY,
    doctor::ENTRY,
    purge::ENTRY,
    allow::ALLOW,
    allow::DENY,
    config::ENTRY,
    python_version::ENTRY,
    self_install::ENTRY,
    shell_hook::ENTRY,
    plugin::ENTRY,
    completions::ENTRY,
];

/// The command of that name.
pub fn find(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.name == name)
}
