//! The rooms in which `unsafe` is allowed: opening a library, and watching over the process while it is called.

mod layout;
pub mod library;
#[cfg(unix)]
pub mod process;
#[cfg(unix)]
pub mod signals;
