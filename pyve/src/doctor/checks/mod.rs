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
    pub examine: Examine,
    /// What of it is asked again when an `init` is done: what is about the environment that was made, and starts no
    /// process.
    pub after_init: Option<Examine>,
}

type Examine = fn(&Ground) -> Vec<Check>;

const fn group(name: &'static str, seconds: u64, examine: Examine) -> Group {
    Group { name, limit: Duration::from_secs(seconds), examine, after_init: None }
}

impl Group {
    const fn after_init(self, examine: Examine) -> Self {
        Self { after_init: Some(examine), ..self }
    }
}

/// Every group, in the order in which it is told.
pub const ALL: &[Group] = &[
    group("Backend", 5, choice::checks),
    group("Environment", 20, backend::checks).after_init(backend::checks),
    group("Record", 5, record::checks).after_init(|ground| vec![record::of_environment(ground)]),
    group("Version", 5, version::checks),
    group("Left-overs", 5, leftovers::checks),
    // `init` has just asked how commands are started.
    group("Launch", 10, launch::checks),
    // That direnv is missing or has to allow the file, `init` says by itself.
    group("direnv", 5, direnv::checks).after_init(|ground| direnv::block(ground).into_iter().collect()),
    group("Variables", 10, dotenv::checks).after_init(dotenv::readmitted),
    group("Git", 5, gitignore::checks).after_init(gitignore::checks),
    group("Shell", 5, shell::checks),
    group("Place", 5, place::checks).after_init(|ground| place::synced(ground).into_iter().collect()),
    group("Plugins", 5, plugins::checks),
];
