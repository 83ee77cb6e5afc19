//! `pyve shell-hook`: what a shell evaluates once, for `pyve activate` and for its prompt.

use anyhow::Result;
use clap::{Arg, ArgMatches, Command};

use super::entry::Entry;
use crate::activation;
use crate::context::Session;
use crate::failure::exit;

pub const ENTRY: Entry = Entry { name: "shell-hook", arguments, execute, failed: |code| code };

/// The lines for the startup files, and what comes of them.
fn after_help() -> String {
    let lines = activation::ALL.map(|shell| {
        let place = format!("{}, in {}:", shell.name(), shell.startup_file());
        format!("  {place:<36} {}\n", shell.evaluation(&format!("pyve shell-hook {}", shell.name())))
    });
    format!(
        "\
Add one line to the startup file of your shell:
{}
Then `pyve activate` and `pyve deactivate` work in it, and the prompt starts with PYVE_PROMPT_PREFIX, such as \
`(backend:project)`, where they or direnv set it. With VIRTUAL_ENV_DISABLE_PROMPT set the prompt stays as it is.",
        lines.concat()
    )
}

fn arguments() -> Command {
    Command::new("shell-hook")
        .about("Print the shell code for `pyve activate` and for the prompt")
        .after_help(after_help())
        .arg(Arg::new("shell").value_name("SHELL").required(true).value_parser(activation::names()).help("The shell"))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    if let Some(shell) = matches.get_one::<String>("shell").and_then(|name| activation::find(name)) {
        session.console.result(shell.hook().trim_end());
    }
    Ok(exit::DONE)
}
