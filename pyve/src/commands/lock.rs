//! `pyve lock`: write the lock file of an environment, or check it.

use anyhow::Result;
use clap::{ArgAction, ArgMatches, Command};
use pyve_plugin_api::{OsText, Remedy};
use serde_json::{Value, json};

use super::entry::{Entry, environment, option, switch};
use crate::context::{Session, Typed};
use crate::failure::{Failure, exit};
use crate::lock::{self, Deed, Options, Outcome};

pub const ENTRY: Entry = Entry { name: "lock", arguments, execute, failed: |code| code };

/// The version of the JSON.
const SCHEMA: u32 = 1;

const AFTER_HELP: &str = "\
The backend decides which file is written. What is locked already stays at its version as long as the project's files \
allow it; a file with the marks of a merge conflict keeps what both sides agree on.

Exit codes: 0 if done; with `--check` 0 if every lock is fresh, else 1.

Examples:
  pyve lock                  Lock the environment
  pyve lock --check --all    Check all lock files, without a solver or the network
  pyve lock --update flask   Move one package, and what it requires
  pyve lock --upgrade        Move every package";

fn arguments() -> Command {
    Command::new("lock")
        .about("Lock the versions of an environment's packages")
        .after_help(AFTER_HELP)
        .arg(option("backend", "BACKEND", "Lock the environment of this backend"))
        .arg(environment("Lock the environment of this name"))
        .arg(switch("all", "Lock all environments").conflicts_with_all(["env", "backend"]))
        .arg(option("platform", "PLATFORM", "Lock for this platform; may be repeated").action(ArgAction::Append))
        .arg(
            option("update", "PACKAGE", "Move this package to its newest version; may be repeated")
                .action(ArgAction::Append),
        )
        .arg(switch("upgrade", "Move every package to its newest version").conflicts_with("update"))
        .arg(option("with", "PROGRAM", "Solve with this program instead of the backend's choice"))
        .arg(
            switch("check", "Print whether the lock files are up to date, without changing them")
                .conflicts_with_all(["platform", "update", "upgrade", "with", "dry-run"]),
        )
        .arg(switch("dry-run", "Solve and print what would change, without writing the file"))
        .arg(switch("json", "Print JSON"))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let list = |name: &str| matches.get_many::<String>(name).unwrap_or_default().cloned().collect::<Vec<_>>();
    let options = Options {
        backend: text("backend"),
        environment: matches.get_one("env").cloned(),
        platforms: list("platform"),
        update: list("update"),
        upgrade: matches.get_flag("upgrade"),
        with: text("with"),
        dry_run: matches.get_flag("dry-run"),
        check: matches.get_flag("check"),
    };
    let printing = Printing { json: matches.get_flag("json"), session };
    let layout = lock::project(session)?;
    session.tell_project(layout.root());
    if !matches.get_flag("all") {
        let outcome = lock::one(&layout, &options, session)?;
        printing.print(&outcome, &options);
        printing.documents(&layout.root().into(), vec![outcome.json()])?;
        return Ok(code(options.check, outcome.is_fresh()));
    }
    let (mut documents, mut all_fresh, mut failed) = (Vec::new(), true, Vec::new());
    for name in lock::environments(&layout, session)? {
        printing.head(&name);
        let options = Options { environment: Some(name.clone()), ..options.clone() };
        match lock::one(&layout, &options, session) {
            Ok(outcome) => {
                printing.print(&outcome, &options);
                all_fresh &= outcome.is_fresh();
                documents.push(outcome.json());
            }
            Err(failure) if failure.code == exit::INTERRUPTED => return Err(failure.into()),
            Err(failure) => {
                documents.push(json!({ "environment": name.to_string(), "error": failure.message }));
                session.console.failure(&failure);
                failed.push(name.to_string());
            }
        }
    }
    printing.documents(&layout.root().into(), documents)?;
    match failed.as_slice() {
        [] => Ok(code(options.check, all_fresh)),
        names => {
            let (action, names) = (if options.check { "check" } else { "write" }, names.join(", "));
            Err(Failure::new(format!("could not {action} the lock files of: {names}"))
                .remedy("fix the errors above")
                .into())
        }
    }
}

/// The exit code of a check says how the files are.
fn code(check: bool, fresh: bool) -> u8 {
    if check && !fresh { exit::FAILED } else { exit::DONE }
}

/// How results are told.
struct Printing<'a> {
    json: bool,
    session: &'a Session,
}

impl Printing<'_> {
    fn head(&self, environment: &str) {
        self.session.console.info(&format!("Environment {environment}:"));
    }

    fn print(&self, outcome: &Outcome, options: &Options) {
        let console = &self.session.console;
        if self.json {
            return;
        }
        if outcome.deed == Deed::Checked {
            console.result(&outcome.checked());
            if !outcome.is_fresh() {
                console.hint(&self.locking(options).to_string());
            }
            return;
        }
        if outcome.deed == Deed::Planned {
            outcome.commands.iter().for_each(|line| console.result(line));
        }
        outcome.table(console).iter().for_each(|line| console.result(line));
        match outcome.deed {
            Deed::Planned => console.info(&outcome.told()),
            _ => console.done(&outcome.told()),
        }
    }

    /// `pyve lock` for the same environment.
    fn locking(&self, options: &Options) -> Remedy {
        let typed = Typed {
            directories: self.session.caller.changes().to_vec(),
            backend: options.backend.clone(),
            environment: options.environment.clone().filter(|name| !name.is_default()),
            ..Typed::default()
        };
        typed.completed(Remedy::command(&pyve_plugin_api::Command::new("pyve").arg("lock")))
    }

    fn documents(&self, project: &OsText, locks: Vec<Value>) -> Result<()> {
        if self.json {
            let document = json!({ "schema": SCHEMA, "project": project, "locks": locks });
            self.session.console.result(&serde_json::to_string_pretty(&document)?);
        }
        Ok(())
    }
}
