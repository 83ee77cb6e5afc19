//! Steps: what a backend and the host planned, shown or carried out.

mod action;
mod aside;
mod clone;
mod distill;
mod download;
mod exchange;
mod executor;
mod log;
mod noisy;
mod plan;
pub mod recover;
pub mod remove;
mod run;
mod screen;
mod show;
mod sooner;

#[cfg(all(test, unix))]
mod testing;

pub use action::{Action, HostAction, Later};
pub use aside::{GRACE, Move, leftovers, move_away};
pub use executor::Executor;
pub use plan::{Outcome, carry_out};
pub use remove::beginnings as remove_beginnings;
