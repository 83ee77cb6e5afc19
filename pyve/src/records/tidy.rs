//! What a pyve that was killed left in a project, removed by the next one that may change it.

use std::fs;
use std::path::PathBuf;

use super::all;
use crate::files::temporary::{hide, remove_stale};
use crate::project::Layout;

/// Removes the files that nobody finishes any more, wherever pyve writes, and keeps its own from git.
pub fn tidy(layout: &Layout) {
    // What cannot be tidied up is no reason to fail.
    let _ = hide(&layout.state());
    folders(layout).iter().for_each(|folder| remove_stale(folder));
}

fn folders(layout: &Layout) -> Vec<PathBuf> {
    let (own, state) = (layout.folder(), layout.state());
    let records = fs::read_dir(&state).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut folders: Vec<PathBuf> = records.filter(|path| path.is_dir()).collect();
    for record in all(layout).records {
        let prefix = record.recorded.prefix.path().into_owned();
        let inside = prefix.starts_with(layout.root());
        folders.extend(prefix.parent().filter(|_| inside).map(PathBuf::from));
        folders.extend(Some(prefix).filter(|_| inside));
    }
    folders.extend([layout.root().to_owned(), own.join("bin"), own.join("envs"), own, state]);
    folders.sort();
    folders.dedup();
    folders
}
