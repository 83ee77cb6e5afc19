//! The Pythons on PATH, told apart before any of them is run.

use std::path::{Path, PathBuf};

use pyve_formats::python_version::Series;
use pyve_plugin_api::Host;

use crate::managers::Manager;
use crate::{layout, shim};

/// A Python on PATH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnPath {
    pub path: PathBuf,
    /// What its name tells: 3.11 for `python3.11`; `None` where only running it tells.
    pub series: Option<Series>,
    /// Where else on PATH the same program is.
    pub others: Vec<PathBuf>,
}

/// Every Python on PATH once, in PATH's order by name, without the shims of `managers`.
pub fn pythons(host: &dyn Host, managers: &[Manager]) -> Vec<OnPath> {
    let versioned = (3..=40).rev().flat_map(|minor| [format!("python3.{minor}"), format!("python3.{minor}t")]);
    let names = ["python3", "python"].into_iter().map(str::to_owned).chain(versioned);
    once(&mut names.flat_map(|name| host.find_program(&executable(&name))), managers)
}

/// The same of those that only their names mean.
pub fn of_other_kinds(host: &dyn Host, managers: &[Manager]) -> Vec<OnPath> {
    let versioned = (6..=20).rev().map(|minor| format!("pypy3.{minor}"));
    let names = ["pypy3", "pypy", "graalpy"].into_iter().map(str::to_owned).chain(versioned);
    once(&mut names.flat_map(|name| host.find_program(&executable(&name))), managers)
}

fn once(paths: &mut dyn Iterator<Item = PathBuf>, managers: &[Manager]) -> Vec<OnPath> {
    let mut found: Vec<(PathBuf, OnPath)> = Vec::new();
    for path in paths {
        if shim::is_shim_of(&path, managers) {
            continue;
        }
        let real = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        // The interpreters of environments are links to that of their base, and stand for it.
        if let Some((_, known)) = found.iter_mut().find(|(known, _)| *known == real) {
            if path != known.path && !known.others.contains(&path) {
                known.others.push(path);
            }
            continue;
        }
        let candidate = candidate(path, &real);
        if candidate.series.is_none_or(|series| series.minor.0 >= 3) {
            found.push((real, candidate));
        }
    }
    found.into_iter().map(|(_, candidate)| candidate).collect()
}

/// The Python on PATH of this very name: `pypy3.10`.
///
/// The name may come from a file of the project, and what is found is run: so it must be a Python's.
pub fn named(host: &dyn Host, name: &str) -> Vec<PathBuf> {
    if is_pythons(name) { host.find_program(&executable(name)) } else { Vec::new() }
}

/// Whether it is a Python's name: with a number behind it, or that of a build without the global interpreter lock.
fn is_pythons(name: &str) -> bool {
    let number = |rest: &str| rest.strip_suffix('t').unwrap_or(rest).chars().all(|c| c.is_ascii_digit() || c == '.');
    ["python", "pypy", "graalpy"].iter().filter_map(|kind| name.strip_prefix(kind)).any(number)
}

fn executable(name: &str) -> String {
    if cfg!(windows) { format!("{name}.exe") } else { name.to_owned() }
}

/// `/usr/bin/python3` becomes `/usr/bin/python3.11` where that is the same program beside it: an
/// environment made with the former breaks when the system moves on to 3.12.
fn candidate(path: PathBuf, real: &Path) -> OnPath {
    let series = series_in_name(&path).or_else(|| series_in_name(real));
    let versioned = series.filter(|_| layout::environment_of(&path).is_none()).and_then(|series| {
        let beside = path.parent()?.join(executable(&format!("python{series}")));
        (std::fs::canonicalize(&beside).ok()? == real).then_some(beside)
    });
    match versioned {
        Some(versioned) if versioned != path => OnPath { path: versioned, series, others: vec![path] },
        _ => OnPath { path, series, others: Vec::new() },
    }
}

/// 3.11 for `/usr/bin/python3.11`.
pub fn series_in_name(path: &Path) -> Option<Series> {
    Series::of_program(path.file_name()?.to_str()?)
}

#[cfg(test)]
mod tests {
    use super::is_pythons;

    #[test]
    fn no_program_is_run_that_only_begins_as_a_python_does() {
        assert!(["python3", "python3.13t", "pypy3.10", "graalpy", "pypy"].into_iter().all(is_pythons));
        let others =
            ["python-argcomplete-check-easy-install-script", "python3/../../bin/reboot", "python3-config", "pythont1"];
        assert!(!others.into_iter().any(is_pythons));
    }
}
