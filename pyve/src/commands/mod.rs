//! The commands: one file each, the table of them all, and the whole command line.

mod allow;
mod completions;
mod config;
mod doctor;
mod entry;
mod globals;
mod init;
mod package_manager;
mod plugin;
mod purge;
mod python_version;
pub mod run;
mod self_install;
mod shell_hook;

use clap::Command;

use crate::registry;
pub use entry::Entry;
pub use globals::Globals;

fn after_help() -> String {
    format!(
        "\
Examples:
  pyve init                        choose a backend by the project's files and make its environment
  pyve init --backend {:<12} say which backend
  pyve run pytest -q               run a command inside the environment, without activating it
  pyve config                      show every setting and where it comes from

`pyve --init`, `--purge`, `--config`, `--python-version`, `--install` and `--uninstall` work as well,
and so do `-i`, `-p` and `-c`. `pyve help COMMAND` explains a command.",
        registry::ANOTHER
    )
}

/// Every command, in the order of the help.
pub const ALL: &[Entry] = &[
    init::ENTRY,
    run::ENTRY,
    doctor::ENTRY,
    purge::ENTRY,
    allow::ALLOW,
    allow::DENY,
    config::ENTRY,
    python_version::ENTRY,
    self_install::ENTRY,
    shell_hook::ENTRY,
    plugin::ENTRY,
    completions::ENTRY,
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
    let root = globals::arguments(Command::new("pyve"))
        .about("One easy entry point for the environments of every Python project")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .arg(clap::arg!(-v --version "Print the version").action(clap::ArgAction::Version))
        .after_help(after_help())
        .subcommand_required(true)
        .arg_required_else_help(true);
    match wanted.and_then(find) {
        Some(entry) => root.subcommand((entry.arguments)()),
        None => root.subcommands(ALL.iter().map(|entry| (entry.arguments)())),
    }
}
