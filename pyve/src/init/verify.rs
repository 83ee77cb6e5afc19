//! What `doctor` would say of an environment that was just made: asked at the end, so that no `init` reports success
//! over one that does not work.

use pyve_plugin_api::{Finding, FindingKind};

use super::options::Options;
use super::plan::Plan;
use crate::context::{ProjectContext, Session};
use crate::doctor::{self, Check};
use crate::failure::Failure;
use crate::selection::Level;

/// What is worth a line; a failure where the environment does not work.
pub fn problems(
    plan: &Plan<'_>,
    choice: &ProjectContext,
    options: &Options,
    session: &Session,
    installed: bool,
) -> Result<Vec<Check>, Failure> {
    let examined = doctor::Options {
        backend: (choice.selection.level == Level::Flag).then(|| choice.description.id.to_string()),
        environment: options.environment.clone(),
        ..doctor::Options::default()
    };
    // Dependencies may have changed what the backend saw.
    let found = (!installed).then(|| plan.found());
    // A no to them, or to be told of them, is an answer; of an environment that was kept nobody was asked.
    let dependencies = installed || (!plan.decided.makes() && options.install_deps.is_none());
    let is_news = |finding: &Finding| is_news(finding, session, plan.decided.makes(), dependencies);
    let problems = doctor::after_init(&choice.layout, &examined, session, found, is_news)?;
    let (errors, warnings): (Vec<Check>, Vec<Check>) = problems.into_iter().partition(Check::is_error);
    match errors.split_first() {
        None => Ok(warnings),
        Some((first, others)) => Err(broken(plan.decided.makes(), first, others)),
    }
}

fn broken(made: bool, first: &Check, others: &[Check]) -> Failure {
    let what = if made { "the environment was created, but does not work" } else { "the environment does not work" };
    let failure = Failure::new(format!("{what}: {}", first.detail));
    let failure = others.iter().fold(failure, |failure, other| failure.detail(line(other)));
    match first.remedy.is_none() {
        false => failure.with_remedy(first.remedy.clone()),
        true => failure.command(["pyve", "doctor"]),
    }
}

/// A problem in one line.
pub fn line(problem: &Check) -> String {
    let seen = format!("{}: {}", problem.subject, problem.detail);
    if problem.remedy.is_none() { seen } else { format!("{seen}; {}", problem.remedy) }
}

/// Whether the user was not told before: while the environment was planned, or by a question. What is worth a
/// question and no error is nothing to tell where nobody can be asked.
fn is_news(finding: &Finding, session: &Session, new: bool, dependencies: bool) -> bool {
    let silent = match finding.kind {
        FindingKind::DEPENDENCIES => !dependencies,
        FindingKind::ASKED => new || session.caller.is_ci(),
        _ => false,
    };
    !silent && !session.console.has_warned(&finding.detail)
}
