//! An environment that is brought in line in place, where its backend knows how.

use pyve_plugin_api::{ErrorKind, Question, Request};

use super::decision::Decision;
use super::making::Making;
use super::record;
use crate::context::{ProjectContext, Session};
use crate::failure::Failure;
use crate::records::Record;

/// Steps of the backend's own where it has some for the environment as it is recorded; else a new one takes its place.
pub fn decide(making: &Making) -> Result<Decision, Failure> {
    let (choice, session) = (making.choice, making.session);
    if !choice.description.can(Question::Update) || making.before.is_none() || making.creation.external {
        return Ok(Decision::Rebuild);
    }
    let host = session.hosting(&choice.layout);
    let host = if making.options.dry_run { host } else { host.for_environment() };
    match choice.backend.update(&making.request, &making.tool, &host) {
        Ok(update) if update.recreate.is_empty() => Ok(Decision::Update(update.steps.into_vec())),
        Ok(update) => {
            session.console.info(&format!("{} is recreated: {}", making.shown_prefix(), update.recreate));
            Ok(Decision::Rebuild)
        }
        Err(error) if error.is(ErrorKind::UNSUPPORTED) => Ok(Decision::Rebuild),
        Err(error) => Err(error.into()),
    }
}

/// Whether the environment can still be used after steps that failed: most do so before they change anything.
pub fn still_works(before: &Record, request: &Request, choice: &ProjectContext, session: &Session) -> bool {
    record::verify(choice, session, request, before, false).is_ok()
}
