//! pyve: one easy entry point for the environments of every Python project.

mod backends;
mod caller;
mod captured;
mod choice;
mod cli;
mod commands;
mod config;
mod doctor;
mod download;
mod failure;
mod files;
mod host;
mod init;
mod launch;
mod plugins;
mod project;
mod purge;
mod records;
mod registry;
mod seal;
mod selection;
mod session;
mod started;
mod steps;
mod tree;
mod trust;
mod ui;
mod waits;

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(cli::run(std::env::args_os().collect()))
}
