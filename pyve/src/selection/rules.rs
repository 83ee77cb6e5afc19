//! The levels in their order, and what each of them said.

use std::path::Path;

use super::files::{self, Candidate, Warning, show};
use super::needed::{self, Unchosen};
use crate::config::{FILE, NeededPlugin, Sourced, quoted};
use crate::failure::Failure;
use crate::project::{EnvironmentName, Layout};
use crate::records::Current;
use crate::ui::suggest::nearest;

/// In flag and config: let the next level decide.
pub const AUTO: &str = "auto";

/// All that the choice depends on. What is installed is not among it.
pub struct Inputs<'a> {
    /// `--backend`.
    pub flag: Option<&'a str>,
    /// `backend` of the config.
    pub config: Option<Sourced<String>>,
    /// What the environment was last initialised with.
    pub current: Option<Sourced<String>>,
    /// What the bash tool's `pyve.toml` says, if it is a backend that is known.
    pub manifest: Option<Sourced<String>>,
    /// For an environment with a name: the backends that files of that name ask for.
    pub by_name: &'a [Candidate],
    /// And what else bears the name, in words.
    pub by_name_told: &'a [String],
    /// For an environment with a name: `backend` of the config for the whole project, `config` being its own.
    pub project: Option<Sourced<String>>,
    /// Every backend that is known, those that no file asks for included.
    pub candidates: &'a [Candidate],
    /// The backend of a project that asks for none.
    pub default: &'a str,
    /// What is known of plugins besides the candidates.
    pub plugins: Plugins<'a>,
}

/// Where the plugin of an id that nobody answers to may be.
#[derive(Default)]
pub struct Plugins<'a> {
    /// Where plugins are looked for, if that is known.
    pub folder: Option<&'a Path>,
    /// The libraries there that were never added.
    pub unadded: Vec<&'a Path>,
    /// Why the list of those that were added cannot be read.
    pub failure: Option<&'a Failure>,
    /// Those that the settings name and that are no candidates.
    pub needed: Vec<&'a NeededPlugin>,
    /// The first of them that is not there for a backend that the settings ask for, and so for its marker files, which nobody
    /// knows.
    pub for_files: Option<&'a NeededPlugin>,
}

/// Who can say which backend it is, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Flag,
    Config,
    Current,
    Manifest,
    /// Files that bear the environment's name.
    Name,
    /// What the config says for the whole project, where an environment with a name is meant.
    Project,
    Files,
    Default,
}

impl Level {
    /// As explanations name it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Flag => "--backend",
            Self::Config => FILE,
            Self::Current => "last initialised",
            Self::Manifest => "pyve.toml",
            Self::Name => "its own files",
            Self::Project => "whole project",
            Self::Files => "files",
            Self::Default => "default",
        }
    }
}

/// What one level said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub level: Level,
    /// In words.
    pub said: String,
    /// The backend that it asks for.
    pub backend: Option<String>,
    /// Where it says so: `--backend`, `.pyve/config:2`, `environment.yml`.
    pub origins: Vec<String>,
}

/// The backend, who decided, and what every level said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    pub backend: String,
    pub level: Level,
    pub why: String,
    pub levels: Vec<Report>,
    pub warnings: Vec<Warning>,
}

/// Chooses. A level that decides and names a backend that nobody knows is an error.
pub fn select(inputs: &Inputs<'_>) -> Result<Selection, Unchosen> {
    let verdict = files::verdict(inputs.candidates);
    let of_name = files::verdict(inputs.by_name);
    let flag = inputs.flag.map(|value| Sourced { value: value.to_owned(), origin: "--backend".to_owned() });
    let mut levels = vec![
        said(Level::Flag, flag.as_ref(), "not set"),
        said(Level::Config, inputs.config.as_ref(), "not set"),
        said(Level::Current, inputs.current.as_ref(), "never"),
    ];
    if of_name.is_some() || !inputs.by_name_told.is_empty() {
        let winner = of_name.as_ref().map(|verdict| verdict.winner.id.as_str());
        levels.push(files_report(Level::Name, inputs.by_name, inputs.by_name_told, winner));
    }
    levels.extend(inputs.project.as_ref().map(|project| said(Level::Project, Some(project), "not set")));
    levels.extend([
        files_report(Level::Files, inputs.candidates, &[], verdict.as_ref().map(|verdict| verdict.winner.id.as_str())),
        Report {
            level: Level::Default,
            said: inputs.default.to_owned(),
            backend: Some(inputs.default.to_owned()),
            origins: Vec::new(),
        },
    ]);
    if inputs.manifest.is_some() {
        levels.insert(Level::Manifest as usize, said(Level::Manifest, inputs.manifest.as_ref(), "not set"));
    }
    let decisive = levels.iter().find_map(|report| Some((report.level, report.backend.clone()?)));
    let (level, backend) = decisive.unwrap_or((Level::Default, inputs.default.to_owned()));
    let origin = levels.iter().find(|report| report.level == level).and_then(|report| report.origins.first().cloned());
    match inputs.candidates.iter().find(|candidate| candidate.id == backend) {
        None => {
            return Err(match inputs.plugins.failure.cloned() {
                Some(unreadable) => unreadable.detail(asked_for(&backend, level, origin.as_deref())).into(),
                None => unknown(&backend, level, origin.as_deref(), inputs),
            });
        }
        Some(Candidate { trouble: Some(trouble), .. }) => {
            return Err(trouble.clone().detail(asked_for(&backend, level, origin.as_deref())).into());
        }
        Some(_) => {}
    }
    // What a built-in backend has for itself alone no plugin takes from it.
    let is_open = match level {
        Level::Files => verdict.as_ref().is_none_or(|seen| !(seen.winner.builtin && seen.winner.is_exclusive())),
        level => level == Level::Default,
    };
    let (why, warnings) = match (level, of_name, verdict) {
        (Level::Name, Some(verdict), _) | (Level::Files, _, Some(verdict)) => (verdict.why, verdict.warnings),
        (level, ..) => (reason_of(level, origin.as_deref()), Vec::new()),
    };
    if let Some(needed) = inputs.plugins.for_files.filter(|_| is_open) {
        return Err(undecided(needed, &backend, &why, inputs));
    }
    Ok(Selection { backend, level, why, levels, warnings })
}

/// A level at which somebody says a name, `auto` or nothing.
fn said(level: Level, said: Option<&Sourced<String>>, nothing: &str) -> Report {
    let Some(said) = said else {
        return Report { level, said: nothing.to_owned(), backend: None, origins: Vec::new() };
    };
    let is_auto = said.value == AUTO && level != Level::Current;
    let words = if is_auto { format!("{AUTO}: the next level decides") } else { said.value.clone() };
    let backend = (!is_auto).then(|| said.value.clone());
    Report { level, said: words, backend, origins: vec![said.origin.clone()] }
}

fn files_report(level: Level, candidates: &[Candidate], told: &[String], winner: Option<&str>) -> Report {
    let mut words = told.to_vec();
    let mut origins = Vec::new();
    for candidate in candidates {
        for detection in &candidate.detections {
            words.push(format!("{} ({}, {})", show(detection), candidate.id, detection.strength));
            if Some(candidate.id.as_str()) == winner {
                origins.push(show(detection));
            }
        }
    }
    let said = if words.is_empty() { "not found".to_owned() } else { words.join(", ") };
    Report { level, said, backend: winner.map(str::to_owned), origins }
}

fn reason_of(level: Level, origin: Option<&str>) -> String {
    match (level, origin) {
        (Level::Flag, _) => "set by `--backend`".to_owned(),
        (Level::Current, _) => "last initialized with it".to_owned(),
        (Level::Default, _) => "default".to_owned(),
        (_, origin) => format!("set in `{}`", origin.unwrap_or(FILE)),
    }
}

/// Who wants a backend that cannot be used.
fn asked_for(id: &str, level: Level, origin: Option<&str>) -> String {
    match level {
        Level::Current => format!("this project was last initialized with `{id}`"),
        Level::Flag => format!("`--backend {id}` asks for it"),
        Level::Config | Level::Manifest | Level::Name | Level::Project | Level::Files | Level::Default => {
            format!("`{}` asks for it", origin.unwrap_or(FILE))
        }
    }
}

/// Nobody answers to the name.
fn unknown(id: &str, level: Level, origin: Option<&str>, inputs: &Inputs<'_>) -> Unchosen {
    let Plugins { folder, unadded, needed, .. } = &inputs.plugins;
    let mut ids: Vec<&str> = inputs.candidates.iter().map(|candidate| candidate.id.as_str()).collect();
    ids.sort_unstable();
    let named = needed.iter().map(|plugin| plugin.id.as_str());
    let near = nearest(id, ids.iter().copied().chain([AUTO]).chain(named));
    let message = format!("backend {} not found (`{}`)", quoted(id), origin.unwrap_or("default"));
    let mut failure = match level {
        Level::Flag => Failure::usage(message),
        _ => Failure::new(message),
    };
    failure = failure.detail(format!("known backends: {}", ids.join(", ")));
    failure.details.extend(folder.map(|folder| format!("plugins are looked up in `{}`", folder.display())));
    failure.details.extend(unadded.iter().map(|library| format!("`{}` was never added", library.display())));
    let library = unadded.iter().find(|library| is_named(library, id));
    if let Some(plugin) = needed.iter().find(|plugin| plugin.id == id) {
        let failure = failure.detail(needed::said(plugin)).with_remedy(needed::remedy(plugin, library.copied()));
        return Unchosen { failure, missing: Some(Box::new((*plugin).clone())) };
    }
    match library {
        Some(library) => failure.command_on(&["pyve", "plugin", "add"], library),
        None => failure.remedy(unknown_remedy(level, near, origin.unwrap_or(FILE), inputs.default)),
    }
    .into()
}

/// Nobody knows whether the files are those of a plugin that the settings name: another backend is not taken in silence.
fn undecided(needed: &NeededPlugin, instead: &str, why: &str, inputs: &Inputs<'_>) -> Unchosen {
    let asked = format!("`{}` asks for it", needed.origin);
    if let Some(unreadable) = inputs.plugins.failure {
        return unreadable.clone().detail(asked).into();
    }
    let library = inputs.plugins.unadded.iter().find(|library| is_named(library, &needed.id));
    let failure = Failure::new(format!("this project needs plugin `{}`, which was not added", needed.id))
        .detail(needed::said(needed))
        .detail(format!("without it the backend is {instead} ({why}); `--backend {instead}` asks for that"))
        .with_remedy(needed::remedy(needed, library.copied()));
    Unchosen { failure, missing: Some(Box::new(needed.clone())) }
}

/// Whether a library's file name suits a plugin of that id: `libpyve_fern.so` and `fern.so` suit `fern`.
fn is_named(library: &Path, id: &str) -> bool {
    let name = library.file_stem().unwrap_or_default().to_string_lossy().replace('_', "-");
    let name = name.strip_prefix(std::env::consts::DLL_PREFIX).unwrap_or(&name);
    name == id || name.strip_prefix("pyve-") == Some(id)
}

fn unknown_remedy(level: Level, near: Option<&str>, origin: &str, default: &str) -> String {
    match (level, near) {
        (Level::Flag, Some(near)) => format!("did you mean `--backend {near}`?"),
        (Level::Flag, None) => "use one of the known backends, or remove `--backend`".to_owned(),
        (Level::Config | Level::Project, Some(near)) => format!("did you mean `backend: {near}`? Edit `{origin}`"),
        (Level::Config | Level::Project, None) => {
            format!("use one of the known backends in `{origin}`, or remove the line")
        }
        _ => format!("run `pyve init --backend {}`", near.unwrap_or(default)),
    }
}

/// What the environment was last initialised with, as its record says.
pub fn current(project: &Layout, environment: &EnvironmentName) -> Result<Option<Sourced<String>>, Failure> {
    let origin = project.show(&project.current(environment));
    Ok(Current::load(project, environment)?.mine().map(|current| Sourced { value: current.backend, origin }))
}
