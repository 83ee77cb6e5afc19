//! Steps: what a backend and the host planned, shown or carried out.

mod action;
mod alone;
mod backup;
mod clone;
mod download;
mod exchange;
mod executor;
mod fast_path;
mod leftovers;
mod log;
mod moving;
mod output_filter;
mod output_view;
mod plan;
pub mod recover;
pub mod remove;
mod run;
mod run_filtered;
mod run_watched;
mod show;
mod step;
mod unpack;

#[cfg(all(test, unix))]
mod testing;

pub use action::{Action, HostAction, Later};
pub use alone::alone;
pub use backup::{GRACE, Move, move_away, unfinished};
pub use executor::Executor;
pub use leftovers::{Leftovers, leftovers};
pub use moving::moving;
pub use plan::{Outcome, carry_out};
pub use remove::beginnings as remove_beginnings;
