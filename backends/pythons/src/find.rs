//! The answer to "where is the Python?": the one found, or how to get one.

use std::path::Path;

use pyve_formats::python_version::VersionRequest;
use pyve_plugin_api::{Command, Host, Interpreter, OsText, PythonSearch, PythonSpec, Recipe, Remedy, Result};

use crate::interpreter;
use crate::requested::{RequestedPython, home};
use crate::search::{Choice, Search};
use crate::{install, pins};

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
                Some(interpreter) => incomplete(interpreter, &search),
                None => self.missing(&search)?,
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
        let mut answer = PythonSearch::found(Interpreter {
            name: choice.pin.as_str().into(),
            implementation: interpreter.facts.implementation.as_str().into(),
            base_prefix: interpreter.facts.base_prefix.as_path().into(),
            library,
            ..Interpreter::new(&interpreter.path, &interpreter.build.to_string(), &choice.origin)
        });
        if search.requested.explicit {
            let pin = if search.requested.asks.iter().any(|ask| ask.text == "system") { "system" } else { &choice.pin };
            answer.pins = pins::steps(pin, &choice.origin, search, self.project)?.into();
        }
        answer.seen = search.failures().map(Into::into).collect();
        Ok(answer)
    }

    fn missing(&self, search: &Search) -> Result<PythonSearch> {
        let requested = search.requested;
        let inventory = search.inventory();
        // A folder that is named is there or not; whatever else is found says nothing of it.
        let folder = requested.asks.first().filter(|ask| matches!(ask.spec, VersionRequest::Folder(_)));
        let why = match (requested.asks.is_empty() && requested.constraint.is_none(), inventory.is_empty()) {
            (true, true) => "no Python was found in asdf, pyenv or on PATH".to_owned(),
            (true, false) => "none of the Pythons found here works".to_owned(),
            _ if folder.is_some() => format!("could not use {}", requested.title()),
            _ => format!("{} is not installed", requested.title()),
        };
        let mut answer = PythonSearch::missing(&why);
        answer.seen.extend(inventory.iter().map(|line| line.as_str().into()));
        for offer in install::offers(search) {
            answer.seen.extend(offer.unavailable.map(Into::into));
            let Some(recipe) = offer.recipe else { continue };
            if answer.recipes.is_empty() && requested.explicit {
                answer.pins = pins::steps(&offer.version, offer.manager, search, self.project)?.into();
            }
            answer.recipes.push(recipe);
        }
        let title = requested.title();
        answer.remedy = Remedy::text(if let Some(ask) = folder.filter(|_| !requested.explicit) {
            format!("edit {}, or name another one with --python-version", ask.origin)
        } else if requested.asks.is_empty() {
            format!("install {title}: https://www.python.org/downloads/")
        } else {
            format!("install {title}, or name one that is there with --python-version")
        });
        Ok(answer)
    }
}

/// Whether the interpreter is one of the system's packages.
fn is_the_systems(executable: &Path) -> bool {
    ["/usr/bin", "/bin"].iter().any(|folder| executable.starts_with(folder))
}

/// Debian splits what makes environments off into packages of its own.
fn incomplete(interpreter: &interpreter::Interpreter, search: &Search) -> PythonSearch {
    let module = interpreter.lacks().unwrap_or_default();
    let (version, path) = (&interpreter.build, interpreter.path.display());
    let mut answer = PythonSearch::missing(&format!("Python {version} at {path} has no module {module}"));
    answer.seen.extend(search.inventory().iter().map(|line| line.as_str().into()));
    let splits_off = interpreter.facts.debian && ["venv", "ensurepip"].contains(&module);
    if splits_off && is_the_systems(&interpreter.facts.executable) {
        let package = format!("python{}-venv", interpreter.build.series());
        let command = Command::new("sudo").args(["apt", "install", &package]);
        let label = format!("Install Debian's package {package}");
        answer.recipes.push(Recipe::manual("apt", &label, &command.to_string()));
        answer.remedy = Remedy::command(&command);
        return answer;
    }
    answer.remedy = Remedy::text(format!("install the module {module} of {path}, or use another Python"));
    answer
}
