//! Plugins: real libraries, built from the sources below `tests/plugins`, that behave and misbehave.

pub mod build;
mod world;

mod adding;
mod also_created;
mod answers;
mod author;
mod commands;
mod compatibility;
mod containment;
mod files;
mod from_url;
mod frozen;
mod hostile;
mod lock_steps;
mod named;
mod needed;
mod noted;
mod paths;
mod replacing;
mod unusable;
mod updating;
