//! Finding the requested Python: asdf, then pyenv, then pyve's own, then PATH.

use std::path::{Path, PathBuf};

use pyve_formats::python_version::files::Line;
use pyve_formats::python_version::{Build, Series, VersionRequest};
use pyve_plugin_api::Host;

use crate::interpreter::{Interpreter, inspect};
use crate::inventory::{Known, NAMED, nearest};
use crate::managers::{self, Manager, asdf, pyenv};
use crate::on_path::{self, OnPath};
use crate::requested::RequestedPython;

/// The Python that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub interpreter: Interpreter,
    /// `asdf`, `pyenv`, `PATH`, or the folder that was named.
    pub origin: String,
    /// How a version file names it.
    pub pin: String,
}

/// One search, and what it saw.
pub struct Search<'a> {
    pub host: &'a dyn Host,
    pub requested: &'a RequestedPython,
    pub managers: Vec<Manager>,
    /// Those that pyve itself has installed.
    own: Option<Manager>,
    /// What it must have.
    modules: &'a [String],
    /// What was passed over though it promised to fit, with the reason.
    failed: Vec<(PathBuf, String)>,
    ran: Vec<(PathBuf, Result<Interpreter, String>)>,
    /// A fitting one that lacks a module.
    pub incomplete: Option<Interpreter>,
}

impl<'a> Search<'a> {
    /// `pyve` is the folder of pyve itself, where there is one.
    pub fn new(requested: &'a RequestedPython, modules: &'a [String], pyve: Option<&Path>, host: &'a dyn Host) -> Self {
        Self {
            host,
            requested,
            managers: managers::all(host),
            own: pyve.and_then(managers::own),
            modules,
            failed: Vec::new(),
            ran: Vec::new(),
            incomplete: None,
        }
    }

    /// The best Python that is there.
    pub fn run(&mut self) -> Option<Choice> {
        if self.requested.asks.is_empty() {
            return self.current().or_else(|| self.any());
        }
        let specs: Vec<VersionRequest> = self.requested.asks.iter().map(|ask| ask.spec.clone()).collect();
        specs.iter().find_map(|spec| self.asked(spec))
    }

    fn asked(&mut self, spec: &VersionRequest) -> Option<Choice> {
        match spec {
            VersionRequest::System => self.on_path(&VersionRequest::Any),
            VersionRequest::Folder(folder) => {
                let path = crate::layout::installed_interpreter(folder);
                self.attempt(&path, "path", &format!("path:{}", folder.display()), spec)
            }
            _ => self.installed().iter().find_map(|manager| self.managed(manager, spec)).or_else(|| self.on_path(spec)),
        }
    }

    /// What the version managers use where no project says anything.
    fn current(&mut self) -> Option<Choice> {
        self.managers.clone().iter().find_map(|manager| {
            let lines =
                if manager.name == "asdf" { asdf::current(self.host) } else { pyenv::current(manager, self.host) };
            lines.iter().find_map(|line| self.current_of(manager, line))
        })
    }

    fn current_of(&mut self, manager: &Manager, line: &Line) -> Option<Choice> {
        // A general choice that cannot be read or is not there must not stop the project.
        match VersionRequest::parse(&line.text).ok()? {
            VersionRequest::System => self.on_path(&VersionRequest::Any),
            spec => self.managed(manager, &spec),
        }
    }

    fn any(&mut self) -> Option<Choice> {
        self.on_path(&VersionRequest::Any)
            .or_else(|| self.installed().iter().find_map(|manager| self.managed(manager, &VersionRequest::Any)))
    }

    /// Where whole installations are: those of the version managers, then pyve's own.
    fn installed(&self) -> Vec<Manager> {
        self.managers.iter().chain(&self.own).cloned().collect()
    }

    fn managed(&mut self, manager: &Manager, spec: &VersionRequest) -> Option<Choice> {
        let requested = self.requested;
        let fitting = manager.fitting(spec, &|version| requested.allows(version));
        fitting.iter().find_map(|found| self.attempt(&found.interpreter, manager.name, &found.name, spec))
    }

    fn attempt(&mut self, path: &Path, origin: &str, pin: &str, spec: &VersionRequest) -> Option<Choice> {
        let interpreter = self.inspected(path, origin, pin, spec)?;
        Some(Choice { interpreter, origin: origin.to_owned(), pin: pin.to_owned() })
    }

    /// Runs one candidate; what does not work, or does not fit after all, is remembered.
    fn inspected(&mut self, path: &Path, origin: &str, name: &str, spec: &VersionRequest) -> Option<Interpreter> {
        // A folder that the user said on the command line is the user's word.
        let named = matches!(spec, VersionRequest::Folder(_)) && !self.requested.explicit;
        let named_by = self.requested.asks.iter().find(|ask| named && ask.spec == *spec).map(|ask| ask.origin.as_str());
        let found = match self.answer_of(path, named_by) {
            Ok(found) => found,
            Err(why) => return self.fail(path, origin, name, &why),
        };
        let by_name = matches!(spec, VersionRequest::Named(_) | VersionRequest::Folder(_));
        // The build is what its version manager says it is, too.
        let free_threaded = found.build.free_threaded || Build::parse(name).is_some_and(|named| named.free_threaded);
        if !by_name && !spec.fits(&Build { free_threaded, ..found.build.clone() }) {
            return None;
        }
        let why = match found.lacks() {
            _ if !self.requested.allows(&found.build.version) => format!("it is Python {}", found.build),
            Some(module) => {
                self.incomplete.get_or_insert_with(|| found.clone());
                format!("its module {module} is missing")
            }
            None => return Some(found),
        };
        self.fail(path, origin, name, &why)
    }

    /// What it says of itself; nothing is run twice.
    fn answer_of(&mut self, path: &Path, named_by: Option<&str>) -> Result<Interpreter, String> {
        if let Some((_, answer)) = self.ran.iter().find(|(known, _)| known == path) {
            return answer.clone();
        }
        let answer = inspect(path, self.modules, named_by, self.host);
        self.ran.push((path.to_owned(), answer.clone()));
        answer
    }

    fn fail<T>(&mut self, path: &Path, origin: &str, name: &str, why: &str) -> Option<T> {
        if !self.failed.iter().any(|(known, _)| known == path) {
            self.failed.push((path.to_owned(), format!("{origin} {name} ({}): {why}", path.display())));
        }
        None
    }

    /// The newest on PATH that fits; of equals the first.
    fn on_path(&mut self, spec: &VersionRequest) -> Option<Choice> {
        if let VersionRequest::Named(name) = spec {
            let paths = on_path::named(self.host, name);
            return paths.iter().find_map(|path| self.attempt(path, "PATH", name, spec));
        }
        let (named, nameless): (Vec<OnPath>, Vec<OnPath>) =
            on_path::pythons(self.host, &self.managers).into_iter().partition(|python| python.series.is_some());
        // Their names do not tell the version, so they must be run before any order is known.
        let mut best = nameless.iter().filter_map(|python| self.fitting(python, spec)).min_by(newest);
        let mut minors: Vec<_> = named.iter().filter_map(|python| Some(python.series?.minor)).collect();
        minors.sort_unstable_by(|a, b| b.cmp(a));
        minors.dedup();
        for minor in minors {
            // A finished release of a newer series ends the search.
            if best.as_ref().is_none_or(|best| !ends_the_search(&best.build, minor)) {
                let series = named.iter().filter(|python| python.series.is_some_and(|series| series.minor == minor));
                let found = series.filter_map(|python| self.fitting(python, spec)).min_by(newest);
                best = best.into_iter().chain(found).min_by(newest);
            }
        }
        let interpreter = best?;
        let pin = interpreter.build.to_string();
        Some(Choice { interpreter, origin: "PATH".to_owned(), pin })
    }

    fn fitting(&mut self, python: &OnPath, spec: &VersionRequest) -> Option<Interpreter> {
        if python.series.is_some_and(|series| !self.may_be(spec, series)) {
            return None;
        }
        self.inspected(&python.path, "PATH", &name(&python.path), spec)
    }

    /// Whether a program whose name tells `series` can be what `spec` means. That of a build without the lock has both
    /// names, with and without the `t`.
    fn may_be(&self, spec: &VersionRequest, series: Series) -> bool {
        let wrong_build = series.free_threaded
            && !matches!(spec, VersionRequest::FreeThreaded(_) | VersionRequest::Any | VersionRequest::System);
        !wrong_build && spec.may_be(series.minor, self.requested.specifiers())
    }

    /// Every Python that was found, but for those that were passed over.
    pub fn inventory(&self) -> Vec<Known> {
        let mut found = Vec::new();
        for manager in &self.installed() {
            let installations = manager.installations().into_iter();
            found.extend(installations.map(|it| Known {
                origin: manager.name,
                version: it.name,
                path: it.interpreter,
            }));
        }
        for OnPath { path, series, .. } in on_path::pythons(self.host, &self.managers) {
            let ran = self.ran.iter().find(|(known, _)| *known == path).and_then(|(_, it)| it.as_ref().ok());
            let ran = ran.map(|interpreter| interpreter.build.to_string());
            let told = || series.map(|series| series.to_string());
            let version = ran.or_else(told).unwrap_or_else(|| name(&path));
            found.push(Known { origin: "PATH", version, path });
        }
        found.retain(|known| !self.failed.iter().any(|(failed, _)| *failed == known.path));
        found
    }

    /// Those nearest to the one that was asked for, and why others were passed over that promised to fit.
    pub fn told(&self) -> Vec<String> {
        let request = self.requested.asks.first().map(|ask| &ask.spec);
        nearest(request, self.inventory()).into_iter().chain(self.failures().take(NAMED)).collect()
    }

    /// Whether one in this folder was started, and does not work.
    pub fn has_failed_below(&self, folder: &Path) -> bool {
        self.ran.iter().any(|(path, answer)| path.starts_with(folder) && answer.is_err())
    }

    /// What was passed over though it promised to fit.
    pub fn failures(&self) -> impl Iterator<Item = String> {
        self.failed.iter().map(|(_, line)| line.clone())
    }
}

fn newest(a: &Interpreter, b: &Interpreter) -> std::cmp::Ordering {
    Build::best_first(&a.build, &b.build)
}

/// A finished release of the usual build ends the search among older series.
fn ends_the_search(best: &Build, minor: (u64, u64)) -> bool {
    !best.version.any_prerelease() && !best.free_threaded && best.series().minor > minor
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
