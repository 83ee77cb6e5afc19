//! Which backend the project gets and why, and whether its settings can be read.

use crate::config::FILE;
use crate::doctor::check::Check;
use crate::doctor::ground::Ground;
use crate::project::DEFAULT_ENVIRONMENT;

const SUBJECT: &str = "Backend";

pub fn checks(ground: &Ground) -> Vec<Check> {
    let mut checks = backend(ground);
    checks.push(settings(ground));
    checks
}

fn backend(ground: &Ground) -> Vec<Check> {
    let choice = match &ground.choice {
        Ok(choice) => choice,
        Err(failure) => return vec![damaged_choice(ground, failure)],
    };
    let id = &choice.selection.backend;
    let named = match ground.environment.as_str() {
        DEFAULT_ENVIRONMENT => String::new(),
        name => format!(", environment `{name}`"),
    };
    let mut checks = vec![Check::ok("pyve.backend", SUBJECT, format!("{id} ({}){named}", choice.selection.why))];
    checks.extend(choice.selection.warnings.iter().map(|warning| {
        let seen = warning.split(". To settle it").next().unwrap_or(warning);
        Check::warning("pyve.backend-disputed", SUBJECT, format!("{id}: {seen}"))
            .remedy(ground.aim.init(&["--backend", id]))
    }));
    checks
}

/// What was written down of the last choice is pyve's own to write again.
fn damaged_choice(ground: &Ground, failure: &crate::failure::Failure) -> Check {
    let check = Check::failed("pyve.backend", SUBJECT, failure);
    let current = ground.layout.current(&ground.environment);
    if failure.message.starts_with(&format!("{} is damaged", current.display())) {
        return Check { hint: None, ..check }.remedy(ground.aim.init(&["--force"]));
    }
    check
}

fn settings(ground: &Ground) -> Check {
    let (id, subject) = ("pyve.config", "Settings");
    match &ground.config {
        Some(failure) => Check::failed(id, subject, failure),
        None if ground.choice.as_ref().is_ok_and(|choice| choice.config.is_present()) => Check::ok(id, subject, FILE),
        None => Check::info(id, subject, format!("{FILE} is not there, so nothing is set")),
    }
}
