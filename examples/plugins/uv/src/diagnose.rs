//! What can be wrong with an environment of uv.

use pyve_formats::read::{self, Limit};
use pyve_formats::toml_file::TomlFile;
use pyve_plugin_api::{Command, Finding, Host, Request, Result, Status};

use crate::{project, tool};

/// The tool, the environment, its interpreter, and whether the lock file can be read.
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
            Finding::error("uv.environment-missing", "Environment", &format!("{} does not exist", prefix.display()))
                .remedy(&Command::new("pyve").arg("init"))
        }
        (true, false) => {
            let detail = format!("the interpreter of {} is gone", prefix.display());
            Finding::error("uv.interpreter-missing", "Python", &detail).remedy(&again)
        }
        (true, true) => Finding::ok("uv.environment", "Environment", &prefix.display().to_string()),
    });
    findings.extend(lock(request));
    Ok(findings)
}

/// Whether the lock file can be read. Whether it is up to date only `uv lock --check` can say, which may start what the
/// project names to build itself with: that is left to the user.
fn lock(request: &Request) -> Option<Finding> {
    let path = request.in_project("uv.lock");
    let unreadable = |why: &str| Finding::error("uv.lock-unreadable", "Lock file", &format!("uv.lock: {why}"));
    let text = match read::text(&path, Limit::LOCK) {
        Ok(text) => text?,
        Err(error) => return Some(unreadable(&error.to_string()).hint(error.hint())),
    };
    // uv itself reads the file before it locks again, and fails as well.
    let hint = "take a whole `uv.lock` from git, or remove it; then run `uv lock`";
    let conflict = text.lines().position(|line| line.starts_with("<<<<<<< "));
    if let Some(index) = conflict {
        return Some(unreadable(&format!("line {} is a mark of a merge conflict", index + 1)).hint(hint));
    }
    if let Err(error) = TomlFile::parse(&text) {
        return Some(unreadable(&error.to_string()).hint(hint));
    }
    let check = Command::new("uv").args(["lock", "--check"]);
    let detail = "uv.lock (not compared with pyproject.toml, which could start the project's build backend)";
    Some(Finding::new("uv.lock", Status::INFO, "Lock file", detail).remedy(&check))
}
