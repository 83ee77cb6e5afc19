//! What stands at the prefix, decided from files: nothing, an environment as it would be made now, or what else.

use std::path::Path;

use pyve_formats::conda_package::PackageFile;
use pyve_plugin_api::{PrefixState, Request};

use crate::history;
use crate::inputs::Inputs;
use crate::installed;
use crate::origin;
use crate::prefix::ENVS;
use crate::python;
use crate::source::Source;

/// The state and, but for nothing, half a sentence on what was seen.
pub fn at(request: &Request, prefix: &Path, source: &Source) -> (PrefixState, String) {
    let ours = ours(request, prefix);
    let Ok(data) = prefix.symlink_metadata() else {
        return (PrefixState::ABSENT, String::new());
    };
    if !data.is_dir() {
        return (PrefixState::FOREIGN, "is not a folder".to_owned());
    }
    if prefix.read_dir().is_ok_and(|mut entries| entries.next().is_none()) {
        return (PrefixState::ABSENT, String::new());
    }
    if !prefix.join("conda-meta").is_dir() {
        return match ours {
            true => (PrefixState::BROKEN, "it is not a conda environment".to_owned()),
            false => (PrefixState::FOREIGN, "is not a conda environment".to_owned()),
        };
    }
    if !ours {
        return (PrefixState::FOREIGN, "is a conda environment that pyve did not make".to_owned());
    }
    match half_made(request, prefix) {
        Some(why) => (PrefixState::BROKEN, why),
        None => compared(request, source, &installed::packages(prefix).unwrap_or_default()),
    }
}

fn ours(request: &Request, prefix: &Path) -> bool {
    let recorded = request.recorded().is_some_and(|recorded| *recorded.prefix.path() == *prefix);
    recorded || prefix.starts_with(request.in_project(ENVS))
}

fn half_made(request: &Request, prefix: &Path) -> Option<String> {
    if request.recorded().is_some_and(|recorded| !recorded.ready && *recorded.prefix.path() == *prefix) {
        return Some("its creation was interrupted".to_owned());
    }
    incomplete(prefix).or_else(|| moved(prefix))
}

/// Whether it was made at another place, as half a sentence.
pub fn moved(prefix: &Path) -> Option<String> {
    let made = origin::elsewhere(prefix)?;
    Some(format!("it was made at {}, and a conda environment cannot be moved", made.display()))
}

/// Whether a creation stopped half-way, as the files show it.
pub fn incomplete(prefix: &Path) -> Option<String> {
    if !prefix.join("conda-meta/history").is_file() {
        return Some("it has no conda-meta/history, so its creation did not end well".to_owned());
    }
    None
}

/// Whether it is one that micromamba began and did not fill: such a one has a history, too, an empty one.
pub fn is_unfilled(packages: &[PackageFile], source: Option<&Source>) -> bool {
    let asks = |source: &Source| {
        source.lock.is_some() || source.environment.as_ref().is_some_and(|file| !file.content.packages.is_empty())
    };
    packages.is_empty() && source.is_none_or(asks)
}

/// A whole environment that holds `packages`, against what the files ask for.
pub fn compared(request: &Request, source: &Source, packages: &[PackageFile]) -> (PrefixState, String) {
    if request.recorded().is_none() && is_unfilled(packages, Some(source)) {
        return (PrefixState::BROKEN, "it holds no packages".to_owned());
    }
    let now = Inputs::of(request, source);
    let then = request.recorded().and_then(Inputs::recorded);
    if let Some(then) = then {
        let mut changes = then.changes(&now);
        if source.lock.is_some() {
            // The lock decides what is installed; the environment file beside it only makes it stale.
            changes = lock_changes(request, source);
            changes.extend(then.changed_categories(&now));
        } else if changes.is_empty() && fingerprint_differs(request, source) {
            changes.push("a file that its 'pip:' list names reads otherwise".to_owned());
        }
        if !changes.is_empty() {
            return (PrefixState::OUTDATED, format!("{} has changed: {}", source.file, changes.join("; ")));
        }
    }
    let missing = shortfalls(packages, request, source);
    match missing.first() {
        Some(first) if request.recorded().is_some() => (PrefixState::BROKEN, first.clone()),
        Some(first) => (PrefixState::OUTDATED, first.clone()),
        None => (PrefixState::USABLE, made_with(packages)),
    }
}

fn lock_changes(request: &Request, source: &Source) -> Vec<String> {
    let specs = request.recorded().map(|recorded| &recorded.specs);
    let then = specs.and_then(|specs| specs.iter().find(|spec| spec.file.display() == source.file));
    match then {
        None => vec![format!("the environment was not made from {}", source.file)],
        Some(spec) if crate::inputs::file_hash(&source.path).as_deref() == Some(spec.sha256.as_str()) => Vec::new(),
        Some(_) => vec!["other packages are locked".to_owned()],
    }
}

/// Where the words are the same, only the requirements files that they name can differ.
fn fingerprint_differs(request: &Request, source: &Source) -> bool {
    let (Some(recorded), Some(environment)) = (request.recorded(), &source.environment) else { return false };
    let now = crate::inputs::fingerprint(environment);
    recorded.specs.iter().any(|spec| spec.file.display() == source.file && spec.sha256 != now.as_str())
}

pub fn made_with(packages: &[PackageFile]) -> String {
    let python = packages.iter().find(|package| package.name == "python");
    let with = python.map(|python| format!("Python {}, ", python.version)).unwrap_or_default();
    format!("{with}{}", installed::counted(packages))
}

/// What the files ask for and the environment does not have: `numpy is not installed`.
pub fn shortfalls(packages: &[PackageFile], request: &Request, source: &Source) -> Vec<String> {
    let find = |name: &str| packages.iter().find(|package| package.name == name);
    let mut short = Vec::new();
    if let Some(lock) = &source.lock {
        for locked in lock.packages.iter().filter(|package| !package.pip) {
            match find(&locked.name) {
                None => short.push(format!("{} {} is locked, but not installed", locked.name, locked.version)),
                Some(package) if package.version != locked.version => short.push(format!(
                    "{} {} is installed, but {} is locked",
                    locked.name, package.version, locked.version
                )),
                Some(_) => {}
            }
        }
        return short;
    }
    let asked = source.environment.iter().flat_map(|environment| environment.content.packages.iter().cloned());
    let python = python::requested(request).ok().flatten();
    for requested in asked.chain(python).filter(|requested| requested.is_of_one_package()) {
        match find(&requested.name) {
            None => {
                short.push(format!("{} is not installed, though '{}' is asked for", requested.name, requested.text))
            }
            Some(package)
                if requested.accepts(&package.version, &package.build) == Some(false)
                    && !was_chosen(package, request, source) =>
            {
                short.push(format!(
                    "{} {} is installed, but '{}' is asked for",
                    package.name, package.version, requested.text
                ));
            }
            Some(_) => {}
        }
    }
    short
}

/// Whether micromamba itself chose the package for what the files still ask for: of a spec its reading counts, not ours.
fn was_chosen(package: &PackageFile, request: &Request, source: &Source) -> bool {
    let Some(recorded) = request.recorded() else { return false };
    let same = Inputs::recorded(recorded).is_some_and(|then| then.changes(&Inputs::of(request, source)).is_empty());
    same && history::made_with(&recorded.prefix.path(), package)
}
