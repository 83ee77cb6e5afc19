//! Builds of CPython that pyve can get: pinned releases of `python-build-standalone`, for machines without a Python that fits.
//!
//! `pinned` is the table, `platform` tells which column is this machine's (`elf` reads what tells it), `build` says which one a
//! request means and where it is to be had, `recipe` the steps that bring it, `installed` those that stand in pyve's directory, `uses` who
//! uses them.

mod build;
mod elf;
mod installed;
mod own;
mod pinned;
mod platform;
mod recipe;
mod uses;

pub use build::PythonBuild;
pub(crate) use installed::{DIRECTORY, UNFINISHED, named};
pub use installed::{Installed, installed, present, unfinished};
pub use platform::Platform;
pub use recipe::{ORIGIN, archive, recipe};
pub use uses::Note;
