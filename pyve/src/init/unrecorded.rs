//! Where no record can be kept, `pyve run` goes by what stands and by the settings: it must find what was created.

use super::options::Options;
use super::plan::Plan;
use crate::config::{CommandLine, FILE};
use crate::context::{Asked, Backends, ProjectContext, Session, Wanted};
use crate::failure::Failure;

/// A failure where another environment would be used than the one that the command line asked for, or none.
pub fn check(plan: &Plan<'_>, choice: &ProjectContext, options: &Options, session: &Session) -> Result<(), Failure> {
    let layout = &choice.layout;
    if layout.keyring().lasts() || options.beside {
        return Ok(());
    }
    // As another process sees it, which does not know this command line.
    let wanted = Wanted { environment: options.environment.as_ref(), ..Wanted::default() };
    let seen = ProjectContext::in_project(session, Backends::known(session)?, layout.clone(), wanted)?;
    let request =
        seen.request(session, Asked { line: &CommandLine::default(), python: None, recorded: None, strict: false })?;
    let inspection = seen.backend.inspect(&request, &session.hosting(layout))?;
    let used = inspection.requested().map(|environment| &environment.prefix);
    if used == Some(&plan.creation.prefix) {
        return Ok(());
    }
    let created = layout.show(&plan.creation.prefix.path());
    let failure = match used {
        Some(other) => Failure::new(format!("`pyve run` would use `{}`, not `{created}`", layout.show(&other.path()))),
        None => Failure::new(format!("`pyve run` would not find `{created}`")),
    };
    let failure =
        failure.detail("pyve could not keep a record of it: its own directory has no key, and none could be written");
    Err(failure
        .remedy(format!("set {} in `{FILE}`, then run `pyve init` again", said(plan, choice, options).join(", "))))
}

/// What the command line said of it, as settings.
fn said(plan: &Plan<'_>, choice: &ProjectContext, options: &Options) -> Vec<String> {
    let backend = options.backend.iter().map(|backend| format!("`backend: {backend}`"));
    let given = plan.settings().iter().filter(|given| !given.origin.starts_with(FILE)).map(|given| {
        let values: Vec<&str> = given.values.iter().map(|value| value.as_str()).collect();
        format!("`{}: {{{}: {}}}`", choice.description.id, given.key, values.join(", "))
    });
    backend.chain(given).collect()
}
