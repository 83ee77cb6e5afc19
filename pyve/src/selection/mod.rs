//! Which backend a project gets: the first of five levels that says one, and the reasons for it.

mod explain;
mod files;
mod markers;
pub mod needed;
mod rules;
#[cfg(test)]
mod tests;

pub use explain::Explanation;
pub use files::{Candidate, Warning};
pub use markers::unfit;
pub use needed::Unchosen;
pub use rules::{AUTO, Inputs, Level, Plugins, Selection, current, select};
