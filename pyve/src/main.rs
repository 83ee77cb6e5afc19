//! pyve: one easy entry point for the environments of every Python project.

#![allow(dead_code, unused_imports)]

mod ask;
mod caller;
mod cli;
mod commands;
mod console;
mod failure;
mod host;
mod plugins;
mod project;
mod registry;
mod session;
mod steps;

use std::process::ExitCode;

fn main() -> ExitCode {
    let _running = plugins::Running;
    ExitCode::from(cli::run(std::env::args_os().collect()))
}
