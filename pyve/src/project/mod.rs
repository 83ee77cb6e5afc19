//! Projects: where one begins, and where pyve keeps things in it.

pub mod find;
mod identity;
mod layout;
mod name;
pub mod no_project;
pub mod workspace;

pub use identity::Identity;
pub use layout::{FOLDER, Layout};
pub use name::{EnvironmentName, InvalidId, InvalidName, is_plain};
