//! What can be wrong with an environment of uv.

use pyve_plugin_api::{Command, Finding, Host, Request, Result};

use crate::{project, tool};

/// The tool, the environment, its interpreter, and whether the lock file is up to date.
pub fn examine(request: &Request, host: &dyn Host) -> Result<Vec<Finding>> {
    let again = Command::new("pyve").args(["init", "--force"]);
    let mut findings = Vec::new();
    let uv = tool::find(request, host)?;
    let uv = uv.found.into_option();
    findings.push(match &uv {
        Some(uv) => Finding::ok("uv.tool", "uv", &format!("{} (v{}, {})", uv.path.display(), uv.version, uv.origin)),
        None => Finding::error("uv.tool-missing", "uv", "uv is not installed").remedy(&Command::new("pyve").args([
            "init",
            "--bootstrap-to",
            "user",
        ])),
    });
    let prefix = project::prefix(request);
    let python = project::interpreter(&prefix);
    findings.push(match (prefix.join("pyvenv.cfg").is_file(), python.exists()) {
        (false, _) => {
            Finding::error("uv.environment-missing", "Environment", &format!("{} is not there", prefix.display()))
                .remedy(&Command::new("pyve").arg("init"))
        }
        (true, false) => {
            let detail = format!("the interpreter of {} is gone", prefix.display());
            Finding::error("uv.interpreter-missing", "Python", &detail).remedy(&again)
        }
        (true, true) => Finding::ok("uv.environment", "Environment", &prefix.display().to_string()),
    });
    if let (Some(uv), true) = (&uv, request.in_project("uv.lock").is_file()) {
        findings.push(lock(&uv.path, host)?);
    }
    Ok(findings)
}

fn lock(uv: &pyve_plugin_api::OsText, host: &dyn Host) -> Result<Finding> {
    let output = host.capture(&Command::new(uv).args(["lock", "--check"]).unset("VIRTUAL_ENV"))?;
    if output.success() {
        return Ok(Finding::ok("uv.lock", "Lock file", "uv.lock (up to date)"));
    }
    let why = output.error_text();
    let why = why.lines().last().unwrap_or("uv lock --check failed");
    let remedy = Command::new("pyve").args(["run", "uv", "lock"]);
    Ok(Finding::warning("uv.lock-stale", "Lock file", &format!("uv.lock (stale): {why}")).remedy(&remedy))
}
