//! What a pyve that was interrupted had put aside, brought back by the next one.

use std::fs;
use std::path::PathBuf;

use super::backup::{self, begun, put_aside, put_back};
use crate::failure::Failure;
use crate::files::allowed_paths::{AllowedPaths, Entry};
use crate::project::Layout;
use crate::records::{Journal, Lock, Record, all};
use crate::ui::Console;

/// Whether a recreation was begun and not finished, by a pyve that may still be at it.
pub fn is_open(layout: &Layout) -> bool {
    all(layout).records.iter().any(|record| journal_here(record, layout).is_some())
}

/// Waits for who is at work, brings back what nobody is at work with any more, and says so.
pub fn recover(layout: &Layout, command: &str, console: &Console) -> Result<(), Failure> {
    if !is_open(layout) {
        return Ok(());
    }
    let lock = Lock::wait(layout, command, console)?;
    restore(layout, &lock, console)
}

/// The same for who holds the lock already.
pub fn restore(layout: &Layout, lock: &Lock, console: &Console) -> Result<(), Failure> {
    for prefix in quietly(layout, lock)? {
        let shown = layout.show(&prefix);
        console.info(&format!("recreating {shown} was interrupted; the old {shown} is back in its place"));
    }
    Ok(())
}

/// The same without a word.
pub fn quietly(layout: &Layout, _: &Lock) -> Result<Vec<PathBuf>, Failure> {
    let mut back = Vec::new();
    for record in all(layout).records {
        let Some(journal) = journal_here(&record, layout).cloned() else { continue };
        let prefix = record.recorded.prefix.path().into_owned();
        // Where the folder that it was in is gone, or is not the project's any more, so is the environment.
        let entry = AllowedPaths::new(layout.root(), None).prefix(&prefix)?;
        if entry.map_or(Ok(false), |entry| follow(&journal, &entry))? {
            close(record, &journal, layout)?;
            back.push(prefix);
        } else {
            // The old one is gone: what is left is the beginnings of the new one.
            Record { journal: None, ..record }.save(layout)?;
        }
    }
    Ok(back)
}

/// The journal of an environment that is in this very project.
fn journal_here<'a>(record: &'a Record, layout: &Layout) -> Option<&'a Journal> {
    let here = record.moved_from(layout).is_none() && record.recorded.prefix.path().starts_with(layout.root());
    record.journal.as_ref().filter(|_| here)
}

/// Brings the old environment to its prefix; says whether it is there.
fn follow(journal: &Journal, prefix: &Entry) -> Result<bool, Failure> {
    if journal.old.is_at(prefix.path()) {
        // It never left, or came back; the beginnings of the new one are beside it.
        let _ = backup::remove_leftovers(prefix);
        return Ok(true);
    }
    let Some(old) = whereabouts(journal, prefix) else { return Ok(false) };
    put_back(&old, prefix).map(|()| true)
}

/// Where the old environment is. A file system that gives its folders new numbers leaves only the name to go by.
fn whereabouts(journal: &Journal, prefix: &Entry) -> Option<Entry> {
    let exchanged = begun(prefix).into_iter().filter_map(|folder| folder.inner(backup::TREE).ok());
    let known = exchanged.chain(put_aside(prefix)).find(|entry| journal.old.is_at(entry.path()));
    known.or_else(|| put_aside(prefix).into_iter().find(|entry| entry.exists() && !entry.is_empty_folder()))
}

/// The record says again what it said before.
fn close(record: Record, journal: &Journal, layout: &Layout) -> Result<(), Failure> {
    match &journal.before {
        Some(before) => before.save(layout),
        None => {
            let path = layout.record(&record.environment, &record.backend);
            fs::remove_file(&path).map_err(|error| Failure::io("remove", &path, &error))
        }
    }
}
