//! The whole of what was found, in the order in which it is told.

use std::path::PathBuf;

use pyve_plugin_api::{OsText, Status};

use super::check::Check;
use super::checks::launch;
use super::context::Context;
use super::remedy_target::RemedyTarget;
use crate::project::EnvironmentName;

/// How many there are of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub ok: usize,
    pub infos: usize,
    pub warnings: usize,
    pub errors: usize,
}

/// One examination of a project.
pub struct Report {
    pub project: OsText,
    pub environment: EnvironmentName,
    /// The backend that is chosen, where one can be.
    pub backend: Option<String>,
    /// The environment's folder, where it is recorded.
    pub prefix: Option<PathBuf>,
    pub target: RemedyTarget,
    pub checks: Vec<Check>,
    pub counts: Counts,
}

impl Report {
    pub fn new(context: &Context, mut checks: Vec<Check>) -> Self {
        follow(&mut checks);
        let typed = &context.target.typed;
        checks.iter_mut().for_each(|check| check.remedy = typed.completed(std::mem::take(&mut check.remedy)));
        Self {
            project: context.layout.root().into(),
            environment: context.environment.clone(),
            backend: context.choice.as_ref().ok().map(|choice| choice.description.id.to_string()),
            prefix: context.record().map(|record| record.recorded.prefix.path().into_owned()),
            target: context.target.clone(),
            counts: counted(&checks),
            checks,
        }
    }
}

/// One cause is one problem: where the record says already that the environment is not to be used, what its backend
/// finds at it that the same command fixes is left out.
fn follow(checks: &mut Vec<Check>) {
    // That no command can be started in a broken environment is no news.
    let broken = |check: &Check| check.status == Status::ERROR && !check.id.starts_with("pyve.");
    if checks.iter().any(broken) {
        checks.retain(|check| check.id != launch::FAILED);
    }
    let cause = |check: &Check| check.id.starts_with("pyve.record") && check.status == Status::ERROR;
    let Some(cause) = checks.iter().find(|check| cause(check)).map(|check| check.id.clone()) else { return };
    let rebuilds = |check: &Check| {
        let mut words = check.remedy.command.iter().map(OsText::display);
        words.next().as_deref() == Some("pyve") && words.next().as_deref() == Some("init")
    };
    checks.retain(|check| check.id == cause || !check.is_problem() || !rebuilds(check));
}

fn counted(checks: &[Check]) -> Counts {
    let of = |status: Status| checks.iter().filter(|check| check.status == status).count();
    Counts {
        ok: of(Status::OK),
        infos: of(Status::INFO),
        warnings: of(Status::WARNING),
        // A status that only a newer backend knows is not passed over.
        errors: checks.iter().filter(|check| check.status > Status::WARNING).count(),
    }
}
