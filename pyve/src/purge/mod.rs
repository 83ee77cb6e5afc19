//! Removing what pyve created in a project: what is removed, what is kept, and why.

mod carry_out;
mod one;
mod plan;

#[cfg(all(test, unix))]
mod tests;

pub use carry_out::carry_out;
pub use one::Target;
pub use plan::{Inputs, Looks, Recorded, plan};
