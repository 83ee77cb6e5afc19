//! The purge of one environment among several: the others, and what is shared with them, stay.

use std::path::{Path, PathBuf};

use super::plan::{Inputs, Plan, prefix_here};
use crate::project::{EnvironmentName, Layout};
use crate::records::{All, Artifact, Record, Status};

/// What came of looking for it.
pub enum Outcome {
    /// It is one of several.
    Known(Plan),
    /// It is the only one: all that pyve made goes with it.
    Last,
    Unknown,
}

/// Which environment it is.
#[derive(Clone, Copy)]
pub enum Target<'a> {
    /// The one there, whatever its name.
    Directory(&'a Path),
    /// The one of that name, wherever it is.
    Environment(&'a EnvironmentName),
    /// The one of that name as this backend made it; another backend's stays.
    Backend(&'a EnvironmentName, &'a str),
}

impl Target<'_> {
    /// Whether the target is that directory.
    pub fn is_at(self, path: &Path) -> bool {
        matches!(self, Self::Directory(directory) if directory == path)
    }
}

pub fn plan(inputs: &Inputs<'_>, all: &All, target: Target<'_>) -> Outcome {
    match target {
        Target::Directory(directory) => at(inputs, all, directory),
        Target::Environment(name) => named(inputs, all, name),
        Target::Backend(name, backend) => {
            let is_its = |record: &Record| record.environment == *name && record.backend == backend;
            let mut plan = Plan::default();
            plan.records(inputs, all, is_its);
            if all.records.iter().any(is_its) { Outcome::Known(plan) } else { Outcome::Unknown }
        }
    }
}

/// All that is recorded of one name, by whichever backend.
fn named(inputs: &Inputs<'_>, all: &All, name: &EnvironmentName) -> Outcome {
    let is_its = |record: &Record| record.environment == *name;
    if !all.records.is_empty() && all.records.iter().all(is_its) {
        return Outcome::Last;
    }
    if !all.records.iter().any(is_its) {
        return Outcome::Unknown;
    }
    let mut plan = Plan::default();
    // The record goes last: without it nobody would know what is left to do.
    if inputs.looks.entered() == *name {
        plan.entered(name, inputs);
    }
    plan.records(inputs, all, is_its);
    Outcome::Known(plan)
}

impl Plan {
    /// Adds those records and what goes with them; what they share with others stays.
    fn records(&mut self, inputs: &Inputs<'_>, all: &All, is_its: impl Fn(&Record) -> bool) {
        let (its, others): (Vec<&Record>, Vec<&Record>) = all.records.iter().partition(|record| is_its(record));
        for record in its {
            self.environment(record, inputs);
            let shared = |made: &Artifact| others.iter().any(|other| other.made.contains(made));
            let own = |made: &&Artifact| goes_along(made) || matches!(made, Artifact::Environment { .. });
            record
                .made
                .iter()
                .filter(own)
                .filter(|made| !shared(made))
                .for_each(|made| self.made(made, record, inputs));
            self.record(record, None, inputs.layout);
        }
    }
}

fn at(inputs: &Inputs<'_>, all: &All, directory: &Path) -> Outcome {
    let layout = inputs.layout;
    let known: Vec<PathBuf> = all.records.iter().flat_map(|record| environments(record, layout)).collect();
    if !known.iter().any(|path| path == directory) {
        return Outcome::Unknown;
    }
    if known.iter().all(|path| path == directory) {
        return Outcome::Last;
    }
    let mut plan = Plan::default();
    for record in &all.records {
        if prefix_here(record, layout) == directory {
            plan.environment(record, inputs);
            let shared = |made: &Artifact| all.records.iter().any(|other| other != record && other.made.contains(made));
            let own = record.made.iter().filter(|made| goes_along(made) && !shared(made));
            own.for_each(|made| plan.made(made, record, inputs));
            plan.record(record, rest(record, layout), layout);
        } else if record.made.iter().any(|made| is_at(made, directory, layout)) {
            plan.folder(directory, inputs);
            let mut rest = record.clone();
            rest.made.retain(|made| !is_at(made, directory, layout));
            plan.record(record, Some(rest), layout);
        }
    }
    Outcome::Known(plan)
}

/// Where there are environments that a record speaks of.
fn environments(record: &Record, layout: &Layout) -> Vec<PathBuf> {
    let others =
        record.made.iter().filter_map(|made| place(made, layout)).filter(|path| path.symlink_metadata().is_ok());
    let prefix = prefix_here(record, layout);
    others.chain(Some(prefix).filter(|prefix| !prefix.as_os_str().is_empty())).collect()
}

fn place(made: &Artifact, layout: &Layout) -> Option<PathBuf> {
    match made {
        Artifact::Environment { path } => Some(layout.root().join(path.path())),
        _ => None,
    }
}

/// Whether it goes with the environment: a version that was pinned for it, and what its steps made besides.
fn goes_along(made: &Artifact) -> bool {
    matches!(made, Artifact::Line { .. } | Artifact::Path { .. })
}

fn is_at(made: &Artifact, directory: &Path, layout: &Layout) -> bool {
    place(made, layout).is_some_and(|path| path == directory)
}

/// What the record has to tell when its own environment is gone: those that were made in other folders before.
fn rest(record: &Record, layout: &Layout) -> Option<Record> {
    let mut rest = record.clone();
    rest.made.retain(|made| !goes_along(made));
    rest.recorded = Box::default();
    rest.launch = None;
    rest.made_by_pyve = false;
    rest.status = Status::Creating;
    (!environments(&rest, layout).is_empty()).then_some(rest)
}
