//! Tries a library in a process of its own, with a time limit, before it is ever opened in pyve's.

use std::path::Path;

use pyve_plugin_api::{Description, OsText};
use serde_json::Value;

use super::inspect::{Inspected, inspect};
use super::manifest::{Entry, Trust};
use super::process::{Call, Introduction};
use super::trial::{Trial, Verdict};
use super::validate;
use crate::caller::Caller;
use crate::failure::Failure;

/// A library that was examined and tried.
#[derive(Clone, Debug)]
pub struct Examined {
    pub inspected: Inspected,
    pub introduction: Introduction<Description>,
}

impl Examined {
    pub fn id(&self) -> &str {
        &self.introduction.description.id
    }

    /// The record of it as the file `file`.
    pub fn entry(self, file: OsText) -> Entry {
        Entry {
            description: self.introduction.description,
            file,
            api_version: self.introduction.api_version,
            sha256: self.inspected.sha256,
            fingerprint: self.inspected.fingerprint,
            source: OsText::new(),
            added: 0,
            trust: Trust::Trusted,
            hangs: 0,
        }
    }
}

/// Examines the file from outside, then tries it in a child.
pub fn examine(caller: &Caller, path: &Path) -> Result<Examined, Failure> {
    tried(caller, path, inspect(path)?)
}

/// The same for the one file that has this hash: nothing of another is run.
pub fn examine_verified(caller: &Caller, path: &Path, sha256: &str) -> Result<Examined, Failure> {
    let inspected = inspect(path)?;
    inspected.verified(path, sha256)?;
    tried(caller, path, inspected)
}

/// Tries a library that was examined in a child.
pub fn tried(caller: &Caller, path: &Path, inspected: Inspected) -> Result<Examined, Failure> {
    let trial = Trial::new(&inspected.path, caller);
    let tried = trial.ask(Call::Describe, None)?.verdict;
    let introduction = introduced(tried).map_err(|failure| unusable(path, failure))?;
    let Introduction { api_version, description } = introduction;
    let description = validate::description(description).map_err(|faults| {
        let failure = Failure::new("it returned an invalid answer to `describe`");
        let failure = faults.into_iter().fold(failure, Failure::detail);
        unusable(path, failure.command_on(&["pyve", "plugin", "check"], path))
    })?;
    Ok(Examined { inspected, introduction: Introduction { api_version, description } })
}

/// What the library says of itself, not yet looked at.
pub fn introduced(verdict: Verdict) -> Result<Introduction<Value>, Failure> {
    validate::typed(&verdict.answer()?)
        .map_err(|why| Failure::new(format!("it returned an invalid answer to `describe`: {why}")))
}

fn unusable(path: &Path, failure: Failure) -> Failure {
    let failure = Failure { message: format!("{} cannot be used: {}", path.display(), failure.message), ..failure };
    if failure.remedy.is_none() { failure.remedy("report this to its author") } else { failure }
}
