//! The only code in which `unsafe` is allowed: opening a library, and asking the system what it did.

mod layout;
pub mod library;
mod signals;
pub mod surroundings;
pub mod usage;
