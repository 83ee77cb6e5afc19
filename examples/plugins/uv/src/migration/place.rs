//! Which of a project's files uv takes its requirements from.

use pyve_plugin_api::{Request, Result};

use crate::project::{self, Project, REQUIREMENTS};

/// Where the requirements are.
pub enum Place {
    /// In a project of uv's, which `uv sync` reads.
    Project(Box<Project>),
    /// In a file of requirements, which `uv pip` installs. It need not be there.
    File(String),
}

impl Place {
    pub fn of(request: &Request) -> Result<Self> {
        let usual = || project::requirements(request).unwrap_or_else(|| file_for(request));
        Ok(Project::read(&request.project())?
            .map_or_else(|| Self::File(usual()), |project| Self::Project(Box::new(project))))
    }
}

/// The file of requirements that would be written for an environment.
pub fn file_for(request: &Request) -> String {
    match request.is_named() {
        true => format!("requirements-{}.txt", request.environment),
        false => REQUIREMENTS.to_owned(),
    }
}
