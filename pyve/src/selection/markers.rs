//! What lies in the place of marker files and is no file.

use std::path::Path;

use pyve_formats::read::{self, Limit, Links, Problem, ReadError};
use pyve_plugin_api::Marker;

/// Markers in whose place something lies that is no file, so that nobody can tell what they ask for.
pub fn unfit<'a>(root: &Path, markers: impl Iterator<Item = &'a Marker>) -> Vec<ReadError> {
    let mut files: Vec<&str> = markers.map(|marker| marker.file.as_str()).collect();
    files.sort_unstable();
    files.dedup();
    let opened = files.iter().filter_map(|file| read::open(root.join(file), Limit::ANY_SIZE, Links::Follow).err());
    opened.filter(|error| matches!(error.problem(), Problem::NotRegular(_))).collect()
}
