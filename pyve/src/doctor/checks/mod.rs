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
    /// Whether it asks the backend, which may be a plugin.
    pub asks_backend: bool,
    pub examine: fn(&Ground) -> Vec<Check>,
}

/// A check, or a program that it asked, was given up.
pub const NO_ANSWER: &str = "pyve.no-answer";

const fn group(name: &'static str, examine: fn(&Ground) -> Vec<Check>) -> Group {
    Group { name, limit: Duration::from_secs(5), asks_backend: false, examine }
}

/// Programs are started for it: a first Python from a cold disk takes a while.
const fn asking(name: &'static str, examine: fn(&Ground) -> Vec<Check>) -> Group {
    Group { name, limit: Duration::from_secs(8), asks_backend: true, examine }
}

/// Every group, in the order in which it is told.
pub const ALL: &[Group] = &[
    group("Backend", choice::checks),
    asking("Environment", backend::checks),
    group("Record", record::checks),
    group("Version", version::checks),
    group("Left-overs", leftovers::checks),
    asking("Launch", launch::checks),
    group("direnv", direnv::checks),
    group("Variables", dotenv::checks),
    group("Git", gitignore::checks),
    group("Shell", shell::checks),
    group("Place", place::checks),
    group("Plugins", plugins::checks),
];
