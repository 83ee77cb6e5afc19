//! `pyproject.toml` (PEP 518, PEP 621): what a project says of itself.

mod flat_layout;

use std::path::{Path, PathBuf};

use crate::Written;
pub use crate::toml_file::FileError as PyprojectError;
use crate::toml_file::{Item, TomlError, TomlFile};

/// The name of the file.
pub const NAME: &str = "pyproject.toml";

/// The file of a project.
#[derive(Clone, Debug)]
pub struct Pyproject {
    path: PathBuf,
    file: TomlFile,
}

impl Pyproject {
    /// Reads the file of the project in this folder; `None` where there is none.
    pub fn read(project: &Path) -> Result<Option<Self>, PyprojectError> {
        let path = project.join(NAME);
        Ok(TomlFile::read(&path)?.map(|file| Self { path, file }))
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

    /// Whether pip can build a package from the project. Many a file only configures tools, and many a project says, or shows
    /// by its folders, that it is not a package.
    pub fn is_buildable(&self) -> bool {
        if self.says_no_package() {
            return false;
        }
        if self.line("build-system").is_some() {
            return true;
        }
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let is_told = || self.line("tool.setuptools").is_some() || folder.join("setup.py").is_file();
        self.line("project").is_some() && (is_told() || flat_layout::is_clear(folder))
    }

    /// Whether the tool that manages the project is told that it is not a package.
    pub fn says_no_package(&self) -> bool {
        const KEYS: [&str; 3] = ["tool.poetry.package-mode", "tool.uv.package", "tool.pdm.distribution"];
        KEYS.iter().any(|key| self.file.item(key).and_then(Item::as_bool) == Some(false))
    }

    /// The line in which a table such as `tool.uv` begins, or one below it.
    pub fn line(&self, table: &str) -> Option<usize> {
        self.file.line(table)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is in it.
    pub fn file(&self) -> &TomlFile {
        &self.file
    }

    /// An error of this file.
    pub fn error(&self, error: TomlError) -> PyprojectError {
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
        let tools = read_text("[tool.ruff]\n").unwrap();
        assert_eq!(
            (tools.is_buildable(), tools.requires_python().unwrap(), tools.line("tool")),
            (false, None, Some(1))
        );
        assert!(Pyproject::read(Path::new("/nowhere")).unwrap().is_none());
    }

    #[test]
    fn not_every_project_is_a_package() {
        let built = |text: &str| read_text(text).unwrap().is_buildable();
        for package in ["[project]\n", "[build-system]\n", "[build-system]\n[tool.poetry]\npackage-mode = true\n"] {
            assert!(built(package), "{package}");
        }
        for other in [
            "[tool.poetry]\n",
            "[project]\n[build-system]\n[tool.poetry]\npackage-mode = false\n",
            "[project]\n[tool.uv]\npackage = false\n",
            "[project]\n[build-system]\n[tool.pdm]\ndistribution = false\n",
        ] {
            assert!(!built(other), "{other}");
        }
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
