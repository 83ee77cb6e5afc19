//! What `requires-python` in pyproject.toml allows.

use std::path::Path;
use std::str::FromStr;

use pep440_rs::VersionSpecifiers;
use pyve_formats::read::{self, Limit};
use pyve_plugin_api::{Error, Result};
use serde::Deserialize;
use toml::Spanned;

use crate::version::first_line;

/// A constraint on every Python of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    pub text: String,
    /// `pyproject.toml:5`.
    pub origin: String,
    pub specifiers: VersionSpecifiers,
}

#[derive(Deserialize)]
struct Document {
    project: Option<Project>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Project {
    requires_python: Option<Spanned<String>>,
}

/// The constraint of the project, if it states one.
pub fn read(project: &Path) -> Result<Option<Constraint>> {
    let file = project.join("pyproject.toml");
    let Some(bytes) = read::bytes(&file, Limit::PROJECT).map_err(crate::unreadable)? else { return Ok(None) };
    let text = String::from_utf8_lossy(&bytes);
    let document: Document = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(&text, span.start));
        Error::new(format!("{}:{line} cannot be read: {}", file.display(), first_line(error.message())))
            .remedy(format!("correct line {line} of {}", file.display()))
    })?;
    let Some(requirement) = document.project.and_then(|project| project.requires_python) else { return Ok(None) };
    let origin = format!("pyproject.toml:{}", line_at(&text, requirement.span().start));
    let written = requirement.into_inner();
    let specifiers = VersionSpecifiers::from_str(&written).map_err(|_| {
        Error::new(format!("requires-python \"{written}\" ({origin}) is no version constraint"))
            .remedy("write it as in \">=3.11\" or \">=3.11,<3.14\"")
    })?;
    Ok(Some(Constraint { text: written, origin, specifiers }))
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Option<Constraint>> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pyproject.toml"), text).unwrap();
        read(folder.path()).map_err(|error| {
            Error::new(error.message.replace(&format!("{}/", folder.path().display()), "")).remedy(&error.remedy)
        })
    }

    #[test]
    fn the_line_is_known() {
        let constraint = read_text("[project]\nname = \"a\"\n\nrequires-python = '>=3.11, <4'\n").unwrap().unwrap();
        assert_eq!((constraint.text.as_str(), constraint.origin.as_str()), (">=3.11, <4", "pyproject.toml:4"));
        assert_eq!(read_text("[tool.ruff]\n").unwrap(), None);
        assert_eq!(read(Path::new("/nowhere")).unwrap(), None);
    }

    #[test]
    fn what_cannot_be_understood_is_named() {
        let error = read_text("[project]\nrequires-python = '3.11 or so'\n").unwrap_err();
        assert_eq!(error.message, "requires-python \"3.11 or so\" (pyproject.toml:2) is no version constraint");
        assert_eq!(error.remedy, "write it as in \">=3.11\" or \">=3.11,<3.14\"");
        let error = read_text("[project]\nname = \n").unwrap_err();
        assert!(error.message.starts_with("pyproject.toml:2 cannot be read: "), "{error}");
    }
}
