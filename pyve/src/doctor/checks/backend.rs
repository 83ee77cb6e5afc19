//! What the chosen backend finds at its tool and its environment.

use pyve_plugin_api::{Finding, Request, Status};

use crate::choice::Choice;
use crate::doctor::check::{Check, Fix};
use crate::doctor::ground::Ground;
use crate::failure::Failure;
use crate::session::Session;

/// What the backend finds; for `doctor` and at the end of `init`.
pub fn findings(choice: &Choice, session: &Session, request: &Request) -> Result<Vec<Finding>, Failure> {
    Ok(choice.backend.diagnose(request, &session.hosting(&choice.layout))?)
}

pub fn checks(ground: &Ground) -> Vec<Check> {
    let Ok(choice) = &ground.choice else { return Vec::new() };
    let found = ground.request(choice).and_then(|request| findings(choice, &ground.session, &request));
    match found {
        Ok(findings) => findings.into_iter().map(|finding| aimed(Check::from(finding), ground)).collect(),
        Err(failure) => vec![Check::failed("pyve.diagnosis", &choice.description.tool, &failure)],
    }
}

/// The remedy for this environment; one that is an `init` by itself `--fix` can do.
fn aimed(mut check: Check, ground: &Ground) -> Check {
    let words: Vec<String> = check.remedy.iter().map(pyve_plugin_api::OsText::display).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // What works, though not well, is not thrown away for it.
    if check.fix.is_none() && check.status == Status::ERROR {
        check.fix = match words.as_slice() {
            ["pyve", "init"] => Some(Fix::Make { force: false }),
            ["pyve", "init", "--force"] => Some(Fix::Make { force: true }),
            _ => None,
        };
    }
    check.remedy = ground.aim.at(check.remedy);
    check
}
