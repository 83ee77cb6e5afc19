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
    Pyproject::read(project).map_err(refused)?.map_or(Ok(None), |file| of(&file))
}

fn of(file: &Pyproject) -> Result<Option<Constraint>> {
    let Some(Written { text, line }) = file.requires_python().map_err(refused)? else { return Ok(None) };
    let origin = format!("{}:{line}", pyproject::NAME);
    let specifiers = python_version::constraint(&text).map_err(|_| {
        Error::new(format!("invalid `requires-python` `{text}` (`{origin}`)"))
            .hint("write it as in `>=3.11` or `>=3.11,<3.14`")
    })?;
    Ok(Some(Constraint { text, origin, specifiers }))
}

fn refused(error: PyprojectError) -> Error {
    Error::new(error.to_string()).hint(error.hint())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_text(text: &str) -> Result<Option<Constraint>> {
        of(&Pyproject::parse(pyproject::NAME, text).map_err(refused)?)
    }

    #[test]
    fn the_line_is_known() {
        let constraint = of_text("[project]\nname = \"a\"\n\nrequires-python = '>=3.11, <4'\n").unwrap().unwrap();
        assert_eq!((constraint.text.as_str(), constraint.origin.as_str()), (">=3.11, <4", "pyproject.toml:4"));
        let stray = of_text("project.requires-python = '>= 3.11,'\n").unwrap().unwrap();
        assert_eq!(stray.specifiers.to_string(), ">=3.11");
        assert_eq!(of_text("[tool.ruff]\n").unwrap(), None);
        assert_eq!(read(Path::new("/nowhere")).unwrap(), None);
    }

    #[test]
    fn what_cannot_be_understood_is_named() {
        let error = of_text("[project]\nrequires-python = '3.11 or so'\n").unwrap_err();
        assert_eq!(error.message, "invalid `requires-python` `3.11 or so` (`pyproject.toml:2`)");
        assert_eq!(error.remedy.text, "write it as in `>=3.11` or `>=3.11,<3.14`");
        let error = of_text("[project]\nname = \n").unwrap_err();
        assert!(error.message.starts_with("pyproject.toml:2 cannot be read: "), "{error}");
    }
}
