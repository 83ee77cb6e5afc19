//! The commands: one file each, the table of them all, and the whole command line.

mod activate;
mod allow;
mod completions;
mod config;
mod doctor;
mod entry;
mod envs;
mod globals;
mod init;
mod lock;
mod man;
mod migrate;
mod package_manager;
mod plugin;
mod purge;
mod python;
mod python_version;
pub mod run;
mod self_install;
mod self_update;
mod shell_hook;
mod side_by_side;
mod typed;

use clap::Command;

use crate::registry;
pub use entry::Entry;
pub use globals::{Globals, color};
pub use typed::typed;

fn after_help() -> String {
    format!(
        "\
Examples:
  pyve init                       Create the environment the project asks for
  pyve init --backend {:<12}Select the backend
  pyve run pytest -q              Run a command in the environment
  pyve config                     Show settings and their sources

The flags of the bash tool still work: `pyve --init`, `--purge`, `--config`, \
`--python-version`, `--install`, `--uninstall`, `-i`, `-p`, `-c`.",
        registry::ANOTHER
    )
}

/// Every command, in the order of the help.
pub const ALL: &[Entry] = &[
    init::ENTRY,
    run::ENTRY,
    activate::ACTIVATE,
    activate::DEACTIVATE,
    doctor::ENTRY,
    envs::ENTRY,
    lock::ENTRY,
    migrate::ENTRY,
    purge::ENTRY,
    allow::ALLOW,
    allow::DENY,
    config::ENTRY,
    python::ENTRY,
    python_version::ENTRY,
    self_install::ENTRY,
    shell_hook::ENTRY,
    plugin::ENTRY,
    completions::ENTRY,
    man::ENTRY,
];

/// The command of that name.
pub fn find(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.name == name)
}

/// The whole command line, for help and completions.
pub fn whole() -> Command {
    tree(None)
}

/// The command line; only the wanted command is spelled out where one is wanted, since each costs time.
pub fn tree(wanted: Option<&str>) -> Command {
    let root = Command::new("pyve")
        .about("One easy entry point for the environments of every Python project")
        .version(env!("CARGO_PKG_VERSION"))
        .after_help(after_help())
        .subcommand_required(true)
        .arg_required_else_help(true);
    let root = globals::arguments(root);
    match wanted.and_then(find) {
        Some(entry) => root.subcommand((entry.arguments)()),
        None => root.subcommands(ALL.iter().map(|entry| (entry.arguments)())),
    }
}
