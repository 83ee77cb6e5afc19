//! Steps: what a backend planned, carried out.

mod process;

pub use process::process_of;
