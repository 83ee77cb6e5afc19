//! Moving a project to another backend, and from one: what the files that uv reads ask for, and how requirements are written
//! there.

mod accepted;
mod arriving;
mod asked;
mod from_lock;
mod lacking;
mod leaving;
mod place;
mod settings;
mod sheet;
mod sources;
mod target;

pub use arriving::adopted;
pub use leaving::requirements;

use pyve_formats::read::ReadError;
use pyve_plugin_api::Error;

fn unreadable(error: ReadError) -> Error {
    Error::new(error.to_string()).hint(error.hint())
}
