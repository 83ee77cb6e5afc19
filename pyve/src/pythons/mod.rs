//! The builds of Python in pyve's own directory, which all projects share: who uses them, and how they go.

mod removal;
mod uses;

pub use removal::{remove, sweep};
pub use uses::{forget_gone, note};
