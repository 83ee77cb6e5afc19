//! `pyve lock --with conda-lock`: the program that the format is named after writes the file itself.

use std::path::Path;

use pyve_plugin_api::{Command, Error, Host, Lock, LockRequest, LockState, Result, Step};

use super::project::{Project, checked};
use super::state;

const PROGRAM: &str = "conda-lock";

pub fn plan(project: &Project, asked: &LockRequest, host: &dyn Host) -> Result<Lock> {
    let said = asked.with.path();
    let stem = said.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if stem != PROGRAM {
        let error = Error::new(format!("`{}` cannot lock conda environments", said.display())).usage();
        return Err(error.hint("use `--with conda-lock`, or leave `--with` out"));
    }
    let program = program(&said, host)?;
    let standing = state::of(project)?;
    if standing.state == LockState::CONFLICT {
        let error = Error::new(standing.reasons.join("; ")).detail("conda-lock cannot resolve it");
        return Err(error.remedy(&state::remedy()));
    }
    let named: Vec<String> = asked.platforms.iter().map(|name| name.to_string()).collect();
    let platforms = if named.is_empty() { project.platforms()? } else { checked(named, super::FLAG)? };
    let mut sources: Vec<String> = Vec::new();
    for platform in &platforms {
        let names = project.sources(platform)?.into_iter().map(|source| source.name);
        sources.extend(names.filter(|name| !sources.contains(name)).collect::<Vec<_>>());
    }
    let mut command = Command::new(program.as_path()).arg("lock");
    for source in &sources {
        command = command.args(["-f", source]);
    }
    for platform in &platforms {
        command = command.args(["-p", platform]);
    }
    for channel in project.request.list("channels") {
        command = command.args(["-c", channel]);
    }
    command = command.args(["--lockfile", &project.file]);
    for name in &asked.update {
        command = command.args(["--update", name]);
    }
    if asked.update.is_empty() && !asked.upgrade {
        command = command.arg("--check-input-hash");
    }
    command = command.current_dir(project.request.project().as_ref());
    let lock = Lock::new(project.file.as_str(), standing.state);
    let lock = standing.reasons.iter().fold(lock, |lock, reason| lock.reason(reason));
    Ok(lock.step(Step::run(&format!("Write {} with {PROGRAM}", project.file), command)))
}

/// A path as it is, a name as PATH has it.
fn program(said: &Path, host: &dyn Host) -> Result<std::path::PathBuf> {
    if said.components().count() > 1 {
        return Ok(said.to_owned());
    }
    let found = host.find_program(&said.to_string_lossy()).into_iter().next();
    found.ok_or_else(|| {
        Error::new(format!("`{}` not found on PATH", said.display()))
            .hint("install it, for instance with: pipx install conda-lock")
    })
}
