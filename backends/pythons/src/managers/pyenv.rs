//! pyenv: where it keeps its Pythons, which one it uses, and how it installs one.

use std::path::{Path, PathBuf};

use pyve_formats::python_version::VersionRequest;
use pyve_formats::python_version::files::{self as version_files, Line, PYTHON_VERSION};
use pyve_plugin_api::{Command, Host, Recipe, Step};

use super::{Manager, program, root};
use crate::requested::home;

/// pyenv, if its folder is there or its program is on PATH.
pub fn find(host: &dyn Host) -> Option<Manager> {
    let root = root(host, "PYENV_ROOT", ".pyenv").or_else(|| root_of_shims(host))?;
    let installs = root.join("versions");
    let program = program(host, "pyenv", &root);
    (program.is_some() || installs.is_dir()).then_some(Manager { name: "pyenv", root, installs, program })
}

/// A pyenv elsewhere whose shims are on PATH, though no variable names it.
fn root_of_shims(host: &dyn Host) -> Option<PathBuf> {
    let shims = ["python3", "python"].into_iter().flat_map(|name| host.find_program(name));
    let mut roots = shims.filter_map(|shim| Some(shim.parent()?.parent()?.to_owned()));
    roots.find(|root| root.join("shims").is_dir() && root.join("versions").is_dir())
}

/// What pyenv uses where a project says nothing.
pub fn current(manager: &Manager, host: &dyn Host) -> Vec<Line> {
    if let Some(value) = host.variable("PYENV_VERSION").filter(|value| !value.is_empty()) {
        let value = value.to_string_lossy().into_owned();
        let line = |text: &str| Line { file: "PYENV_VERSION".into(), number: 0, text: text.to_owned() };
        return value.split(':').filter(|text| !text.is_empty()).map(line).collect();
    }
    let at_home = home(host).and_then(|home| version_files::python_version(&home.join(PYTHON_VERSION)).ok());
    let lines = at_home.unwrap_or_default();
    let of_pyenv = || version_files::python_version(&manager.root.join("version")).unwrap_or_default();
    if lines.is_empty() { of_pyenv() } else { lines }
}

/// Asks pyenv which versions there are: the newest of a series, or all for a constraint.
pub fn known(spec: &VersionRequest, text: &str, program: &Path) -> Command {
    let command = Command::new(program);
    match spec {
        VersionRequest::Release(version) | VersionRequest::Exact(version) => {
            command.args(["latest", "-k", &version.to_string()])
        }
        VersionRequest::Named(_) => command.args(["latest", "-k", text]),
        _ => command.args(["install", "--list"]),
    }
}

/// Adds the step that installs `version`.
pub fn install(recipe: Recipe, manager: &Manager, program: &Path, version: &str) -> Recipe {
    let install = Command::new(program).args(["install", "--skip-existing", version]).env("PYENV_ROOT", &manager.root);
    recipe.step(Step::run(&format!("Install Python {version} with pyenv"), install))
}
