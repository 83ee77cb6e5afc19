//! Every record of a project.

use std::fs;
use std::path::PathBuf;

use super::record::Record;
use crate::failure::Failure;
use crate::project::Layout;

/// What was found below `.pyve/state`.
#[derive(Default)]
pub struct All {
    /// By environment, then by backend.
    pub records: Vec<Record>,
    /// Files that cannot be read, and why.
    pub unreadable: Vec<(PathBuf, Failure)>,
}

/// Reads them all; a project without any has none.
pub fn all(layout: &Layout) -> All {
    let mut all = All::default();
    for environment in names(layout.state()) {
        for file in names(layout.records(&environment)) {
            let Some(backend) = file.strip_suffix(".json") else { continue };
            match Record::load(layout, &environment, backend) {
                Ok(Some(record)) => all.records.push(record),
                Ok(None) => {}
                Err(failure) => all.unreadable.push((layout.record(&environment, backend), failure)),
            }
        }
    }
    all
}

/// pyve's own names are all Unicode; a file with another one is not pyve's.
fn names(folder: PathBuf) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}
