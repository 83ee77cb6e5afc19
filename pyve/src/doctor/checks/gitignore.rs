//! pyve's block in `.gitignore`, and whether the settings can be committed beside it.

use crate::doctor::check::{Check, Fix};
use crate::doctor::context::Context;
use crate::failure::Failure;
use crate::files::gitignore;

const SUBJECT: &str = "Git ignores";

pub fn checks(context: &Context) -> Vec<Check> {
    block(context).into_iter().chain(hidden(context)).collect()
}

fn block(context: &Context) -> Option<Check> {
    let Ok(choice) = &context.choice else { return None };
    if !context.is_ready() || !context.has_block(gitignore::FILE) {
        return None;
    }
    let (id, file) = ("pyve.gitignore", gitignore::FILE);
    let prefix = context.record().map(|record| record.recorded.prefix.path().into_owned()).unwrap_or_default();
    let current = context
        .request(choice)
        .and_then(|request| gitignore::is_current(context.layout.root(), &choice.ignored(&request, &prefix, false)));
    Some(match current {
        Ok(true) => Check::ok(id, SUBJECT, file),
        Ok(false) => Check::warning(id, SUBJECT, format!("{file}: pyve's block was modified"))
            .remedy(context.target.typed.init(&[]))
            .fix(Fix::Wiring),
        Err(failure) => unclosed(id, SUBJECT, &failure),
    })
}

/// A block without its end is the user's to end: nobody else can tell where that is.
pub fn unclosed(id: &str, subject: &str, failure: &Failure) -> Check {
    Check { status: pyve_plugin_api::Status::WARNING, ..Check::failed(id, subject, failure) }
}

fn hidden(context: &Context) -> Option<Check> {
    let line = gitignore::hides_settings(context.layout.root()).ok()??;
    let detail =
        format!("{}:{line} keeps .pyve/config out of git, so a clone cannot know the backend", gitignore::FILE);
    let check = Check::warning("pyve.settings-hidden", SUBJECT, detail);
    Some(check.hint(format!("remove line {line} of {}", gitignore::FILE)))
}
