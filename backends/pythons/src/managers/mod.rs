//! Version managers: asdf and pyenv, what they have installed, and what they would use; and what pyve has installed.

pub mod asdf;
pub mod pyenv;

use pyve_formats::sorted;
use std::path::{Path, PathBuf};

use pep440_rs::Version;
use pyve_formats::python_version::{Build, VersionRequest};
use pyve_plugin_api::{Command, Host};

use crate::builds::{self, Platform};
use crate::layout;

/// A version manager that is on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manager {
    /// `asdf`, `pyenv`.
    pub name: &'static str,
    /// Its own folder.
    pub root: PathBuf,
    /// The folder with one folder per installed Python.
    pub installs: PathBuf,
    /// Its program; without it nothing can be installed.
    pub program: Option<PathBuf>,
}

/// A Python that a version manager has installed, and the command that removes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Managed {
    /// `asdf`, `pyenv`.
    pub manager: &'static str,
    /// How it names the Python.
    pub name: String,
    pub uninstall: Command,
}

/// Those that `spec` means, best first by manager.
pub fn managed(spec: &VersionRequest, host: &dyn Host) -> Vec<Managed> {
    let mut found = Vec::new();
    for manager in all(host) {
        let words: &[&str] = if manager.name == "asdf" { &["uninstall", "python"] } else { &["uninstall"] };
        found.extend(manager.fitting(spec, &|_| true).into_iter().map(|it| Managed {
            manager: manager.name,
            uninstall: Command::new(manager.name).args(words).arg(&it.name),
            name: it.name,
        }));
    }
    found
}

/// A Python that a manager has installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// The folder's name: `3.12.4`, `pypy3.10-7.3.15`.
    pub name: String,
    /// `None` for those that only have a name, and for virtual environments kept beside them.
    pub build: Option<Build>,
    pub interpreter: PathBuf,
}

/// asdf, then pyenv, as far as they are there.
pub fn all(host: &dyn Host) -> Vec<Manager> {
    [asdf::find(host), pyenv::find(host)].into_iter().flatten().collect()
}

/// The installations below the folder of pyve itself, if it has any: a folder for each, named as its version or its build.
pub fn own(pyve: &Path) -> Option<Manager> {
    let installs = pyve.join(builds::DIRECTORY);
    installs.is_dir().then(|| Manager { name: builds::ORIGIN, root: pyve.to_owned(), installs, program: None })
}

impl Manager {
    /// All that is installed, newest first; reads one folder and starts nothing.
    pub fn installations(&self) -> Vec<Installation> {
        let names = std::fs::read_dir(&self.installs).into_iter().flatten().flatten();
        let mut found: Vec<_> =
            names.filter_map(|entry| self.installation(&entry.file_name().into_string().ok()?)).collect();
        sorted::by(&mut found, |a, b| match (&a.build, &b.build) {
            (Some(a), Some(b)) => Build::best_first(a, b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        found
    }

    /// The folders without an interpreter, by name, with the path where it should be.
    pub fn incomplete(&self) -> Vec<(String, PathBuf)> {
        let entries = std::fs::read_dir(&self.installs).into_iter().flatten().flatten();
        let folders = entries.filter(|entry| entry.path().is_dir()).filter_map(|it| it.file_name().into_string().ok());
        let mut found: Vec<_> = folders
            .filter(|folder| self.installation(folder).is_none())
            .filter_map(|folder| {
                let interpreter = layout::installed_interpreter(&self.installs.join(&folder));
                Some((self.name_of(&folder)?, interpreter)).filter(|(_, interpreter)| !interpreter.is_file())
            })
            .collect();
        sorted::by_key(&mut found, |(name, _)| name.clone());
        found
    }

    /// The installation in the folder of this very name.
    fn installation(&self, folder: &str) -> Option<Installation> {
        let name = self.name_of(folder)?;
        let folder = self.installs.join(folder);
        let environment = folder.join("pyvenv.cfg").is_file();
        let build = Build::parse(&name).filter(|_| !environment);
        let interpreter = match &build {
            // As it was called when it was downloaded.
            Some(build) if self.name == builds::ORIGIN => layout::versioned_interpreter(&folder, build),
            _ => layout::installed_interpreter(&folder),
        };
        interpreter.is_file().then_some(Installation { name, build, interpreter })
    }

    /// What a version file calls the installation in this folder: of a build of pyve's its version. `None` for a build that
    /// is for another machine, or is just being unpacked or removed.
    fn name_of(&self, folder: &str) -> Option<String> {
        let is_own = self.name == builds::ORIGIN;
        match builds::named(folder) {
            Some((version, platform)) if is_own => (Platform::here() == Ok(platform)).then(|| version.to_string()),
            _ if folder.starts_with('.') || (is_own && folder.contains(builds::UNFINISHED)) => None,
            _ => Some(folder.to_owned()),
        }
    }

    /// Those that `spec` means and `allows` admits, best first.
    pub fn fitting(&self, spec: &VersionRequest, allows: &dyn Fn(&Version) -> bool) -> Vec<Installation> {
        if let VersionRequest::Named(name) = spec {
            return self.named(name);
        }
        let fits = |found: &Installation| found.build.as_ref().is_some_and(|it| spec.fits(it) && allows(&it.version));
        self.installations().into_iter().filter(fits).collect()
    }

    /// `pypy3.10` means that very folder, or else the newest `pypy3.10-…`; `pypy` the newest `pypy3.…`, as its Python 2
    /// is none here.
    fn named(&self, name: &str) -> Vec<Installation> {
        if let Some(exact) = self.installation(name) {
            return vec![exact];
        }
        let name = if name == "pypy" { "pypy3" } else { name };
        let belongs = |found: &Installation| {
            found.name.strip_prefix(name).is_some_and(|rest| rest.starts_with(['-', '.']) && !rest.ends_with("-dev"))
        };
        let mut found: Vec<_> = self.installations().into_iter().filter(belongs).collect();
        sorted::by_key(&mut found, |found| std::cmp::Reverse(numbers(&found.name)));
        found
    }
}

/// The numbers in a name, to tell `pypy3.10-7.3.9` from `pypy3.10-7.3.15`.
fn numbers(name: &str) -> Vec<u64> {
    name.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

/// The folder a variable names, else one below home; only if it is there.
fn root(host: &dyn Host, variable: &str, below_home: &str) -> Option<PathBuf> {
    let named = host.variable(variable).map(PathBuf::from).filter(|folder| folder.is_absolute());
    let root = named.or_else(|| Some(crate::requested::home(host)?.join(below_home)));
    root.filter(|root| root.is_dir())
}

/// Its program on PATH, else in its own folder; never one of its shims.
fn program(host: &dyn Host, name: &str, root: &Path) -> Option<PathBuf> {
    let own = root.join("bin").join(name);
    host.find_program(name).into_iter().next().or_else(|| own.is_file().then_some(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_its_folder_or_the_newest_of_its_kind() {
        let root = tempfile::tempdir().unwrap();
        for name in [
            "3.9.18",
            "3.12.1",
            "3.12.10",
            "3.13.0t",
            "pypy3.10-7.3.9",
            "pypy3.10-7.3.15",
            "3.13-dev",
            "3.13t-dev",
            "empty",
        ] {
            let interpreter = layout::installed_interpreter(&root.path().join(name));
            std::fs::create_dir_all(interpreter.parent().unwrap()).unwrap();
            if name != "empty" {
                std::fs::write(interpreter, "").unwrap();
            }
        }
        let installs = root.path().to_owned();
        let manager = Manager { name: "pyenv", root: installs.clone(), installs, program: None };
        let names = |spec: &str| -> Vec<String> {
            let fitting = manager.fitting(&VersionRequest::parse(spec).unwrap(), &|_| true);
            fitting.into_iter().map(|found| found.name).collect()
        };
        assert_eq!(names("3.12"), ["3.12.10", "3.12.1"]);
        assert_eq!(names("3.12.1"), ["3.12.1"]);
        assert_eq!(names(">=3.9"), ["3.12.10", "3.12.1", "3.9.18"]);
        assert_eq!(names("pypy3.10"), ["pypy3.10-7.3.15", "pypy3.10-7.3.9"]);
        assert_eq!(names("3.13-dev"), ["3.13-dev"]);
        assert_eq!((names("3.13t"), names("3.13t-dev")), (vec!["3.13.0t".to_owned()], vec!["3.13t-dev".to_owned()]));
        assert_eq!(names("3.13"), [""; 0]);
        assert_eq!(names("pypy"), ["pypy3.10-7.3.15", "pypy3.10-7.3.9"]);
        assert_eq!(names("pypy3.1"), [""; 0]);
    }
}
