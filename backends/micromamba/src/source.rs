//! Which file the environment is made from: the one that was named, else the lock, else the environment file.

use std::path::{Path, PathBuf};

use pyve_formats::conda_lock::CondaLock;
use pyve_formats::conda_platform;
use pyve_plugin_api::{Consent, Error, Recipe, Request, Step};

use crate::candidates;
use crate::caution::Caution;
use crate::environment::{Environment, MINIMAL};
use crate::left_out::{self, LeftOut};
use crate::lock::{self, Lock};
use crate::unusable::{Unusable, Why};
use crate::yaml;

/// The file, read and checked, and what stands beside it.
#[derive(Debug)]
pub struct Source {
    /// Relative to the project, as messages and records name it.
    pub file: String,
    pub path: PathBuf,
    /// The environment file: the source itself, or what the lock was made from.
    pub environment: Option<Environment>,
    /// The lock, where the environment is made from it.
    pub lock: Option<Lock>,
    /// A lock that lies there and is not used, because another file was named.
    pub unused_lock: bool,
    pub warnings: Vec<Caution>,
    /// What is asked for, and locked in a category that is not installed.
    pub left_out: Vec<LeftOut>,
}

impl Source {
    pub fn of(request: &Request) -> Result<Self, Unusable> {
        match request.text("env_file") {
            Some(file) => named(request, file),
            None => detected(request),
        }
    }

    /// Whether pip is to install something.
    pub fn is_for_pip(&self) -> bool {
        match &self.lock {
            Some(lock) => lock.packages.iter().any(|package| package.pip),
            None => self.environment.as_ref().is_some_and(|file| !file.content.pip.is_empty()),
        }
    }

    /// The name of the environment file in commands, whether it is there or not.
    pub fn spec_file(&self) -> &str {
        self.environment.as_ref().map_or("environment.yml", |environment| environment.file.as_str())
    }
}

/// Whether there is anything of that name: what is no file is an error of its own, not one that is missing.
fn is_there(path: &Path) -> bool {
    path.exists()
}

fn named(request: &Request, file: &str) -> Result<Source, Unusable> {
    let path = request.in_project(file);
    let origin = request.origin("env_file").unwrap_or("env_file");
    if !is_there(&path) {
        let usage = origin.starts_with('-');
        let error = Error::new(format!("the environment file '{file}' does not exist"))
            .detail(format!("{origin} names it; it would be {}", path.display()))
            .hint(format!("correct {origin}, or write {file}"));
        return Err(Unusable::new("", Why::Missing, if usage { error.usage() } else { error }));
    }
    from_file(request, file, &path)
}

fn detected(request: &Request) -> Result<Source, Unusable> {
    let there: Vec<String> =
        candidates::of(request).into_iter().filter(|file| is_there(&request.in_project(file))).collect();
    let Some(file) = there.first() else {
        return Err(Unusable::new("", Why::Missing, nothing(request)));
    };
    let mut source = from_file(request, file, &request.in_project(file))?;
    let pairs = there.iter().filter_map(|file| Some((file, file.strip_suffix(".yml")?)));
    for (used, other) in pairs.map(|(file, stem)| (file, format!("{stem}.yaml"))) {
        if there.contains(&other) {
            let text = format!("both {used} and {other} are here; {used} is used");
            source.warnings.push(Caution { text, edit: format!("remove {other}, or rename it") });
        }
    }
    Ok(source)
}

fn from_file(request: &Request, file: &str, path: &Path) -> Result<Source, Unusable> {
    let mut source = Source {
        file: file.to_owned(),
        path: path.to_owned(),
        environment: None,
        lock: None,
        unused_lock: false,
        warnings: Vec::new(),
        left_out: Vec::new(),
    };
    if lock::is_lock_name(file) {
        source.environment = beside(request)?;
        let lock = Lock::read(path, file, source.spec_file(), &left_out::categories(request))?;
        source.lock = Some(lock);
    } else {
        refuse_disguised_lock(path, file)?;
        let environment = Environment::read(path, file)?;
        refuse_path_as_name(&environment)?;
        source.environment = Some(environment);
        source.unused_lock =
            candidates::of(request).iter().any(|it| lock::is_lock_name(it) && request.in_project(it).is_file());
    }
    if let Some(environment) = &source.environment {
        source.warnings.clone_from(&environment.warnings);
        source.left_out = source.lock.as_ref().map(|lock| left_out::of(lock, environment, request)).unwrap_or_default();
        if source.lock.is_none() && environment.content.channels.is_empty() && request.list("channels").is_empty() {
            let file = &environment.file;
            let edit = "add 'channels:' with '  - conda-forge'";
            let text = format!("{file} names no channels, so micromamba takes its own default; {edit}");
            source.warnings.push(Caution { text, edit: format!("{edit} to {file}") });
        }
    }
    Ok(source)
}

/// The environment file, whichever file the environment is made from; none if there is none to be read.
pub fn environment(request: &Request) -> Option<Environment> {
    match request.text("env_file").filter(|file| !lock::is_lock_name(file)) {
        Some(file) => Environment::read(&request.in_project(file), file).ok(),
        None => beside(request).ok().flatten(),
    }
}

/// The environment file that a lock belongs to.
fn beside(request: &Request) -> Result<Option<Environment>, Unusable> {
    let file = candidates::specs(request).into_iter().find(|file| is_there(&request.in_project(file)));
    file.map(|file| Environment::read(&request.in_project(&file), &file)).transpose()
}

fn refuse_disguised_lock(path: &Path, file: &str) -> Result<(), Unusable> {
    let text = yaml::read(path, file)?;
    // Parsing costs; a lock names its packages in lines of this form.
    if !text.lines().any(|line| line.trim_end() == "package:") {
        return Ok(());
    }
    let Some(root) = yaml::parse(&text, file)? else { return Ok(()) };
    if !CondaLock::is_like(&root) {
        return Ok(());
    }
    let stem = file.trim_end_matches(".yml").trim_end_matches(".yaml").trim_end_matches(".lock");
    let better = format!("{}{}", stem.trim_end_matches("-lock"), lock::ENDING);
    let error =
        Error::new(format!("{file} is a lock file, but micromamba knows one only by a name that ends in -lock.yml"))
            .detail("under its own name it would be read as an environment file, and the environment would be empty")
            .hint(format!("mv {file} {better} && pyve init --env-file {better}"));
    Err(Unusable::content(file, error))
}

/// micromamba ends with an error where the name in its file has a slash, whatever the prefix is.
fn refuse_path_as_name(environment: &Environment) -> Result<(), Unusable> {
    let file = &environment.file;
    let Some(name) = environment.content.name.as_ref().filter(|name| name.text.contains('/')) else { return Ok(()) };
    let what =
        format!("{file}:{}: '{}' cannot name an environment: micromamba takes no '/' in a name", name.line, name.text);
    let better = name.text.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    let error = Error::new(what).hint(format!("write line {} of {file} as 'name: {better}'", name.line));
    Err(Unusable::content(file, error))
}

/// The environment files of the project that name another platform than this machine's.
fn of_other_platforms(request: &Request) -> Vec<String> {
    let entries = request.project().read_dir().into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let is_other = |name: &String| {
        let middle = name.strip_prefix("environment.").and_then(|rest| rest.rsplit_once('.')).map(|(middle, _)| middle);
        middle.is_some_and(|platform| conda_platform::selected(platform, "").is_some() && platform.contains('-'))
    };
    let mut others: Vec<String> = names.filter(is_other).collect();
    others.sort();
    others
}

pub fn nothing(request: &Request) -> Error {
    let contents = match request.python() {
        Some(python) if python.version.starts_with(|c: char| c.is_ascii_digit()) => {
            MINIMAL.replace("3.12", &python.version)
        }
        _ => MINIMAL.to_owned(),
    };
    let write = Step::write_file("Write environment.yml", request.in_project("environment.yml"), &contents);
    let error = Error::new("there is no environment.yml and no conda-lock.yml to make the environment from")
        .detail(format!("looked in {}", request.project().display()));
    let error = of_other_platforms(request).into_iter().fold(error, |error, file| {
        error.detail(format!("{file} is for another platform than {}", conda_platform::current()))
    });
    let error = error.detail("a minimal environment.yml:");
    contents
        .lines()
        .fold(error, |error, line| error.detail(format!("  {line}")))
        .hint("write environment.yml, then run: pyve init")
        .recipe(Recipe::new("write-environment", "Write this environment.yml", Consent::CONFIRM).step(write))
}
