//! What a shell is to do, whichever shell it is.

use std::ffi::OsString;
use std::path::PathBuf;

use super::changes::{Pairs, between};

/// One thing that a shell is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// Sets a variable for itself and for what it starts. The name is one that every shell can have.
    Set { name: String, value: OsString },
    /// Keeps something for itself alone: what it starts does not have it.
    Keep { name: &'static str, value: OsString },
    /// Removes a variable.
    Unset { name: String },
    /// Looks anew for commands, since PATH has changed.
    Rehash,
    /// Runs scripts of the environment in the shell itself, with the shell's usual options, whatever the user has set;
    /// afterwards those are as they were. They are of the kind that [`Shell::script_ending`](super::Shell::script_ending)
    /// names, and never there for a shell that has none.
    ///
    /// What functions and aliases they bring is removed once the shell is `leaving` the environment, behind the scripts
    /// for that, of which there may be none.
    Source { scripts: Vec<PathBuf>, leaving: bool },
    /// Runs pyve with these arguments, gives it this text on standard input, and evaluates what it prints. The text has
    /// nothing in it but letters, digits, `-` and `_`.
    Evaluate { arguments: Vec<OsString>, input: String },
}

/// What turns the variables `now` into those `wanted`.
pub fn become_those(now: &Pairs, wanted: &Pairs) -> Vec<Statement> {
    let changes = between(now, wanted);
    let rehash = changes.iter().any(|change| change.name == "PATH").then_some(Statement::Rehash);
    let statement = |change: super::changes::Change| match change.given {
        Some(value) => Statement::Set { name: change.name, value: value.os_str().into_owned() },
        None => Statement::Unset { name: change.name },
    };
    changes.into_iter().map(statement).chain(rehash).collect()
}
