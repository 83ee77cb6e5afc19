//! Whether this machine runs the environment: one that was copied, or lies in a folder that two machines share, may be
//! another system's, another processor's, or another C library's. Told by the file of its interpreter; nothing is started.

use std::path::PathBuf;

use crate::doctor::check::{Check, Fix};
use crate::doctor::context::Context;
use crate::process::Image;

const SUBJECT: &str = "Environment";

/// The interpreter itself is looked at, wherever links lead from the environment's own.
pub fn check(context: &Context) -> Option<Check> {
    let interpreter = interpreter(context)?;
    let program = interpreter.canonicalize().ok()?;
    let why = Image::read(&program)?.why_foreign()?;
    let shown = context.layout.show(&interpreter);
    let detail = match program == interpreter {
        true => format!("`{shown}` {why}"),
        false => format!("`{shown}` leads to `{}`, which {why}", context.layout.show(&program)),
    };
    let check = Check::error("pyve.other-machine", SUBJECT, detail);
    Some(check.remedy(context.target.typed.init(&["--force"])).fix(Fix::Make { force: true }))
}

fn interpreter(context: &Context) -> Option<PathBuf> {
    let found = match context.record() {
        Some(record) => record.recorded.interpreter.clone(),
        None => context.choice.as_ref().ok()?.standing(&context.session).ok()??.interpreter,
    };
    (!found.is_empty()).then(|| found.path().into_owned())
}
