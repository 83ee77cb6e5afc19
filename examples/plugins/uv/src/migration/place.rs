//! Which of a project's files uv takes its requirements from.

use pyve_formats::pyproject::Pyproject;
use pyve_plugin_api::{Request, Result};

use super::invalid;

/// Where the requirements are.
pub enum Place {
    /// In a project of uv's, which `uv sync` reads.
    Project(Pyproject),
    /// In a file of requirements, which `uv pip` installs. It need not be there.
    File(String),
}

impl Place {
    /// A table `[project]` is what makes a project, or a workspace without a project at its root; `uv pip` is for all others.
    pub fn of(request: &Request) -> Result<Self> {
        let pyproject = Pyproject::read(&request.project()).map_err(invalid)?;
        let is_project = |file: &Pyproject| ["project", "tool.uv.workspace"].iter().any(|it| file.line(it).is_some());
        Ok(match pyproject.filter(is_project) {
            Some(pyproject) => Self::Project(pyproject),
            None => Self::File(requirements_file(request)),
        })
    }
}

/// The file of requirements: for an environment with a name the one that bears it, where it is there.
fn requirements_file(request: &Request) -> String {
    let usual = "requirements.txt".to_owned();
    if !request.is_named() {
        return usual;
    }
    let name = &request.environment;
    let own = [format!("requirements-{name}.txt"), format!("requirements/{name}.txt")];
    own.into_iter().chain([usual]).find(|file| request.in_project(file).exists()).unwrap_or_else(|| file_for(request))
}

/// The file of requirements that would be written for an environment.
pub fn file_for(request: &Request) -> String {
    match request.is_named() {
        true => format!("requirements-{}.txt", request.environment),
        false => "requirements.txt".to_owned(),
    }
}
