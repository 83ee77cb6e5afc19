//! Every record of a project.

use std::fs;
use std::path::PathBuf;

use super::folder::Folder;
use super::record::Record;
use super::store::Found;
use crate::failure::Failure;
use crate::project::{EnvironmentName, Layout};

/// What was found below `.pyve/state`.
#[derive(Default)]
pub struct All {
    /// Those that this user's pyve wrote, by environment, then by backend; also where the project was moved since.
    pub records: Vec<Record>,
    /// Files that count for nothing, and why: another user's, changed ones, what is no file at all.
    pub ignored: Vec<(PathBuf, String)>,
    /// Files that count and cannot be used, and why: a newer pyve wrote them.
    pub unusable: Vec<(PathBuf, Failure)>,
    /// Why nothing was looked at: a link is in the place of a folder of pyve's.
    pub refused: Option<Failure>,
}

impl All {
    /// Whether all that is there was read, so that what no record tells of is known to no record.
    pub fn is_whole(&self) -> bool {
        self.ignored.is_empty() && self.unusable.is_empty() && self.refused.is_none()
    }
}

/// Reads them all; a project without any has none.
pub fn all(layout: &Layout) -> All {
    let mut all = All::default();
    let state = match Folder::find(layout, None) {
        Ok(Some(state)) => state,
        Ok(None) => return all,
        Err(failure) => return All { refused: Some(failure), ..all },
    };
    let environments = names(layout.state()).into_iter().filter_map(|name| name.parse::<EnvironmentName>().ok());
    for environment in environments.filter(|name| layout.records(name).is_dir()) {
        let folder = match state.inner(layout.root(), &environment) {
            Ok(Some(folder)) => folder,
            Ok(None) => continue,
            Err(failure) => {
                all.ignored.push((layout.records(&environment), failure.message));
                continue;
            }
        };
        for file in names(layout.records(&environment)) {
            let Some(backend) = file.strip_suffix(".json") else { continue };
            let path = layout.record(&environment, backend);
            match Record::load_in(&folder, layout, &environment, backend) {
                Ok(Found::Here(record) | Found::Moved { value: record, .. }) => all.records.push(record),
                Ok(Found::Ignored(why)) => all.ignored.push((path, why)),
                Ok(Found::Absent) => {}
                Err(failure) => all.unusable.push((path, failure)),
            }
        }
    }
    all
}

/// The environments that something is recorded of; whether it counts is not looked at.
pub fn environments(layout: &Layout) -> Vec<EnvironmentName> {
    let named = names(layout.state()).into_iter().filter_map(|name| name.parse::<EnvironmentName>().ok());
    let has_record = |name: &EnvironmentName| names(layout.records(name)).iter().any(|file| file.ends_with(".json"));
    named.filter(has_record).collect()
}

/// pyve's own names are all Unicode; a file with another one is not pyve's.
fn names(folder: PathBuf) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}
