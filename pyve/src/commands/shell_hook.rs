//! `pyve shell-hook`: what a shell evaluates once so that its prompt shows the environment.

use anyhow::Result;
use clap::{Arg, ArgMatches, Command};

use super::entry::Entry;
use crate::context::Session;
use crate::failure::exit;

pub const ENTRY: Entry = Entry { name: "shell-hook", arguments, execute, failed: |code| code };

const HOOKS: [(&str, &str); 3] = [
    ("bash", include_str!("hooks/hook.bash")),
    ("zsh", include_str!("hooks/hook.zsh")),
    ("fish", include_str!("hooks/hook.fish")),
];

const AFTER_HELP: &str = "\
Add one line to the startup file of your shell:
  bash, in ~/.bashrc:                   eval \"$(pyve shell-hook bash)\"
  zsh, in ~/.zshrc:                     eval \"$(pyve shell-hook zsh)\"
  fish, in ~/.config/fish/config.fish:  pyve shell-hook fish | source

The prompt then starts with PYVE_PROMPT_PREFIX, such as `(backend:project)`, where direnv sets it.";

fn arguments() -> Command {
    let shells = HOOKS.map(|(shell, _)| shell);
    Command::new("shell-hook")
        .about("Print the shell code that shows the environment in the prompt")
        .after_help(AFTER_HELP)
        .arg(Arg::new("shell").value_name("SHELL").required(true).value_parser(shells).help("The shell"))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let wanted = matches.get_one::<String>("shell").map(String::as_str);
    if let Some((_, hook)) = HOOKS.iter().find(|(shell, _)| Some(*shell) == wanted) {
        session.console.result(hook.trim_end());
    }
    Ok(exit::DONE)
}
