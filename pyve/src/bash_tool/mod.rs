//! What the bash tool left: projects that it made, with the file in which its version 3 declared them.

mod manifest;
mod project;

pub use manifest::Manifest;
pub use project::sign;
