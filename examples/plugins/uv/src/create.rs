//! How uv makes the environment: `uv venv`, then `uv sync` where the project has a lock file.

use std::path::Path;

use pyve_formats::read::{self, Limit};
use pyve_formats::sha256;
use pyve_plugin_api::{Command, Consent, Creation, Error, PrefixState, Recipe, Request, Result, Step, Tool, Update};

use crate::project;

/// Files that the environment is made from.
const SPECS: &[&str] = &["uv.lock", "pyproject.toml", "requirements.txt"];

/// The plan for an empty prefix, and what stands there now.
pub fn plan(request: &Request, tool: &Tool) -> Result<Creation> {
    let prefix = project::prefix(request);
    let mut creation = Creation::new(&project::name(request), &prefix).interpreter(project::interpreter(&prefix));
    for spec in SPECS {
        let read = read::bytes(request.in_project(spec), Limit::LOCK);
        if let Some(bytes) = read.map_err(|error| Error::new(error.to_string()).hint(error.hint()))? {
            creation = creation.spec(*spec, &sha256::of(bytes));
        }
    }
    creation = with_state(creation, &prefix, request)?;
    creation = creation.step(Step::run("Create the virtual environment", venv(request, tool, &prefix)));
    if request.in_project("uv.lock").is_file() {
        return Ok(creation.step(Step::run("Install what uv.lock says", sync(request, tool, &prefix))));
    }
    Ok(match dependencies(request, tool, &prefix) {
        Some(recipe) => creation.dependencies(recipe),
        None => creation,
    })
}

/// uv brings an environment in line with its lock file; without one nobody knows what is to go.
pub fn update(request: &Request, tool: &Tool) -> Update {
    if !request.in_project("uv.lock").is_file() {
        return Update::recreate("without uv.lock it is not known what is to be removed");
    }
    Update::new().step(Step::run("Install what uv.lock says", sync(request, tool, &project::prefix(request))))
}

fn with_state(creation: Creation, prefix: &Path, request: &Request) -> Result<Creation> {
    if !prefix.exists() {
        return Ok(creation);
    }
    if !prefix.join("pyvenv.cfg").is_file() {
        let empty = std::fs::read_dir(prefix).is_ok_and(|mut entries| entries.next().is_none());
        let foreign = creation.clone().state(PrefixState::FOREIGN, "there is no pyvenv.cfg in it");
        return Ok(if empty { creation } else { foreign });
    }
    if !project::interpreter(prefix).exists() {
        return Ok(creation.state(PrefixState::BROKEN, "its interpreter does not exist"));
    }
    let changed = request.recorded().is_some_and(|recorded| recorded.specs != creation.specs);
    Ok(match changed {
        true => creation.state(PrefixState::OUTDATED, "the project's dependencies have changed since it was made"),
        false => creation.state(PrefixState::USABLE, "made by uv"),
    })
}

fn venv(request: &Request, tool: &Tool, prefix: &Path) -> Command {
    let command = clean(request, Command::new(&tool.path)).arg("venv");
    let command = match request.python() {
        Some(python) => command.arg("--python").arg(python.version.as_str()),
        None => command,
    };
    command.arg(prefix)
}

fn sync(request: &Request, tool: &Tool, prefix: &Path) -> Command {
    let command =
        clean(request, Command::new(&tool.path)).args(["sync", "--frozen"]).env("UV_PROJECT_ENVIRONMENT", prefix);
    request.list("groups").into_iter().fold(command, |command, group| command.arg("--group").arg(group))
}

fn dependencies(request: &Request, tool: &Tool, prefix: &Path) -> Option<Recipe> {
    let (file, args): (&str, &[&str]) = match () {
        () if request.in_project("requirements.txt").is_file() => ("requirements.txt", &["-r", "requirements.txt"]),
        () if request.in_project("pyproject.toml").is_file() => ("pyproject.toml", &["-e", "."]),
        () => return None,
    };
    let install = clean(request, Command::new(&tool.path))
        .args(["pip", "install", "--python"])
        .arg(project::interpreter(prefix))
        .args(args.iter().copied());
    let label = format!("Install the dependencies of {file}");
    Some(Recipe::new("dependencies", &label, Consent::CONFIRM).step(Step::run(&label, install)))
}

/// uv must not take the environment that happens to be active for the project's, and offline fetches nothing.
fn clean(request: &Request, command: Command) -> Command {
    let command = if request.offline { command.env("UV_OFFLINE", "1") } else { command };
    ["VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME", "PYTHONPATH"].into_iter().fold(command, Command::env_remove)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offline_uv_is_told_so() {
        let project = tempfile::tempdir().unwrap();
        std::fs::write(project.path().join("requirements.txt"), "six\n").unwrap();
        let told = |offline: bool| -> Vec<bool> {
            let request = Request { offline, ..Request::new(project.path(), "/home/.pyve") };
            let creation = plan(&request, &Tool::new("/bin/uv", "0.13.8", "PATH")).unwrap();
            let recipe = creation.dependencies.into_option().unwrap();
            let commands =
                creation.steps.iter().chain(&recipe.steps).filter_map(|step| step.command.as_ref().into_option());
            commands.map(|command| command.env.iter().any(|variable| variable.name == "UV_OFFLINE")).collect()
        };
        assert_eq!((told(true), told(false)), (vec![true; 2], vec![false; 2]));
    }
}
