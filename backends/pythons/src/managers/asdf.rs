//! asdf: where it keeps its Pythons, which one it uses, and how it installs one.

use std::path::Path;

use pyve_formats::python_version::VersionRequest;
use pyve_formats::python_version::files::{self as version_files, Line, TOOL_VERSIONS};
use pyve_plugin_api::{Command, Host, Recipe, Step};

use super::{Manager, program, root};
use crate::requested::home;

/// asdf, if its data folder is there or its program is on PATH.
pub fn find(host: &dyn Host) -> Option<Manager> {
    let found = root(host, "ASDF_DATA_DIR", ".asdf");
    let root = found.or_else(|| {
        // A fresh asdf has a program and no data yet.
        host.find_program("asdf").into_iter().next()?;
        Some(home(host)?.join(".asdf"))
    })?;
    let installs = root.join("installs").join("python");
    let program = program(host, "asdf", &root);
    (program.is_some() || installs.is_dir()).then_some(Manager { name: "asdf", root, installs, program })
}

/// What asdf uses where a project says nothing.
pub fn current(host: &dyn Host) -> Vec<Line> {
    if let Some(value) = host.variable("ASDF_PYTHON_VERSION") {
        let value = value.to_string_lossy().into_owned();
        let line = |text: &str| Line { file: "ASDF_PYTHON_VERSION".into(), number: 0, text: text.to_owned() };
        return value.split_whitespace().map(line).collect();
    }
    let at_home = home(host).and_then(|home| version_files::tool_versions(&home.join(TOOL_VERSIONS)).ok());
    at_home.unwrap_or_default()
}

/// Asks asdf which versions there are: the newest of a series, or all for a constraint.
pub fn known(spec: &VersionRequest, text: &str, program: &Path) -> Command {
    let command = Command::new(program);
    match spec {
        VersionRequest::Release(release) => command.args(["latest", "python", &release.to_string()]),
        VersionRequest::Named(_) => command.args(["latest", "python", text]),
        _ => command.args(["list", "all", "python"]),
    }
}

/// Adds the steps that install `version`.
pub fn install(recipe: Recipe, manager: &Manager, program: &Path, version: &str) -> Recipe {
    let asdf = || Command::new(program).env("ASDF_DATA_DIR", &manager.root);
    let recipe = if manager.root.join("plugins").join("python").exists() {
        recipe
    } else {
        recipe.step(Step::run("Add asdf's python plugin", asdf().args(["plugin", "add", "python"])))
    };
    let title = format!("Install Python {version} with asdf");
    recipe.step(Step::run(&title, asdf().args(["install", "python", version])))
}
