//! Whether there is a Python to make environments with.

use std::fs;

use pyve_plugin_api::{Command, Finding, Host, Request};

use crate::environment::Environment;
use crate::tool::answer;

const SUBJECT: &str = "Tool";

/// The Python under an environment that stands; its being there is enough, and costs no process.
pub fn of(environment: &Environment) -> Finding {
    let base = fs::canonicalize(environment.interpreter()).unwrap_or_else(|_| environment.interpreter());
    Finding::ok("venv.tool", SUBJECT, &format!("Python {} ({})", environment.version(), base.display()))
}

/// The Python that an environment would be made with now.
pub fn requested(request: &Request, host: &dyn Host) -> Finding {
    let answer = match answer(request, host) {
        Ok(answer) => answer,
        Err(error) => return Finding::error("venv.tool", SUBJECT, &error.message),
    };
    if let Some(tool) = answer.found.as_ref().into_option() {
        let detail = format!("Python {} ({}, {})", tool.version, tool.path.display(), tool.origin);
        return Finding::ok("venv.tool", SUBJECT, &detail);
    }
    let detail = match answer.required_by.as_str() {
        "" => answer.missing.to_string(),
        origin => format!("{} (asked for by {origin})", answer.missing),
    };
    let finding = Finding::error("venv.tool", SUBJECT, &detail);
    // `pyve init` offers what can be done about it, or says what must be.
    finding.remedy(&Command::new("pyve").arg("init"))
}
