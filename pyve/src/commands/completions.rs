//! `pyve completions`: what a shell loads to complete pyve's command line.

use anyhow::Result;
use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::{Shell, generate};

use super::entry::Entry;
use crate::context::Session;
use crate::failure::exit;

pub const ENTRY: Entry = Entry { name: "completions", arguments, execute, failed: |code| code };

const AFTER_HELP: &str = "\
Examples:
  bash   pyve completions bash > ~/.local/share/bash-completion/completions/pyve
  zsh    pyve completions zsh > ~/.zfunc/_pyve    (with ~/.zfunc in fpath)
  fish   pyve completions fish > ~/.config/fish/completions/pyve.fish";

fn arguments() -> Command {
    Command::new("completions")
        .about("Print the completions of a shell")
        .after_help(AFTER_HELP)
        .arg(Arg::new("shell").value_name("SHELL").required(true).value_parser(value_parser!(Shell)).help("The shell"))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    if let Some(shell) = matches.get_one::<Shell>("shell") {
        let mut text = Vec::new();
        generate(*shell, &mut super::whole(), "pyve", &mut text);
        session.console.result(String::from_utf8_lossy(&text).trim_end());
    }
    Ok(exit::DONE)
}
