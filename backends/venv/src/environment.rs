//! What stands at a prefix, told by reading files: nothing here starts a process.

use std::path::{Path, PathBuf};

use pyve_formats::python_version::{self, Build};
use pyve_formats::pyvenv_cfg::Cfg;
use pyve_formats::scripts;
use pyve_plugin_api::Request;

use crate::layout;
use crate::pip;

/// A virtual environment on disk, in whatever state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    pub prefix: PathBuf,
    pub cfg: Cfg,
}

/// What stands at a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    Absent,
    /// Something else, as half a sentence: `is a file`.
    Foreign(String),
    /// The beginnings of an environment, before its `pyvenv.cfg`.
    Beginnings,
    Environment(Environment),
}

/// Looks at `prefix`, a folder of the project `project`.
pub fn look(prefix: &Path, request: &Request) -> Sight {
    let Ok(itself) = std::fs::symlink_metadata(prefix) else { return Sight::Absent };
    if itself.is_symlink()
        && let Some(why) = leads_away(prefix, &request.project())
    {
        return Sight::Foreign(why);
    }
    if !prefix.is_dir() {
        return Sight::Foreign("is not a folder".to_owned());
    }
    match Cfg::read(prefix) {
        Ok(Some(cfg)) => return Sight::Environment(Environment { prefix: prefix.to_owned(), cfg }),
        Ok(None) => {}
        Err(error) if error.is_special() => return Sight::Foreign(format!("is unusable: {error}")),
        Err(_) => {}
    }
    match std::fs::read_dir(prefix).map(|mut entries| entries.next().is_none()) {
        Err(error) => Sight::Foreign(format!("cannot be read: {}", error.kind())),
        Ok(true) => Sight::Absent,
        Ok(false) if recorded_at(prefix, request) => Sight::Beginnings,
        Ok(false) => Sight::Foreign("is not empty and has no pyvenv.cfg".to_owned()),
    }
}

fn leads_away(link: &Path, project: &Path) -> Option<String> {
    let target = std::fs::read_link(link).unwrap_or_default();
    let Ok(real) = std::fs::canonicalize(link) else {
        return Some(format!("is a link to {}, which does not exist", target.display()));
    };
    let project = std::fs::canonicalize(project).unwrap_or_else(|_| project.to_owned());
    (!real.starts_with(project)).then(|| format!("is a link to {}, outside the project", real.display()))
}

fn recorded_at(prefix: &Path, request: &Request) -> bool {
    request.recorded().is_some_and(|recorded| recorded.prefix.path() == prefix)
}

impl Environment {
    pub fn interpreter(&self) -> PathBuf {
        layout::interpreter(&self.prefix)
    }

    /// The Python that it was made with; `None` if nothing tells.
    pub fn build(&self) -> Option<Build> {
        let version = self.cfg.version.clone()?;
        let free_threaded = self.site_packages().is_some_and(|folder| layout::is_free_threaded(&folder))
            || self.cfg.executable.as_deref().and_then(pyve_pythons::series_in_name).is_some_and(|it| it.free_threaded);
        Some(Build { version, free_threaded })
    }

    /// `3.12.4`, `3.13.0t`; empty if nothing tells.
    pub fn version(&self) -> String {
        self.build().as_ref().map(ToString::to_string).unwrap_or_default()
    }

    /// The folder of its packages.
    pub fn site_packages(&self) -> Option<PathBuf> {
        let version = self.cfg.version.as_ref()?;
        Some(layout::site_packages(&self.prefix, python_version::minor_of(version)))
    }

    /// The interpreter that it was made with: what its own leads to, or where that is a copy, what it notes.
    pub fn base(&self) -> Option<PathBuf> {
        let real = std::fs::canonicalize(self.interpreter()).ok();
        let linked = real.filter(|real| layout::environment_of(real).is_none());
        linked.or_else(|| self.cfg.executable.clone()).or_else(|| {
            let name = if cfg!(windows) { "python.exe" } else { "python3" };
            Some(self.cfg.home.as_ref()?.join(name))
        })
    }

    /// Whether its packages lie where PyPy looks for them.
    pub fn is_pypy(&self) -> bool {
        let library = self.site_packages().and_then(|folder| Some(folder.parent()?.file_name()?.to_owned()));
        library.is_some_and(|name| name.to_string_lossy().starts_with("pypy"))
    }

    /// Whether pip was put in to the end.
    pub fn has_pip(&self) -> bool {
        pip::is_there(self)
    }

    /// Where it was made, if that is another folder than where it stands.
    pub fn made_elsewhere(&self) -> Option<PathBuf> {
        scripts::made_elsewhere(&self.prefix)
    }
}

pub fn same_folder(a: &Path, b: &Path) -> bool {
    matches!((std::fs::canonicalize(a), std::fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}
