//! Which backend the project gets and why, and whether its settings can be read.

use crate::config::FILE;
use crate::doctor::check::Check;
use crate::doctor::context::Context;

const SUBJECT: &str = "Backend";

pub fn checks(context: &Context) -> Vec<Check> {
    let mut checks = backend(context);
    checks.push(settings(context));
    checks
}

fn backend(context: &Context) -> Vec<Check> {
    let choice = match &context.choice {
        Ok(choice) => choice,
        Err(failure) => return vec![Check::failed("pyve.backend", SUBJECT, failure)],
    };
    let id = &choice.selection.backend;
    let named = if choice.is_default() { String::new() } else { format!(", environment `{}`", context.environment) };
    let mut checks = vec![Check::ok("pyve.backend", SUBJECT, format!("{id} ({}){named}", choice.selection.why))];
    checks.extend(choice.selection.warnings.iter().map(|warning| {
        let check = Check::warning("pyve.backend-disputed", SUBJECT, format!("{id}: {}", warning.seen));
        check.remedy(context.target.typed.init(&["--backend", id]))
    }));
    checks
}

fn settings(context: &Context) -> Check {
    let (id, subject) = ("pyve.config", "Settings");
    match &context.config {
        Some(failure) => Check::failed(id, subject, failure),
        None if context.choice.as_ref().is_ok_and(|choice| choice.config.is_present()) => Check::ok(id, subject, FILE),
        None => Check::info(id, subject, format!("{FILE} does not exist, so nothing is set")),
    }
}
