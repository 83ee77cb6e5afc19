//! A plugin in a process of its own: what happens to it there happens to nobody else, and is told by name.
//!
//! [`serve`] is that process: it opens the library and answers questions until pyve goes away. [`Connection`] is pyve's
//! end: one process for each plugin that a command asks, with a time limit for every question, in which what pyve does on
//! the plugin's behalf does not count.

mod child_main;
mod connection;
mod ending;
mod host;
mod printed;
mod protocol;

pub use child_main::serve;
pub use connection::{Connection, Outcome, Start, TIMEOUT_VARIABLE, Traces, give_up};
pub use ending::{End, Ending, signal_name};
pub use printed::Prints;
pub use protocol::{Call, Introduction};
