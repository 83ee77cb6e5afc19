//! Whether a lock still says what its environment file asks for. Content decides; times only where content cannot.

use std::path::Path;
use std::time::SystemTime;

use pyve_formats::python_name::normalized;
use pyve_plugin_api::{Command, Error, Request, Step};

use crate::environment::Environment;
use crate::inputs::{self, Inputs};
use crate::lock::Lock;
use crate::locking;
use crate::pip_list;
use crate::pyve;
use crate::source::Source;
use crate::yaml;

#[derive(Clone, Debug, PartialEq)]
pub enum Freshness {
    /// The lock fits the environment file, or there is none to fit; with how that was judged if not by content.
    Fresh { note: String },
    /// Why it does not, a line each.
    Stale(Vec<String>),
    /// An environment file alone.
    Missing,
}

pub fn of(request: &Request, source: &Source) -> Freshness {
    let Some(lock) = &source.lock else {
        return Freshness::Missing;
    };
    let Some(environment) = &source.environment else {
        return Freshness::Fresh { note: String::new() };
    };
    if let Some(changed) = locking::changed_here(request, &source.file) {
        return if changed.is_empty() { Freshness::Fresh { note: String::new() } } else { Freshness::Stale(changed) };
    }
    if let Some(known) = by_record(request, source) {
        return known;
    }
    let (stale, unclear) = compare(lock, environment);
    if !stale.is_empty() {
        Freshness::Stale(stale)
    } else if unclear.is_empty() {
        Freshness::Fresh { note: String::new() }
    } else {
        by_times(&source.path, &request.in_project(&environment.file), source, &unclear[0])
    }
}

/// What the record tells, where the lock is the one that the environment was made from.
fn by_record(request: &Request, source: &Source) -> Option<Freshness> {
    let recorded = request.recorded()?;
    let then = Inputs::recorded(recorded)?;
    let spec = recorded.specs.iter().find(|spec| spec.file.display() == source.file)?;
    if inputs::file_hash(&source.path)? != spec.sha256.as_str() {
        return None;
    }
    let changes = then.changed_requirements(&Inputs::of(request, source));
    if !changes.is_empty() {
        let of_file = |change: &String| format!("{}: {change}", source.spec_file());
        return Some(Freshness::Stale(changes.iter().map(of_file).collect()));
    }
    // Where it was stale from the start, the comparison says again why.
    (then.lock_was_fresh == Some(true)).then(|| Freshness::Fresh { note: String::new() })
}

/// Reasons why the lock is stale, and requirements that cannot be compared.
fn compare(lock: &Lock, environment: &Environment) -> (Vec<String>, Vec<String>) {
    let (mut stale, mut unclear) = (Vec::new(), Vec::new());
    let file = &environment.file;
    for package in environment.content.packages.iter().filter(|package| !package.is_virtual()) {
        if !package.is_of_one_package() {
            unclear.push(package.text.clone());
            continue;
        }
        match lock.package(&package.name) {
            // It is told as what it is, a choice of categories.
            None if lock.category_of(|name| name == package.name).is_some() => {}
            None => stale.push(format!("{file} asks for '{}', which is not locked", package.text)),
            Some(locked) => match package.accepts(&locked.version, &locked.build) {
                Some(true) => {}
                Some(false) => {
                    stale.push(format!("{file} asks for '{}', but {} is locked", package.text, locked.version));
                }
                None => unclear.push(package.text.clone()),
            },
        }
    }
    stale.extend(pip_not_locked(lock, environment));
    let (asked, locked) = (plain(&environment.content.channels), plain(&lock.channels));
    if !asked.is_empty() && !locked.is_empty() && asked != locked {
        stale.push(format!(
            "{file} names the channels {}, but {} were locked from",
            asked.join(", "),
            locked.join(", ")
        ));
    }
    (stale, unclear)
}

fn pip_not_locked(lock: &Lock, environment: &Environment) -> Vec<String> {
    let locked: Vec<String> = lock.packages.iter().map(|package| normalized(&package.name)).collect();
    let own =
        environment.content.requirements.entries.iter().filter(|entry| entry.origin.file == environment.content.path);
    let is_known = |name: &str| {
        locked.iter().any(|known| known == name) || lock.category_of(|known| normalized(known) == name).is_some()
    };
    let missing = own.filter(|entry| pip_list::name(entry).is_some_and(|name| !is_known(&name)));
    missing.map(|entry| format!("{} asks pip for '{}', which is not locked", environment.file, entry.written)).collect()
}

/// `https://conda.anaconda.org/conda-forge/` and `conda-forge` are the same channel.
fn plain(channels: &[String]) -> Vec<String> {
    let known = "https://conda.anaconda.org/";
    let short = |channel: &String| channel.strip_prefix(known).unwrap_or(channel).trim_end_matches('/').to_owned();
    channels.iter().map(short).collect()
}

fn by_times(lock: &Path, environment: &Path, source: &Source, unclear: &str) -> Freshness {
    let time = |path: &Path| path.metadata().and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let why = format!("judged by times of modification, as '{unclear}' cannot be compared");
    if time(environment) > time(lock) {
        Freshness::Stale(vec![format!("{} is newer than {}, {why}", source.spec_file(), source.file)])
    } else {
        Freshness::Fresh { note: why }
    }
}

/// The command that writes the lock: that of another program again with that one, for every platform that it has.
pub fn update_command(source: &Source) -> Command {
    match &source.lock {
        Some(lock) if !yaml::read(&source.path, &source.file).is_ok_and(|text| locking::is_ours(&text)) => {
            lock.relock.command()
        }
        _ => pyve(&["lock"]),
    }
}

/// Asked before a stale lock is used.
pub fn question(source: &Source, reasons: &[String]) -> Step {
    let mut text = String::from("WARNING: Lock file may be stale\n");
    for reason in reasons {
        text.push_str(&format!("  {reason}\n"));
    }
    text.push_str(&format!(
        "\nUsing {} for reproducibility.\nTo update lock file:\n  {}\n\nContinue anyway?",
        source.file,
        update_command(source)
    ));
    Step::confirm("Continue with a lock file that may be stale", &text).default_yes()
}

/// With `--strict` what is doubtful is an error.
pub fn strict_error(source: &Source, freshness: &Freshness) -> Option<Error> {
    let error = match freshness {
        Freshness::Fresh { .. } => return None,
        Freshness::Missing => Error::new(format!("{} has no lock file, and --strict asks for one", source.file)),
        Freshness::Stale(reasons) => {
            let error = Error::new(format!("{} is stale, and --strict refuses it", source.file));
            reasons.iter().fold(error, |error, reason| error.detail(reason))
        }
    };
    Some(error.remedy(&update_command(source)))
}
