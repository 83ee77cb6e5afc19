//! Which backend the project gets and why, and whether its settings can be read.

use crate::config::FILE;
use crate::doctor::check::Check;
use crate::doctor::context::Context;
use crate::records::Record;

const SUBJECT: &str = "Backend";

pub fn checks(context: &Context) -> Vec<Check> {
    let mut checks = backend(context);
    checks.push(settings(context));
    checks
}

fn backend(context: &Context) -> Vec<Check> {
    let choice = match &context.choice {
        Ok(choice) => choice,
        Err(failure) => return vec![damaged_choice(context, failure)],
    };
    let id = &choice.selection.backend;
    let named = if choice.is_default() { String::new() } else { format!(", environment `{}`", context.environment) };
    let mut checks = vec![Check::ok("pyve.backend", SUBJECT, format!("{id} ({}){named}", choice.selection.why))];
    checks.extend(choice.selection.warnings.iter().map(|warning| {
        let seen = warning.split(". Run `pyve init").next().unwrap_or(warning);
        let check = Check::warning("pyve.backend-disputed", SUBJECT, format!("{id}: {seen}"));
        check.remedy(context.target.init(&["--backend", id]))
    }));
    checks
}

/// What was written down of the last choice is pyve's own to write again.
fn damaged_choice(context: &Context, failure: &crate::failure::Failure) -> Check {
    let check = Check::failed("pyve.backend", SUBJECT, failure);
    let current = context.layout.current(&context.environment);
    if failure.message.starts_with(&format!("{} is damaged", current.display())) {
        // With it goes who was chosen; a record that stands alone says it, too.
        let made: Vec<&Record> =
            context.records().records.iter().filter(|record| record.environment == context.environment).collect();
        let remedy = match made.as_slice() {
            [one] => context.target.init(&["--force", "--backend", &one.backend]),
            _ => context.target.init(&["--force"]),
        };
        return Check { hint: None, ..check }.remedy(remedy);
    }
    check
}

fn settings(context: &Context) -> Check {
    let (id, subject) = ("pyve.config", "Settings");
    match &context.config {
        Some(failure) => Check::failed(id, subject, failure),
        None if context.choice.as_ref().is_ok_and(|choice| choice.config.is_present()) => Check::ok(id, subject, FILE),
        None => Check::info(id, subject, format!("{FILE} is not there, so nothing is set")),
    }
}
