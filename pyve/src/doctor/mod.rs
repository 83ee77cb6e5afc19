//! Examining a project: what is wrong, and what to type.

mod check;
mod checks;
mod context;
mod fixed;
mod json;
mod remedy_target;
mod report;
mod runner;
mod text;

use std::sync::Arc;

use pyve_plugin_api::{Finding, Remedy};

use crate::config::Config;
use crate::context::{Backends, ProjectContext, Session};
use crate::environments;
use crate::failure::Failure;
use crate::project::{EnvironmentName, Layout};
use crate::records::Record;
use crate::selection::Level;
pub use check::{Check, Fix};
pub use checks::backend::findings;
use context::Context;
pub use context::Options;
pub use fixed::{Fixed, Outcome};
pub use json::{document, schema};
use remedy_target::{RemedyTarget, Seen};
pub use report::Report;
pub use text::rendered;

/// Examines the project that the caller is in.
pub fn examine(options: &Options, session: &Session) -> Result<Report, Failure> {
    let context = Arc::new(Context::survey(options, &session.read_only())?);
    let checks = runner::all(&context)?;
    Ok(Report::new(&context, checks))
}

/// The environments of the project that the caller is in, the one that is meant by default first. Settings that cannot be
/// read name none; the examination says what is wrong with them.
pub fn environments(session: &Session) -> Result<Vec<EnvironmentName>, Failure> {
    let backends = Backends::known(session)?;
    let found = backends.project(session);
    let layout = session.layout(found.as_ref().map_or(session.caller.folder(), |found| found.root()));
    let config = Config::load(&layout, backends.descriptions()).unwrap_or_default();
    environments::meant_first(&layout, &config, &session.caller)
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
    let mut context = Context::for_project(layout.clone(), true, Backends::known(session)?, options, session)?;
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
pub fn typed(remedy: &Remedy, choice: &ProjectContext, session: &Session, record: &Record) -> Remedy {
    let flag = (choice.selection.level == Level::Flag).then(|| choice.description.id.to_string());
    let seen = Seen { choice: Some(choice), record: Some(record) };
    let target = RemedyTarget::new(flag.as_deref(), &session.caller, &choice.layout, &choice.environment, seen);
    target.typed.completed(remedy.clone())
}
