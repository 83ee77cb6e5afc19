//! Projects: where one begins, and where pyve keeps things in it.

pub mod find;
mod identity;
mod layout;
pub mod no_project;

pub use layout::{DEFAULT_ENVIRONMENT, FOLDER, Layout};
