//! The directory for files of solves: this user's alone, gone at the end.

use std::fs;
use std::path::{Component, Path, PathBuf};

use pyve_plugin_api::{OsText, SolveFile};
use tempfile::TempDir;

use crate::failure::Failure;

/// It is removed when this is dropped.
pub struct Scratch(TempDir);

impl Scratch {
    pub fn create() -> Result<Self, Failure> {
        let created = tempfile::Builder::new().prefix("pyve-lock-").tempdir();
        let created = created.map_err(|error| Failure::io("create a directory in", &std::env::temp_dir(), &error))?;
        Ok(Self(created))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file that a backend asked for, with the folders above it.
    pub fn write(&self, file: &SolveFile) -> Result<(), Failure> {
        let path = self.inside(&file.path)?;
        let folder = path.parent().unwrap_or(&path);
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, file.content.as_bytes()));
        written.map_err(|error| Failure::io("write", &path, &error))
    }

    /// What a solve left in a file; empty where it left none.
    pub fn read(&self, path: &OsText) -> Result<String, Failure> {
        let path = self.inside(path)?;
        match fs::read(&path) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(Failure::io("read", &path, &error)),
        }
    }

    /// The path, if it is strictly below the directory.
    fn inside(&self, path: &OsText) -> Result<PathBuf, Failure> {
        let said = path.path();
        let below = said.strip_prefix(self.path()).ok().filter(|below| {
            let mut parts = below.components().peekable();
            parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
        });
        below.map(|below| self.path().join(below)).ok_or_else(|| {
            Failure::new(format!("could not use `{}` to solve: it is not in the directory for that", said.display()))
                .remedy("report this to the author of the backend")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stay_inside() {
        let scratch = Scratch::create().unwrap();
        let file = |path: &Path| SolveFile { path: path.into(), content: "text".into(), ..SolveFile::default() };
        let inner = scratch.path().join("a/b.txt");
        scratch.write(&file(&inner)).unwrap();
        assert_eq!(scratch.read(&inner.as_path().into()).unwrap(), "text");
        assert_eq!(scratch.read(&scratch.path().join("none").into()).unwrap(), "");
        for outside in [scratch.path().to_owned(), scratch.path().join("../x"), "/etc/passwd".into(), "x".into()] {
            let failure = scratch.write(&file(&outside)).unwrap_err();
            let shown = outside.display();
            assert_eq!(
                failure.message,
                format!("could not use `{shown}` to solve: it is not in the directory for that")
            );
            assert!(scratch.read(&outside.into()).is_err());
        }
    }
}
