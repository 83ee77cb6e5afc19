//! Shells that enter and leave projects with the directory, by their hooks alone.

mod consent;
mod direnv;
#[cfg(target_os = "linux")]
mod prompt;
pub mod scene;
mod scripts;
mod terminal;
