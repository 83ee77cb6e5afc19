//! `pyve doctor`: diagnose the environment and suggest fixes.

mod fix;

use anyhow::Result;
use clap::{ArgMatches, Command};

use super::entry::{Entry, environment, option, switch, yes};
use crate::context::Session;
use crate::doctor::{self, Fixed, Options, Report};
use crate::failure::exit;

pub const ENTRY: Entry = Entry { name: "doctor", arguments, execute, failed: |code| code };

const AFTER_HELP: &str = "\
Each problem is printed with the command or edit that fixes it. Nothing is changed without `--fix`, which asks before it \
recreates an environment or removes something, and never allows direnv or trusts a plugin.

Exit codes: 0 if there are no errors; 1 if there are errors, or warnings with `--strict`.

Examples:
  pyve doctor                  Check the current project
  pyve doctor --all            Check all of its environments
  pyve doctor --fix --dry-run  Print what would be fixed
  pyve doctor --json           Print JSON; `--schema` prints its JSON Schema";

/// How `--fix` goes about it.
struct Switches {
    dry_run: bool,
    yes: bool,
}

fn arguments() -> Command {
    Command::new("doctor")
        .about("Diagnose the environment and suggest fixes")
        .after_help(AFTER_HELP)
        .arg(option("backend", "BACKEND", "Check the environment of this backend"))
        .arg(environment("Check the environment of this name"))
        .arg(switch("all", "Check all environments").conflicts_with_all(["env", "backend", "fix"]))
        .arg(switch("strict", "Treat warnings as errors"))
        .arg(switch("json", "Print JSON"))
        .arg(switch("schema", "Print the JSON Schema of the `--json` output").exclusive(true))
        .arg(switch("fix", "Fix what can be fixed safely, then check again"))
        .arg(switch("dry-run", "With `--fix`, print what would be fixed, without fixing it").requires("fix"))
        .arg(yes("With `--fix`, answer yes to prompts").requires("fix"))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    if matches.get_flag("schema") {
        session.console.result(&serde_json::to_string_pretty(&doctor::schema())?);
        return Ok(exit::DONE);
    }
    if matches.get_flag("all") {
        return all(matches, session);
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
    Ok(code(&[report], options.strict))
}

/// The exit code that the worst report asks for.
fn code(reports: &[Report], strict: bool) -> u8 {
    let is_bad = |report: &Report| report.counts.errors > 0 || (strict && report.counts.warnings > 0);
    if reports.iter().any(is_bad) { exit::FAILED } else { exit::DONE }
}

/// Every environment that is known, one after the other.
fn all(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let strict = matches.get_flag("strict");
    let mut reports = Vec::new();
    for environment in doctor::environments(session)? {
        reports.push(doctor::examine(&Options { backend: None, environment: Some(environment), strict }, session)?);
    }
    if let Some(first) = reports.first() {
        session.tell_project(&first.project.path());
    }
    let console = &session.console;
    if matches.get_flag("json") {
        let documents: Vec<_> = reports.iter().map(|report| doctor::document(report, &[])).collect();
        console.result(&serde_json::to_string_pretty(&documents)?);
    } else {
        let titled = |report: &Report| {
            format!("Environment: {}\n{}", report.environment, doctor::rendered(report, &[], console))
        };
        console.result(&reports.iter().map(titled).collect::<Vec<_>>().join("\n\n"));
    }
    Ok(code(&reports, strict))
}
