//! How uv makes the environment: by `uv sync` of a project, and by `uv venv` where there are only files of requirements.

use std::path::Path;

use pyve_formats::pyproject;
use pyve_formats::read::{self, Limit};
use pyve_formats::sha256;
use pyve_plugin_api::{
    Command, Consent, Creation, Error, Host, Level, LockState, PrefixState, Recipe, Request, Result, Tool, Update,
};

use crate::choice::{Choice, Locking};
use crate::lock::file::LockFile;
use crate::lock::{Judged, unmerged};
use crate::project::{self, LOCK, Project};
use crate::{command, python, state};

/// The plan for an empty prefix, and what stands there now.
pub fn plan(request: &Request, tool: &Tool, host: &dyn Host) -> Result<Creation> {
    let prefix = project::prefix(request);
    let project = Project::around(&request.project())?;
    let choice = chosen(request, project.as_ref())?.with_variables(request, host);
    let (state, seen) = state::at(&prefix, request, project.as_ref(), &choice, host)?;
    if let Some(project) = &project {
        check_lock(project, &choice, state, host)?;
    }
    let search = python::search(request, project.as_ref(), host)?;
    let given = |command| python::given(command, request, &search, &choice, host);
    let creation = Creation::new(&project::name(request), &prefix).interpreter(project::interpreter(&prefix));
    let creation = if state == PrefixState::ABSENT { creation } else { creation.state(state, &seen) };
    if project.is_some() {
        let sync = given(sync(request, tool, &choice, &prefix));
        let creation = creation.step(command::step("Sync the environment", SYNC_FAILED, sync, request));
        // The lock is uv's to write: what it says is compared with what is installed, not with what it said.
        return [LOCK, pyproject::NAME]
            .into_iter()
            .try_fold(creation, |creation, file| with_spec(creation, request, file, true));
    }
    let venv = given(command::uv(request, tool, &["venv"])).arg(&prefix);
    let creation = creation.step(command::step("Create the virtual environment", VENV_FAILED, venv, request));
    match project::requirements(request) {
        Some(file) => {
            let creation = with_spec(creation, request, &file, false)?;
            Ok(creation.dependencies(dependencies(request, tool, &choice, &prefix, &file)))
        }
        None => Ok(creation),
    }
}

const SYNC_FAILED: &str = "uv could not sync the environment";
const VENV_FAILED: &str = "uv could not create the virtual environment";

/// `uv sync` brings what stands in line; a Python is never exchanged in place.
pub fn update(request: &Request, tool: &Tool, host: &dyn Host) -> Result<Update> {
    let prefix = project::prefix(request);
    let project = Project::around(&request.project())?;
    let choice = chosen(request, project.as_ref())?.with_variables(request, host);
    if let Some(why) = python::mismatch(&prefix, request, project.as_ref(), &choice, host)? {
        return Ok(Update::recreate(&format!("it was {why}")));
    }
    // Whatever Python uv would take by itself, the environment keeps the one that it has.
    let own = |command: Command| choice.python(command.arg("--python").arg(project::interpreter(&prefix)));
    let relink = |command: Command| {
        if state::relinked(request, &choice).is_some() { command.arg("--reinstall") } else { command }
    };
    if project.is_some() {
        let sync = relink(own(sync(request, tool, &choice, &prefix)));
        return Ok(Update::new().step(command::step_telling("Sync the environment", SYNC_FAILED, sync, request)));
    }
    let file = project::requirements(request);
    let steps = file.map(|file| dependencies(request, tool, &choice, &prefix, &file).steps).unwrap_or_default();
    Ok(steps.into_iter().fold(Update::new(), |update, mut step| {
        step.command = step.command.into_option().map(relink).into();
        update.step(step)
    }))
}

/// Refuses a stale lock that is to be kept, before anything is done; says of another one what becomes of it.
fn check_lock(project: &Project, choice: &Choice, state: PrefixState, host: &dyn Host) -> Result<()> {
    if let Ok(LockFile::Conflict(line)) = LockFile::read(&project.base) {
        return Err(unmerged(line));
    }
    // One that is only kept needs no lock, and uv itself says that it cannot read one.
    let Ok(Judged { state: found, reasons }) = Judged::read(project, host) else { return Ok(()) };
    let told = || state::told(&reasons);
    match (found, choice.locking) {
        (LockState::STALE | LockState::MISSING, Locking::Locked) => {
            let what = if found == LockState::STALE { "uv.lock is stale" } else { "uv.lock does not exist" };
            let error = Error::new(what).remedy(&Command::new("pyve").arg("lock"));
            let details = reasons.iter().filter(|_| found == LockState::STALE);
            return Err(details.fold(error, Error::detail));
        }
        (LockState::STALE, Locking::Frozen) => {
            host.log(Level::WARNING, &format!("Lock file may be stale: {}; to update it: pyve lock", told()));
        }
        (LockState::STALE, _) if state == PrefixState::ABSENT => {
            host.log(Level::INFO, &format!("uv.lock is updated: {}", told()));
        }
        _ => {}
    }
    Ok(())
}

pub fn chosen(request: &Request, project: Option<&Project>) -> Result<Choice> {
    Choice::read(request, &|group| project.is_some_and(|project| project.has_group(group)))
}

fn sync(request: &Request, tool: &Tool, choice: &Choice, prefix: &Path) -> Command {
    choice.sync(command::in_environment(request, tool, &["sync"], prefix))
}

fn dependencies(request: &Request, tool: &Tool, choice: &Choice, prefix: &Path, file: &str) -> Recipe {
    let install = command::uv(request, tool, &["pip", "install", "--python"]).arg(project::interpreter(prefix));
    let install = choice.groups(choice.install(install)).args(["--requirements", file]);
    let label = format!("Install the dependencies of {file}");
    let failure = format!("uv could not install `{file}`");
    Recipe::new("dependencies", &label, Consent::CONFIRM)
        .reads(file)
        .step(command::step(&label, &failure, install, request))
}

fn with_spec(creation: Creation, request: &Request, file: &str, of_part: bool) -> Result<Creation> {
    let bytes = read::bytes(request.in_project(file), Limit::LOCK)
        .map_err(|error| Error::new(error.to_string()).hint(error.hint()))?;
    Ok(match bytes.map(sha256::of) {
        Some(hash) if of_part => creation.spec_of_part(file, &hash),
        Some(hash) => creation.spec(file, &hash),
        None => creation,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_plugin_api::Interpreter;
    use pyve_plugin_api::testing::FakeHost;

    fn commands(root: &Path, request: &Request) -> Vec<String> {
        let host = FakeHost::new().python(Interpreter::new("/bin/python3.12", "3.12.4", "PATH"));
        let creation = plan(request, &Tool::new("/bin/uv", "0.13.9", "PATH"), &host).unwrap();
        let recipe = creation.dependencies.into_option().unwrap_or_default();
        let steps = creation.steps.iter().chain(&recipe.steps).filter_map(|step| step.command.as_ref().into_option());
        let set = |command: &Command| {
            command.env.iter().map(|it| format!("{}={} ", it.name, it.value.display())).collect::<String>()
        };
        let shown = |text: String| text.replace(&root.display().to_string(), "/p");
        steps.map(|command| shown(format!("{}{command}", set(command)))).collect()
    }

    #[test]
    fn a_project_is_synced_and_a_list_of_requirements_installed() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let asked = Request::new(root, "/h");
        assert_eq!(commands(root, &asked), ["/bin/uv venv --python /bin/python3.12 /p/.venv"]);
        std::fs::write(root.join("requirements.txt"), "six\n").unwrap();
        let offline = Request { offline: true, ..asked.clone() };
        assert_eq!(
            commands(root, &offline),
            [
                "UV_OFFLINE=1 /bin/uv venv --python /bin/python3.12 /p/.venv",
                "UV_OFFLINE=1 /bin/uv pip install --python /p/.venv/bin/python --requirements requirements.txt"
            ]
        );
        std::fs::write(root.join("pyproject.toml"), "[project]\nname = 'a'\n[tool.uv]\npackage = false\n").unwrap();
        let sync = "UV_PROJECT_ENVIRONMENT=/p/.venv /bin/uv sync --python /bin/python3.12";
        assert_eq!(commands(root, &asked), [sync]);
        let named = asked.with_environment("dev").with_setting("groups", ["x"], "--group");
        let sync = "UV_PROJECT_ENVIRONMENT=/p/.pyve/envs/dev /bin/uv sync --group x --python /bin/python3.12";
        assert_eq!(commands(root, &named), [sync]);
    }
}
