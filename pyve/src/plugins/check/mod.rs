//! The conformance suite: a plugin asked every question about projects that make it hard, each in a child of its own.

mod questions;
mod sample;
mod tree;

use std::path::Path;

use super::probe;
use super::process::Call;
use super::taken::{self, Taken};
use super::trial::Trial;
use super::{inspect, validate};
use crate::caller::Caller;
use crate::failure::Failure;
use questions::Questions;

/// One thing that was checked.
#[derive(Clone, Debug)]
pub struct Check {
    /// What: `detect in an empty project`.
    pub name: String,
    /// What is not as it should be; nothing if all is.
    pub faults: Vec<String>,
}

impl Check {
    fn new(name: impl Into<String>, faults: Vec<String>) -> Self {
        Self { name: name.into(), faults }
    }

    fn failed(name: &str, failure: Failure) -> Self {
        Self::new(name, std::iter::once(failure.message).chain(failure.details).collect())
    }

    pub fn passed(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Runs every check on the library at `path`; each is told to `report` as soon as it is known. Fails only where pyve
/// itself cannot go on. `taken` is what others have already.
pub fn suite(caller: &Caller, taken: &Taken, path: &Path, report: &mut dyn FnMut(Check)) -> Result<(), Failure> {
    let inspected = match inspect(path) {
        Ok(inspected) => inspected,
        Err(failure) => {
            report(Check::failed("the file", failure));
            return Ok(());
        }
    };
    report(Check::new("the file", Vec::new()));
    let tried = Trial::new(&inspected.path, caller).watched().ask(Call::Describe, None)?;
    let introduction = match probe::introduced(tried.verdict) {
        Ok(introduction) => introduction,
        Err(failure) => {
            report(Check::failed("the handshake", failure));
            return Ok(());
        }
    };
    report(Check::new("the handshake", tried.traces.changed));
    let description = match validate::description(introduction.description) {
        Ok(description) => description,
        Err(faults) => {
            report(Check::new("the description", faults));
            return Ok(());
        }
    };
    let clashes = [taken::refuse_id(&description.id, path), taken.refuse_flags(path, &description, [])];
    let clashes = clashes.into_iter().filter_map(Result::err).map(|failure| failure.message);
    report(Check::new("the description", clashes.collect()));
    for sample in sample::samples(&description) {
        Questions { caller, library: &inspected.path, description: &description, sample: &sample }.ask_all(report)?;
    }
    Ok(())
}
