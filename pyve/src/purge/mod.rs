//! Taking back what pyve made in a project: what goes, what stays, and why.

mod carry_out;
mod plan;

pub use carry_out::carry_out;
pub use plan::{Plan, plan};
