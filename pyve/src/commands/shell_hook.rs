//! `pyve shell-hook`: what a shell evaluates once, for `pyve activate` and for its prompt.

use anyhow::Result;
use clap::{Arg, ArgMatches, Command};

use super::entry::{Entry, switch};
use crate::activation::{self, Shell};
use crate::config::UserConfig;
use crate::context::Session;
use crate::failure::{Failure, exit};

pub const ENTRY: Entry = Entry { name: "shell-hook", arguments, execute, failed: |code| code };

/// The lines for the startup files, and what comes of them.
fn after_help() -> String {
    let lines = activation::ALL.map(|shell| {
        let place = format!("{}, in {}:", shell.name(), shell.startup_file());
        format!("  {place:<36} {}\n", shell.hook_line())
    });
    format!(
        "\
Add one line to the startup file of your shell:
{}
Then `pyve activate` and `pyve deactivate` work in it, and the prompt starts with PYVE_PROMPT_PREFIX, such as \
`(backend:project)`, where they or direnv set it. With VIRTUAL_ENV_DISABLE_PROMPT set the prompt stays as it is.

With `--auto`, or `shell_hook: {{auto: true}}` in ~/.pyve/config, {} also enter and leave projects with the directory: \
those that you allowed by `pyve allow`, as long as their files are the same.",
        lines.concat(),
        with_auto().join(", ")
    )
}

fn arguments() -> Command {
    Command::new("shell-hook")
        .about("Print the shell code for `pyve activate` and for the prompt")
        .after_help(after_help())
        .arg(Arg::new("shell").value_name("SHELL").required(true).value_parser(activation::names()).help("The shell"))
        .arg(switch("auto", "Enter and leave allowed projects with the directory"))
}

/// The shells that can enter projects with the directory.
fn with_auto() -> Vec<&'static str> {
    activation::ALL.iter().filter(|shell| shell.auto_hook().is_some()).map(|shell| shell.name()).collect()
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    if let Some(shell) = matches.get_one::<String>("shell").and_then(|name| activation::find(name)) {
        let auto = auto(matches, session, shell)?.map(|auto| format!("\n{}", auto.trim_end()));
        session.console.result(&format!("{}{}", shell.hook().trim_end(), auto.unwrap_or_default()));
    }
    Ok(exit::DONE)
}

/// What is added for entering projects with the directory, if the user wants it.
fn auto(matches: &ArgMatches, session: &Session, shell: &dyn Shell) -> Result<Option<&'static str>, Failure> {
    if matches.get_flag("auto") {
        return shell.auto_hook().map(Some).ok_or_else(|| {
            Failure::usage(format!("`--auto` does not work in {}", shell.name()))
                .detail(format!("it works in {}", with_auto().join(", ")))
                .remedy("leave it out; `pyve activate` and `pyve deactivate` work")
        });
    }
    // A shell must start, whatever is in the file.
    let config = UserConfig::load(&session.caller, session.caller.pyve_home().as_deref());
    let enters = config.inspect_err(|failure| session.console.warning(&failure.message));
    Ok(shell.auto_hook().filter(|_| enters.is_ok_and(|config| config.enters_by_directory())))
}
