//! Tries a library in a process of its own, with a time limit, before it is ever opened in pyve's.

use std::path::Path;

use pyve_plugin_api::OsText;

use super::inspect::{Inspected, inspect};
use super::manifest::{Entry, Trust};
use super::process::{Introduction, Question};
use super::trial::Trial;
use super::validate;
use crate::caller::Caller;
use crate::failure::Failure;

/// A library that was examined and tried.
#[derive(Clone, Debug)]
pub struct Examined {
    pub inspected: Inspected,
    pub introduction: Introduction,
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
            trust: Trust::Trusted,
        }
    }
}

/// Examines the file from outside, then tries it in a child.
pub fn examine(caller: &Caller, path: &Path) -> Result<Examined, Failure> {
    let inspected = inspect(path)?;
    let introduction = introduction(caller, &inspected.path).map_err(|failure| named(path, failure))?;
    match validate::description(&introduction.description).into_iter().next() {
        Some(fault) => Err(Failure::new(format!("{} cannot be used: {fault}", path.display()))
            .command_on(&["pyve", "plugin", "check"], path)),
        None => Ok(Examined { inspected, introduction }),
    }
}

/// What the library says of itself.
pub fn introduction(caller: &Caller, library: &Path) -> Result<Introduction, Failure> {
    let answer = Trial::of(library, caller).ask(Question::Describe, None)?.answer()?;
    serde_json::from_value(answer).map_err(|error| Failure::new(format!("its answer is garbled: {error}")))
}

fn named(path: &Path, failure: Failure) -> Failure {
    let failure = Failure { message: format!("{} cannot be used: {}", path.display(), failure.message), ..failure };
    if failure.remedy.is_none() { failure.remedy("tell the plugin's author") } else { failure }
}
