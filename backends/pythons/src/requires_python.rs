//! What `requires-python` in pyproject.toml allows.

use std::path::Path;

use pep440_rs::VersionSpecifiers;
use pyve_formats::Written;
use pyve_formats::pyproject::{self, Pyproject, PyprojectError};
use pyve_formats::python_version;
use pyve_plugin_api::{Error, Result};

/// A constraint on every Python of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    pub text: String,
    /// `pyproject.toml:5`.
    pub origin: String,
    pub specifiers: VersionSpecifiers,
}

/// The constraint of the project, if it states one.
pub fn read(project: &Path) -> Result<Option<Constraint>> {
    let refused = |error: PyprojectError| Error::new(error.to_string()).hint(error.hint());
    let Some(file) = Pyproject::read(project).map_err(refused)? else { return Ok(None) };
    let Some(Written { text, line }) = file.requires_python().map_err(refused)? else { return Ok(None) };
    let origin = format!("{}:{line}", pyproject::NAME);
    let specifiers = python_version::constraint(&text).map_err(|_| {
        Error::new(format!("requires-python \"{text}\" ({origin}) is no version constraint"))
            .hint("write it as in \">=3.11\" or \">=3.11,<3.14\"")
    })?;
    Ok(Some(Constraint { text, origin, specifiers }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Option<Constraint>> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pyproject.toml"), text).unwrap();
        read(folder.path()).map_err(|error| {
            Error::new(error.message.replace(&format!("{}/", folder.path().display()), ""))
                .with_remedy(error.remedy.clone())
        })
    }

    #[test]
    fn the_line_is_known() {
        let constraint = read_text("[project]\nname = \"a\"\n\nrequires-python = '>=3.11, <4'\n").unwrap().unwrap();
        assert_eq!((constraint.text.as_str(), constraint.origin.as_str()), (">=3.11, <4", "pyproject.toml:4"));
        let stray = read_text("project.requires-python = '>= 3.11,'\n").unwrap().unwrap();
        assert_eq!(stray.specifiers.to_string(), ">=3.11");
        assert_eq!(read_text("[tool.ruff]\n").unwrap(), None);
        assert_eq!(read(Path::new("/nowhere")).unwrap(), None);
    }

    #[test]
    fn what_cannot_be_understood_is_named() {
        let error = read_text("[project]\nrequires-python = '3.11 or so'\n").unwrap_err();
        assert_eq!(error.message, "requires-python \"3.11 or so\" (pyproject.toml:2) is no version constraint");
        assert_eq!(error.remedy.text, "write it as in \">=3.11\" or \">=3.11,<3.14\"");
        let error = read_text("[project]\nname = \n").unwrap_err();
        assert!(error.message.starts_with("pyproject.toml:2 cannot be read: "), "{error}");
    }
}
