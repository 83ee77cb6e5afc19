//! `pyve doctor`: what is wrong, and what to type.

mod fix;

use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::entry::{Entry, environment};
use crate::context::Session;
use crate::doctor::{self, Fixed, Options};
use crate::failure::exit;

pub const ENTRY: Entry = Entry { name: "doctor", arguments, execute, failed: |code| code };

const AFTER_HELP: &str = "\
Below each problem is what was seen and the command or edit that mends it. Nothing is changed, unless
--fix is given: it asks before an environment is made again or something is removed, and never says to
direnv or to a plugin that it is trusted.

Exit codes: 0 no errors; 1 errors, with --strict warnings too.

Examples:
  pyve doctor                  examine the project that you are in
  pyve doctor --fix --dry-run  list what could be mended
  pyve doctor --json           for programs; --schema prints the JSON Schema";

/// How `--fix` goes about it.
struct Switches {
    dry_run: bool,
    yes: bool,
}

fn arguments() -> Command {
    Command::new("doctor")
        .about("Say what is wrong with the project's environment, and what to type")
        .after_help(AFTER_HELP)
        .arg(text("backend", "BACKEND", "Examine the environment of this backend"))
        .arg(environment("Examine the environment of that name"))
        .arg(switch("strict", "Exit with 1 on warnings too"))
        .arg(switch("json", "Print JSON"))
        .arg(switch("schema", "Print the JSON Schema of --json").exclusive(true))
        .arg(switch("fix", "Mend what can be mended safely, then examine again"))
        .arg(switch("dry-run", "With --fix: only list what would be done").requires("fix"))
        .arg(switch("yes", "With --fix: answer yes to its questions").short('y').requires("fix"))
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help).action(ArgAction::SetTrue)
}

fn text(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    if matches.get_flag("schema") {
        session.console.result(&serde_json::to_string_pretty(&doctor::schema())?);
        return Ok(exit::DONE);
    }
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let options = Options {
        backend: text("backend"),
        environment: matches.get_one("env").cloned(),
        strict: matches.get_flag("strict"),
    };
    let mut report = doctor::examine(&options, session)?;
    session.tell_project(&report.project.path());
    let mut fixed: Vec<Fixed> = Vec::new();
    if matches.get_flag("fix") {
        let switches = Switches { dry_run: matches.get_flag("dry-run"), yes: matches.get_flag("yes") };
        fixed = fix::all(&report, &switches, session);
        if fixed.iter().any(Fixed::is_done) {
            report = doctor::examine(&options, session)?;
        }
    }
    let console = &session.console;
    console.result(&if matches.get_flag("json") {
        serde_json::to_string_pretty(&doctor::document(&report, &fixed))?
    } else {
        doctor::rendered(&report, &fixed, console)
    });
    let bad = report.counts.errors > 0 || (options.strict && report.counts.warnings > 0);
    Ok(if bad { exit::FAILED } else { exit::DONE })
}
