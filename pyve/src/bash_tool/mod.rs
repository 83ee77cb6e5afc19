//! What the bash tool left: its own files in the user's home, and projects that it made, with the file in which its version 3
//! declared them.

mod installation;
mod installed_lines;
mod manifest;
mod project;

pub use installation::Installation;
pub use manifest::Manifest;
pub use project::sign;
