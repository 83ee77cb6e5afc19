//! Which of a project's environments is meant, and which there are.

mod active;
mod direnv;
mod meant;
mod names;
mod note;

pub use active::{VARIABLE as ACTIVE, of as active, value as active_value};
pub use direnv::DirenvNote;
pub use meant::{UNNAMED, meant, meant_in, named, named_or_active};
pub use names::{known, meant_first, recorded_or_named, sorted, unknown};
pub use note::MeantNote;
