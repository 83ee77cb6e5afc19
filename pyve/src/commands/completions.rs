//! `pyve completions`: what a shell loads to complete pyve's command line.

use std::borrow::Cow;

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
        .about("Print shell completions")
        .after_help(AFTER_HELP)
        .arg(Arg::new("shell").value_name("SHELL").required(true).value_parser(value_parser!(Shell)).help("The shell"))
}

/// Where a shell can ask pyve while a line is typed, it does; others get the names of commands and options.
fn script(shell: Shell) -> Cow<'static, str> {
    match shell {
        Shell::Bash => include_str!("hooks/complete.bash").into(),
        Shell::Zsh => include_str!("hooks/complete.zsh").into(),
        Shell::Fish => include_str!("hooks/complete.fish").into(),
        _ => {
            let mut text = Vec::new();
            generate(shell, &mut super::whole(), "pyve", &mut text);
            String::from_utf8_lossy(&text).into_owned().into()
        }
    }
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    if let Some(shell) = matches.get_one::<Shell>("shell") {
        session.console.result(script(*shell).trim_end());
    }
    Ok(exit::DONE)
}
