//! The checks of the host, and those of the backend: a table of groups that are examined side by side.

pub mod backend;
mod choice;
mod direnv;
mod direnv_hook;
mod disk;
mod dotenv;
mod editor;
mod gitignore;
pub mod launch;
mod leftovers;
mod location;
mod machine;
mod migration;
mod plugins;
mod record;
mod shell;
mod tools;
mod version;

use std::time::Duration;

use super::check::Check;
use super::context::Context;

/// Checks that follow from one look.
pub struct Group {
    /// The title of what does not answer.
    pub name: &'static str,
    pub limit: Duration,
    /// Whether it asks the backend, which may be a plugin.
    pub asks_backend: bool,
    pub examine: Examine,
    /// What of it is asked again when an `init` is done: what is about the environment that was made, and starts no
    /// process.
    pub after_init: Option<Examine>,
}

type Examine = fn(&Context) -> Vec<Check>;

const fn group(name: &'static str, examine: Examine) -> Group {
    Group { name, limit: Duration::from_secs(5), asks_backend: false, examine, after_init: None }
}

/// Programs are started for it: a first Python from a cold disk takes a while.
const fn asking(name: &'static str, examine: Examine) -> Group {
    Group { limit: Duration::from_secs(8), asks_backend: true, ..group(name, examine) }
}

impl Group {
    const fn after_init(self, examine: Examine) -> Self {
        Self { after_init: Some(examine), ..self }
    }
}

/// Every group, in the order in which it is told.
pub const ALL: &[Group] = &[
    group("Backend", choice::checks),
    asking("Environment", backend::checks).after_init(backend::checks),
    group("Record", record::checks).after_init(|context| vec![record::of_environment(context)]),
    group("Migration", migration::checks),
    group("Version", version::checks),
    asking("Left-overs", leftovers::checks),
    // `init` has just asked how commands are started.
    asking("Launch", launch::checks),
    // That direnv is missing or has to allow the file, `init` says by itself.
    group("direnv", direnv::checks).after_init(|context| direnv::block(context).into_iter().collect()),
    group("Variables", dotenv::checks).after_init(dotenv::readmitted),
    group("Git", gitignore::checks).after_init(gitignore::checks),
    group("Shell", shell::checks),
    group("Editor", editor::checks),
    group("Location", location::checks).after_init(location::checks),
    group("Disk", disk::checks),
    group("Plugins", plugins::checks),
    group("Tool", tools::checks),
];
