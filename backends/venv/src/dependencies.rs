//! How the project's own dependencies are put in, and the files that name them.

use std::path::Path;

use pyve_formats::pyproject::{self, Pyproject};
use pyve_formats::read::{self, Limit};
use pyve_formats::{requirements, sha256};
use pyve_pip::Pip;
use pyve_plugin_api::{Command, Consent, Recipe, Result, Step};

use crate::{asdf, layout};

const REQUIREMENTS: &str = "requirements.txt";

/// Installs `requirements.txt` first, whose pins then hold for the project itself, which follows
/// editable if it can be built. Two commands, since pip refuses an editable project beside hashes.
/// An environment that was made `without_pip` gets it first; one of a Python that is `asdfs` keeps its programs to itself.
pub fn recipe(project: &Path, prefix: &Path, without_pip: bool, asdfs: bool, pip: &Pip) -> Option<Recipe> {
    let requirements = project.join(REQUIREMENTS).is_file();
    let buildable = buildable(project);
    let label = match (requirements, buildable) {
        (true, None) => format!("Install the dependencies of {REQUIREMENTS}"),
        (false, Some(file)) => format!("Install the project and its dependencies from {file}"),
        (true, Some(file)) => format!("Install the dependencies of {REQUIREMENTS} and the project from {file}"),
        (false, None) => return None,
    };
    let mut recipe = Recipe::new("dependencies", &label, Consent::CONFIRM);
    let of_environment = |command: Command| of_environment(command, project, prefix, asdfs);
    if without_pip {
        let ensure = Command::new(layout::interpreter(prefix)).args(["-I", "-m", "ensurepip", "--default-pip"]);
        let ensure = of_environment(pip.shielded(ensure));
        recipe = recipe.step(Step::run("Put pip into the environment", ensure));
    }
    if requirements {
        let title = format!("Install the dependencies of {REQUIREMENTS}");
        let filter = pip.output_filter(&format!("`{REQUIREMENTS}`"), REQUIREMENTS);
        let install = of_environment(pip.install(["-r", REQUIREMENTS]));
        recipe = recipe.step(Step::run(&title, install).output_filter(filter));
    }
    if let Some(file) = buildable {
        let filter = pip.output_filter(&format!("the project (`{file}`)"), file);
        let install = of_environment(pip.install(["-e", "."]));
        recipe = recipe.step(Step::run("Install the project, editable", install).output_filter(filter));
    }
    Some(recipe)
}

/// In the project, with the environment as its `activate` script would set it.
fn of_environment(command: Command, project: &Path, prefix: &Path, asdfs: bool) -> Command {
    let command = command.current_dir(project).env("VIRTUAL_ENV", prefix);
    if asdfs { command.env(asdf::NO_RESHIM.0, asdf::NO_RESHIM.1) } else { command }
}

/// The file from which pip can build the project; many a pyproject.toml only configures tools.
fn buildable(project: &Path) -> Option<&'static str> {
    if Pyproject::read(project).ok().flatten().is_some_and(|file| file.is_buildable()) {
        return Some(pyproject::NAME);
    }
    project.join("setup.py").is_file().then_some("setup.py")
}

/// The files that are there, each with the SHA-256 of its content.
pub fn specs(project: &Path) -> Result<Vec<(&'static str, String)>> {
    let mut specs = Vec::new();
    for name in [REQUIREMENTS, pyproject::NAME] {
        let file = project.join(name);
        let Some(content) = read::bytes(&file, Limit::PROJECT).map_err(crate::unreadable)? else { continue };
        specs.push((name, sha256::of(content)));
    }
    // pip would wait for a pipe as long as anybody else.
    requirements::read(&project.join(REQUIREMENTS), &|_| None).map_err(crate::unreadable)?;
    Ok(specs)
}
