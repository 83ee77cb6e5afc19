//! The answer to "how is the environment locked?": by `uv lock`, in a file that all environments of a project share.

mod asked;
pub mod file;
mod groups;
mod indexes;
mod judged;
mod manifest;
pub mod marker;
mod merged;
mod source;

use pyve_plugin_api::{Command, Error, Host, Lock, LockRequest, LockState, Request, Result, Step, Tool};

pub use judged::Judged;
pub use merged::{preferred, unmerged};

use self::merged::Merged;
use crate::create::chosen;
use crate::project::{LOCK, Project};
use crate::{command, python};

/// How it is, and with a tool the step that writes it.
pub fn answer(request: &Request, asked: &LockRequest, host: &dyn Host) -> Result<Lock> {
    let Some(project) = Project::around(&request.project())? else {
        let message = "uv locks projects only: no `pyproject.toml` here has a `[project]` table";
        return Err(
            Error::new(message).hint("add `[project]` to `pyproject.toml`, or choose another backend with `--backend`")
        );
    };
    if !project.target.as_os_str().is_empty() {
        let message = format!(
            "`{}` is a member of the workspace `{}`, which has one {LOCK} for all",
            request.project().display(),
            project.base.display()
        );
        return Err(Error::new(message).remedy(&Command::new("pyve").arg("-C").arg(&project.base).arg("lock")));
    }
    refuse_unknown(asked)?;
    let judged = match Judged::read(&project, host) {
        // Of one that cannot be read uv itself says why.
        Err(_) if !asked.is_check() => Judged { state: LockState::UNKNOWN, reasons: Vec::new() },
        judged => judged?,
    };
    let lock = judged.reasons.iter().fold(Lock::new(LOCK, judged.state), |lock, reason| lock.reason(reason));
    match asked.tool.as_ref().into_option() {
        None => Ok(lock),
        Some(tool) => {
            let lock = match judged.state {
                LockState::CONFLICT => Merged::read(&project)?.prepare(lock),
                _ => lock,
            };
            Ok(lock.step(step(request, asked, &project, &named(asked, tool), host)?))
        }
    }
}

/// uv locks the project. What it says of what moved is shown as it comes.
pub fn step(request: &Request, asked: &LockRequest, project: &Project, tool: &Tool, host: &dyn Host) -> Result<Step> {
    let search = python::search(request, Some(project), host)?;
    let choice = chosen(request, Some(project))?.with_variables(request, host);
    let command = words(command::uv(request, tool, &["lock"]), asked);
    Ok(Step::run("Lock with uv", python::given(command, request, &search, &choice, host)))
}

fn words(command: Command, asked: &LockRequest) -> Command {
    let command = if asked.upgrade { command.arg("--upgrade") } else { command };
    asked.update.iter().fold(command, |command, package| command.arg(format!("--upgrade-package={package}").as_str()))
}

fn refuse_unknown(asked: &LockRequest) -> Result<()> {
    if !asked.platforms.is_empty() {
        let message = format!("{LOCK} is for all platforms; it cannot be locked for some of them");
        return Err(Error::new(message)
            .hint("list them as `environments` in the `[tool.uv]` table of `pyproject.toml`")
            .usage());
    }
    let with = asked.with.display();
    if !with.is_empty() && std::path::Path::new(&with).file_stem().is_none_or(|name| name != "uv") {
        return Err(Error::new(format!("`{with}` does not write {LOCK}"))
            .hint("remove `--with`: uv writes it")
            .usage());
    }
    Ok(())
}

/// The uv that `--with` names by a path, else the one that was found.
fn named(asked: &LockRequest, found: &Tool) -> Tool {
    match asked.with.path().is_absolute() {
        true => Tool { path: asked.with.clone(), ..found.clone() },
        false => found.clone(),
    }
}
