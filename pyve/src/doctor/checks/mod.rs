//! The checks of the host, and those of the backend: a table of groups that are examined side by side.

pub mod backend;
mod choice;
mod direnv;
mod direnv_hook;
mod dotenv;
mod gitignore;
pub mod launch;
mod leftovers;
mod place;
mod plugins;
mod record;
mod shell;
mod version;

use std::time::Duration;

use super::check::Check;
use super::ground::Ground;

/// Checks that follow from one look.
pub struct Group {
    /// The title of what does not answer.
    pub name: &'static str,
    pub limit: Duration,
    pub examine: fn(&Ground) -> Vec<Check>,
}

const fn group(name: &'static str, seconds: u64, examine: fn(&Ground) -> Vec<Check>) -> Group {
    Group { name, limit: Duration::from_secs(seconds), examine }
}

/// Every group, in the order in which it is told.
pub const ALL: &[Group] = &[
    group("Backend", 5, choice::checks),
    group("Environment", 20, backend::checks),
    group("Record", 5, record::checks),
    group("Version", 5, version::checks),
    group("Left-overs", 5, leftovers::checks),
    group("Launch", 10, launch::checks),
    group("direnv", 5, direnv::checks),
    group("Variables", 10, dotenv::checks),
    group("Git", 5, gitignore::checks),
    group("Shell", 5, shell::checks),
    group("Place", 5, place::checks),
    group("Plugins", 5, plugins::checks),
];
