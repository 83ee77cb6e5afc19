//! `pyproject.toml` (PEP 518, PEP 621): what a project says of itself.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::Written;
use crate::read::{self, Limit, ReadError};
use crate::toml_file::{TomlError, TomlFile};

/// The name of the file.
pub const NAME: &str = "pyproject.toml";

/// The file of a project.
#[derive(Clone, Debug)]
pub struct Pyproject {
    path: PathBuf,
    file: TomlFile,
}

/// Why the file was not read.
#[derive(Debug)]
pub enum PyprojectError {
    /// It is there and is no file of its kind.
    Read(ReadError),
    /// It is not what it should be.
    Toml {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        error: TomlError,
    },
}

impl PyprojectError {
    /// What the user can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Read(error) => error.hint(),
            Self::Toml { path, error } => format!("correct line {} of {}", error.line, path.display()),
        }
    }
}

impl fmt::Display for PyprojectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => error.fmt(f),
            Self::Toml { path, error } => {
                write!(f, "{}:{} cannot be read: {}", path.display(), error.line, error.words)
            }
        }
    }
}

impl std::error::Error for PyprojectError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read(error) => Some(error),
            Self::Toml { error, .. } => Some(error),
        }
    }
}

impl Pyproject {
    /// Reads the file of the project in this folder; `None` where there is none.
    pub fn read(project: &Path) -> Result<Option<Self>, PyprojectError> {
        let path = project.join(NAME);
        let Some(bytes) = read::bytes(&path, Limit::PROJECT).map_err(PyprojectError::Read)? else { return Ok(None) };
        Self::parse(path, &String::from_utf8_lossy(&bytes)).map(Some)
    }

    /// The text of the file that is called `path` in errors.
    pub fn parse(path: impl Into<PathBuf>, text: &str) -> Result<Self, PyprojectError> {
        let path = path.into();
        match TomlFile::parse(text) {
            Ok(file) => Ok(Self { path, file }),
            Err(error) => Err(PyprojectError::Toml { path, error }),
        }
    }

    /// `project.requires-python`, as it is written.
    pub fn requires_python(&self) -> Result<Option<Written>, PyprojectError> {
        self.file.text("project.requires-python").map_err(|error| self.error(error))
    }

    /// `project.dependencies`, as they are written.
    pub fn dependencies(&self) -> Result<Vec<Written>, PyprojectError> {
        self.file.texts("project.dependencies").map_err(|error| self.error(error))
    }

    /// Whether a package can be built from the project; many a file only configures tools.
    pub fn is_buildable(&self) -> bool {
        self.line("project").is_some() || self.line("build-system").is_some()
    }

    /// The line in which a table such as `tool.uv` begins, or one below it.
    pub fn line(&self, table: &str) -> Option<usize> {
        self.file.line(table)
    }

    fn error(&self, error: TomlError) -> PyprojectError {
        PyprojectError::Toml { path: self.path.clone(), error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Pyproject, String> {
        Pyproject::parse(NAME, text).map_err(|error| format!("{error}; {}", error.hint()))
    }

    #[test]
    fn a_project_says_what_it_needs() {
        let file = read_text("[project]\nrequires-python = '>=3.11'\ndependencies = [\n  'six',\n]\n").unwrap();
        let written = |text: &str, line| Written { text: text.to_owned(), line };
        assert_eq!(file.requires_python().unwrap(), Some(written(">=3.11", 2)));
        assert_eq!(file.dependencies().unwrap(), [written("six", 4)]);
        assert!(file.is_buildable() && read_text("[build-system]\n").unwrap().is_buildable());
        let tools = read_text("[tool.ruff]\n").unwrap();
        assert_eq!(
            (tools.is_buildable(), tools.requires_python().unwrap(), tools.line("tool")),
            (false, None, Some(1))
        );
        assert!(Pyproject::read(Path::new("/nowhere")).unwrap().is_none());
    }

    #[test]
    fn what_cannot_be_understood_is_named() {
        let error = read_text("[project]\nname = \n").unwrap_err();
        assert!(error.starts_with("pyproject.toml:2 cannot be read: "), "{error}");
        assert!(error.ends_with("; correct line 2 of pyproject.toml"), "{error}");
        let file = Pyproject { path: NAME.into(), file: TomlFile::parse("project.requires-python = 3\n").unwrap() };
        let error = file.requires_python().unwrap_err().to_string();
        let words = "`project.requires-python` must be a string, not of the type integer";
        assert_eq!(error, format!("pyproject.toml:1 cannot be read: {words}"));
    }
}
