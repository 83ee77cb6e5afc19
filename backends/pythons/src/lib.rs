//! The Pythons of a machine: which one a project asks for, where it is, and how to get it.
//!
//! The host answers [`Host::find_python`](pyve_plugin_api::Host::find_python) with [`Machine::find`], so that every backend
//! sees the same. What a project asks for ([`RequestedPython`]) is read here as well, for backends that compare an environment
//! with it. This crate knows neither the host nor a backend.
//!
//! The modules: `requested` reads what is asked for (with `requires_python`), `search` finds it (`managers`, `inventory`,
//! `on_path`, `interpreter`, `probe`, `shim`), `install`, `builds` and `pins` say how to get it and how to keep it, `find` puts the
//! answer together, and `listing` tells of all that are there.

pub mod builds;
mod find;
mod install;
mod interpreter;
mod inventory;
mod layout;
mod listing;
mod managers;
mod on_path;
mod pins;
mod probe;
mod requested;
mod requires_python;
mod search;
mod shim;

use pyve_formats::read::ReadError;
use pyve_plugin_api::Error;

pub use find::Machine;
pub use layout::environment_of;
pub use listing::{Candidate, Listed, in_order};
pub use managers::{Managed, managed};
pub use on_path::series_in_name;
pub use requested::{Ask, RequestedPython, home};
pub use requires_python::Constraint;

/// The first line of a message of several.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim_end().to_owned()
}

/// A file that is there and was not read, as an answer.
fn unreadable(error: ReadError) -> Error {
    Error::new(error.to_string()).hint(error.hint())
}
