//! What belongs to the whole process: its working directory, variables, umask and signals. A library must leave it alone.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use super::signals::Signals;
use crate::config::printable;

/// The process as it is at one moment.
#[derive(Debug, PartialEq, Eq)]
pub struct Surroundings {
    directory: Option<PathBuf>,
    variables: BTreeMap<OsString, OsString>,
    /// In octal.
    umask: Option<String>,
    signals: Signals,
}

impl Surroundings {
    pub fn now() -> Self {
        Self {
            directory: std::env::current_dir().ok(),
            variables: std::env::vars_os().collect(),
            umask: umask(),
            signals: Signals::now(),
        }
    }

    /// What is different in `later`, a sentence each.
    pub fn difference(&self, later: &Self) -> Vec<String> {
        let mut changed = Vec::new();
        if self.directory != later.directory {
            let now = later.directory.as_ref().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
            changed.push(format!("it changed the working directory to `{}`", printable(&now)));
        }
        let names: Vec<String> = self
            .variables
            .keys()
            .chain(later.variables.keys())
            .filter_map(|name| {
                let differs = self.variables.get(name) != later.variables.get(name);
                differs.then(|| format!("`{}`", printable(&name.to_string_lossy())))
            })
            .collect();
        changed.extend(list("environment variables", names));
        if let (Some(before), Some(now)) = (&self.umask, &later.umask)
            && before != now
        {
            changed.push(format!("it changed the umask from {before} to {now}"));
        }
        changed.extend(list("signal handlers", self.signals.otherwise_handled(&later.signals)));
        changed.extend(list("the signal mask", self.signals.otherwise_masked(&later.signals)));
        changed
    }
}

fn list(what: &str, mut names: Vec<String>) -> Option<String> {
    names.sort();
    names.dedup();
    (!names.is_empty()).then(|| format!("it changed {what}: {}", names.join(", ")))
}

/// Reading it means to set it, and back.
#[cfg(unix)]
fn umask() -> Option<String> {
    use rustix::fs::Mode;
    use rustix::process::umask;
    let mask = umask(Mode::empty());
    umask(mask);
    Some(format!("{:03o}", mask.bits()))
}

#[cfg(not(unix))]
fn umask() -> Option<String> {
    None
}
