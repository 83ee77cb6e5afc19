//! Which of a project's environments is meant, and which there are.

mod meant;
mod names;
mod note;

pub use meant::{meant, named};
pub use names::{known, recorded_or_named, unknown};
pub use note::MeantNote;
