//! pyve's block in `.gitignore`, and whether the settings can be committed beside it.

use crate::doctor::check::{Check, Fix};
use crate::doctor::ground::Ground;
use crate::failure::Failure;
use crate::files::gitignore;
use crate::init::wiring;

const SUBJECT: &str = "Git ignores";

pub fn checks(ground: &Ground) -> Vec<Check> {
    block(ground).into_iter().chain(hidden(ground)).collect()
}

fn block(ground: &Ground) -> Option<Check> {
    let Ok(choice) = &ground.choice else { return None };
    if !ground.is_ready() || !ground.has_block(gitignore::FILE) {
        return None;
    }
    let (id, file) = ("pyve.gitignore", gitignore::FILE);
    let current = ground.request(choice).and_then(|request| {
        gitignore::is_current(ground.layout.root(), &wiring::ignored(&choice.description, &request))
    });
    Some(match current {
        Ok(true) => Check::ok(id, SUBJECT, file),
        Ok(false) => Check::warning(id, SUBJECT, format!("{file}: pyve's block is not as pyve writes it"))
            .remedy(ground.aim.init(&[]))
            .fix(Fix::Wiring),
        Err(failure) => unclosed(id, SUBJECT, &failure),
    })
}

/// A block without its end is the user's to end: nobody else can tell where that is.
pub fn unclosed(id: &str, subject: &str, failure: &Failure) -> Check {
    Check { status: pyve_plugin_api::Status::WARNING, ..Check::failed(id, subject, failure) }
}

fn hidden(ground: &Ground) -> Option<Check> {
    let line = gitignore::hides_settings(ground.layout.root()).ok()??;
    let detail =
        format!("{}:{line} keeps .pyve/config out of git, so a clone cannot know the backend", gitignore::FILE);
    let check = Check::warning("pyve.settings-hidden", SUBJECT, detail);
    Some(check.hint(format!("remove line {line} of {}", gitignore::FILE)))
}
