//! pyve: one easy entry point for the environments of every Python project.

mod activation;
mod bash_tool;
mod caller;
mod cli;
mod commands;
mod config;
mod context;
mod doctor;
mod download;
mod environments;
mod failure;
mod files;
mod init;
mod launch;
mod lock;
mod migrate;
mod plugins;
mod process;
mod project;
mod purge;
mod pythons;
mod records;
mod registry;
mod selection;
mod steps;
mod sys;
mod template;
mod ui;

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(cli::run(std::env::args_os().collect()))
}
