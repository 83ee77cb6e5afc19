//! Projects: where one begins, and where pyve keeps things in it.

pub mod find;
mod layout;

pub use layout::{DEFAULT_ENVIRONMENT, Layout};
