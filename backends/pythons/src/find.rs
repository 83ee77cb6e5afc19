//! The answer to "where is the Python?": the one found, or how to get one.

use std::path::Path;

use pyve_formats::python_version::VersionRequest;
use pyve_plugin_api::{
    Command, Host, Interpreter as Found, OsText, PythonSearch, PythonSpec, Recipe, Remedy, Result, Step,
};

use crate::builds;
use crate::install;
use crate::interpreter::Interpreter;
use crate::pins::{self, Pin};
use crate::requested::{RequestedPython, home};
use crate::search::{Choice, Search};

/// Where a Python is looked for, and for whom.
pub struct Machine<'a> {
    /// Who knows the user's variables and PATH, and starts what has to answer.
    pub host: &'a dyn Host,
    /// The project's root.
    pub project: &'a Path,
    /// The folder of pyve itself (`~/.pyve`), where there is one.
    pub pyve: Option<&'a Path>,
}

impl Machine<'_> {
    /// Finds the Python that `spec` asks for.
    ///
    /// # Errors
    ///
    /// Where what is asked for is no version, or contradicts `requires-python`, or a file that says so cannot be read.
    pub fn find(&self, spec: &PythonSpec) -> Result<PythonSearch> {
        let project = spec.project_files.then_some(self.project);
        let requested = RequestedPython::of(spec.python.as_ref().into_option(), project, home(self.host).as_deref())?;
        self.host.progress(&format!("Looking for {}", requested.title()));
        let is_name = |name: &&str| name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        let modules: Vec<String> =
            spec.modules.iter().map(|name| name.as_str()).filter(is_name).map(str::to_owned).collect();
        let mut search = Search::new(&requested, &modules, self.pyve, self.host);
        let mut answer = match search.run() {
            Some(choice) => self.found(&choice, &search)?,
            None => match &search.incomplete {
                Some(interpreter) => self.incomplete(interpreter, &search, spec.offline),
                None => self.missing(&search, spec.offline)?,
            },
        };
        answer.required_by = requested.origin().into();
        Ok(answer)
    }

    fn found(&self, choice: &Choice, search: &Search) -> Result<PythonSearch> {
        let interpreter = &choice.interpreter;
        // A script that starts a Python may do more than that: what it makes is not told by any file's state.
        let is_itself = interpreter.facts.executable == interpreter.path.as_path();
        let library = if is_itself { OsText::from(&interpreter.facts.library) } else { OsText::new() };
        let mut answer = PythonSearch::found(Found {
            name: choice.pin.as_str().into(),
            implementation: interpreter.facts.implementation.as_str().into(),
            base_prefix: interpreter.facts.base_prefix.as_path().into(),
            library,
            ..Found::new(&interpreter.path, &interpreter.build.to_string(), &choice.origin)
        });
        answer.pins = self.pins(&choice.pin, &choice.origin, search)?.into();
        answer.seen = search.failures().map(Into::into).collect();
        Ok(answer)
    }

    /// What keeps the version that was named on the command line.
    fn pins(&self, resolved: &str, origin: &str, search: &Search) -> Result<Vec<Step>> {
        match search.requested.asks.first().filter(|_| search.requested.explicit) {
            Some(ask) => pins::steps(&Pin { request: &ask.spec, resolved, origin }, search, self.project),
            None => Ok(Vec::new()),
        }
    }

    fn missing(&self, search: &Search, offline: bool) -> Result<PythonSearch> {
        let requested = search.requested;
        let seen = search.told();
        // A folder that is named is there or not; whatever else is found says nothing of it.
        let folder = requested.asks.first().filter(|ask| matches!(ask.spec, VersionRequest::Folder(_)));
        let why = match (requested.asks.is_empty() && requested.constraint.is_none(), seen.is_empty()) {
            (true, true) => "no Python was found in asdf, pyenv or on PATH".to_owned(),
            (true, false) => "none of the Pythons found here works".to_owned(),
            _ if folder.is_some() => format!("could not use {}", requested.title()),
            _ => format!("{} is not installed", requested.title()),
        };
        let mut answer = PythonSearch::missing(&why);
        answer.seen = seen.iter().map(|line| line.as_str().into()).collect();
        let mut unavailable = Vec::new();
        for offer in install::offers(search, self.pyve, offline) {
            match offer.unavailable {
                // Without a version manager there is still where Python comes from.
                Some(why) if offer.manager == builds::ORIGIN && unavailable.is_empty() => {
                    unavailable.extend([DOWNLOADS.to_owned(), why]);
                }
                why => unavailable.extend(why),
            }
            let Some(recipe) = offer.recipe else { continue };
            if answer.recipes.is_empty() {
                answer.pins = self.pins(&offer.version, offer.manager, search)?.into();
            }
            answer.recipes.push(recipe);
        }
        answer.remedy = Remedy::text(help(requested, &unavailable));
        Ok(answer)
    }

    /// Debian splits what makes environments off into packages of its own.
    fn incomplete(&self, interpreter: &Interpreter, search: &Search, offline: bool) -> PythonSearch {
        let module = interpreter.lacks().unwrap_or_default();
        let (version, path) = (&interpreter.build, interpreter.path.display());
        let mut answer = PythonSearch::missing(&format!("Python {version} at {path} has no module {module}"));
        answer.seen.extend(search.told().iter().map(|line| line.as_str().into()));
        let splits_off = interpreter.facts.debian && ["venv", "ensurepip"].contains(&module);
        if splits_off && is_the_systems(&interpreter.facts.executable) {
            let package = format!("python{}-venv", interpreter.build.series());
            let command = Command::new("sudo").args(["apt", "install", &package]);
            let label = format!("Install Debian's package {package}");
            answer.recipes.push(Recipe::manual("apt", &label, &command.to_string()));
            answer.remedy = Remedy::command(&command);
        } else {
            answer.remedy = Remedy::text(format!("install the module {module} of {path}, or use another Python"));
        }
        // A build of pyve's has all of them.
        answer.recipes.extend(install::own(search, self.pyve, offline).and_then(|offer| offer.recipe));
        answer
    }
}

const DOWNLOADS: &str = "https://www.python.org/downloads/";

/// How to get it, and where to ask for another one.
fn help(requested: &RequestedPython, unavailable: &[String]) -> String {
    let (title, origin) = (requested.title(), requested.origin());
    let change = match requested.asks.first() {
        _ if requested.explicit => Some("name one that is found with `--python-version`".to_owned()),
        Some(ask) if matches!(ask.spec, VersionRequest::Folder(_)) => {
            return format!("edit `{origin}`, or name another one with `--python-version`");
        }
        _ if origin.is_empty() => None,
        _ => Some(format!("ask for one that is found in `{origin}`")),
    };
    let get = match unavailable {
        [] => format!("install {title} ({DOWNLOADS})"),
        reasons => format!("install {title} ({})", reasons.join("; ")),
    };
    [Some(get), change].into_iter().flatten().collect::<Vec<_>>().join(", or ")
}

/// Whether the interpreter is one of the system's packages.
fn is_the_systems(executable: &Path) -> bool {
    ["/usr/bin", "/bin"].iter().any(|folder| executable.starts_with(folder))
}
