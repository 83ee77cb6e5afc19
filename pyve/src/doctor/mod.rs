//! `pyve doctor`: what is wrong, and what to type.

mod check;
mod checks;
mod context;
mod fix;
mod json;
mod remedy_target;
mod report;
mod runner;
mod text;

use std::sync::Arc;

use anyhow::Result;
use pyve_plugin_api::{Finding, OsText};

use crate::context::{Backends, ProjectContext, Session};
use crate::failure::{Failure, exit};
use crate::project::Layout;
use crate::records::Record;
use crate::selection::Level;
pub use check::{Check, command_line};
pub use checks::backend::findings;
use context::Context;
use fix::Fixed;
pub use json::schema;
use remedy_target::{RemedyTarget, Seen};
use report::Report;

/// The words of one `doctor`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub backend: Option<String>,
    pub environment: Option<String>,
    pub strict: bool,
    pub json: bool,
    pub fix: bool,
    pub dry_run: bool,
    pub yes: bool,
}

/// Examines, mends where that was asked for, and tells; the exit code.
pub fn execute(options: &Options, session: &Session) -> Result<u8> {
    let looking = session.read_only();
    let mut report = look(options, &looking)?;
    session.tell_project(&report.project.path());
    let mut fixed: Vec<Fixed> = Vec::new();
    if options.fix {
        fixed = fix::all(&report, options, session);
        if fixed.iter().any(Fixed::is_done) {
            report = look(options, &looking)?;
        }
    }
    let console = &session.console;
    console.result(&if options.json {
        serde_json::to_string_pretty(&json::document(&report, &fixed))?
    } else {
        text::rendered(&report, &fixed, console)
    });
    let bad = report.counts.errors > 0 || (options.strict && report.counts.warnings > 0);
    Ok(if bad { exit::FAILED } else { exit::DONE })
}

/// The same checks in brief, for the end of an `init`: what is wrong with what it made. `found` is what the backend
/// said a moment ago, where nothing changed since; `is_news` tells what of it is worth telling.
pub fn after_init(
    layout: &Layout,
    options: &Options,
    session: &Session,
    found: Option<Vec<Finding>>,
    is_news: impl Fn(&Finding) -> bool,
) -> Result<Vec<Check>, Failure> {
    // `--verbose` has shown already how the backend was chosen.
    let session = &Session { console: session.console.hushed(), ..session.clone() };
    let mut context = Context::of(layout.clone(), true, Backends::known(session)?, options, session)?;
    context.found = found;
    if let Ok(choice) = &context.choice {
        let found = checks::backend::found(&context, choice)?;
        context.found = Some(found.into_iter().filter(is_news).collect());
    }
    let checks = runner::after_init(&context);
    let report = Report::new(&context, checks);
    Ok(report.checks.into_iter().filter(Check::is_problem).collect())
}

/// A remedy of the backend's as it is to be typed for the environment that `record` is of.
pub fn typed(remedy: &[OsText], choice: &ProjectContext, session: &Session, record: &Record) -> Option<String> {
    let flag = (choice.selection.level == Level::Flag).then(|| choice.description.id.to_string());
    let options = Options { backend: flag, ..Options::default() };
    let seen = Seen { choice: Some(choice), record: Some(record) };
    let target = RemedyTarget::new(&options, &session.caller, &choice.layout, &choice.environment, seen);
    command_line(&target.with_changes(target.at(remedy.to_vec())))
}

fn look(options: &Options, session: &Session) -> Result<Report> {
    let context = Arc::new(Context::survey(options, session)?);
    let checks = runner::all(&context);
    Ok(Report::new(&context, checks))
}
