//! What the chosen backend finds at its tool and its environment.

use pyve_plugin_api::{Finding, Request, Status};

use super::machine;
use crate::context::ProjectContext;
use crate::doctor::check::{Check, Fix};
use crate::doctor::context::Context;
use crate::failure::Failure;
use crate::process::BackendHost;

/// What the backend finds; for `doctor` and in `init`, before it says that an environment stands.
pub fn findings(choice: &ProjectContext, host: &BackendHost<'_>, request: &Request) -> Result<Vec<Finding>, Failure> {
    Ok(choice.backend.diagnose(request, host)?)
}

pub fn checks(context: &Context) -> Vec<Check> {
    let Ok(choice) = &context.choice else { return Vec::new() };
    if let Err(failure) = known(context, choice) {
        return vec![Check::failed("pyve.environment-unknown", "Environment", &failure)];
    }
    match found(context, choice) {
        Ok(findings) => {
            let checks = findings.into_iter().map(|finding| aimed(Check::from(finding), context));
            let mut checks: Vec<Check> = checks.collect();
            // Where the backend knows of a cause, that is told.
            if checks.iter().all(|check| check.status != Status::ERROR) {
                checks.extend(machine::check(context));
            }
            checks
        }
        Err(failure) => vec![Check::failed("pyve.diagnosis", &choice.description.tool, &failure)],
    }
}

/// Fails where the backend has no environment of this name, or would take the default one for it. What is recorded was
/// created under it.
fn known(context: &Context, choice: &ProjectContext) -> Result<(), Failure> {
    if choice.is_default() || context.record().is_some() {
        return Ok(());
    }
    // What cannot be read is for the backend to say.
    let declared = choice.declared(&context.session).unwrap_or_default();
    choice.check_declared(&context.request(choice)?, &declared)?;
    choice.standing(&context.session).map(drop)
}

/// What it finds here, or found a moment ago.
pub fn found(context: &Context, choice: &ProjectContext) -> Result<Vec<Finding>, Failure> {
    match &context.found {
        Some(found) => Ok(found.clone()),
        None => findings(choice, &context.hosting(), &context.request(choice)?),
    }
}

/// The remedy for this environment; one that is an `init` by itself `--fix` can do.
fn aimed(mut check: Check, context: &Context) -> Check {
    let words: Vec<String> = check.remedy.command.iter().map(pyve_plugin_api::OsText::display).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // What works, though not well, is not thrown away for it.
    if check.fix.is_none() && check.status == Status::ERROR {
        check.fix = match words.as_slice() {
            ["pyve", "init"] => Some(Fix::Make { force: false }),
            ["pyve", "init", "--force"] => Some(Fix::Make { force: true }),
            _ => None,
        };
    }
    check.remedy.command = context.target.typed.at(check.remedy.command.to_vec()).into();
    check
}
