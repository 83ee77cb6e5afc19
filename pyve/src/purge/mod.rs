//! Taking back what pyve made in a project: what goes, what stays, and why.

mod carry_out;
mod one;
mod plan;

#[cfg(all(test, unix))]
mod tests;

pub use carry_out::carry_out;
pub use plan::{Inputs, Plan, plan};
