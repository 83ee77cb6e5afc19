//! Removing things, one after the other. The records say so first and go last: a purge that is interrupted is not
//! used by `run`, and finished by the next one.

use std::collections::HashSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread;

use pyve_formats::sha256;

use super::plan::{Plan, Removal, What, prefix_here};
use crate::environments::DirenvNote;
use crate::failure::Failure;
use crate::files::allowed_paths::{AllowedPaths, Entry};
use crate::files::{Change, atomic, block_file, dotenv, envrc, line_edit};
use crate::project::Layout;
use crate::records::{Artifact, Record, all};
use crate::steps::{GRACE, move_away};
use crate::ui::Console;

/// Does what the plan says. What cannot be removed ends it; the rest is still there for the next time.
pub fn carry_out(plan: &Plan, layout: &Layout, allowed: &AllowedPaths, console: &Console) -> Result<(), Failure> {
    let prefixes = mark(plan, layout)?;
    for removal in &plan.removals {
        take_away(removal, prefixes.contains(&removal.path), layout, allowed)?;
        console.debug(&format!("removed {}", removal.show(layout)));
    }
    // Empty by now, unless the user keeps something in it.
    let _ = fs::remove_dir(layout.folder());
    Ok(())
}

/// The records of what goes say that it does; returns the environments among it.
fn mark(plan: &Plan, layout: &Layout) -> Result<HashSet<PathBuf>, Failure> {
    let going: HashSet<&Path> = plan.removals.iter().map(|removal| removal.path.as_path()).collect();
    let mut prefixes = HashSet::new();
    for record in all(layout).records {
        let prefix = prefix_here(&record, layout);
        if going.contains(prefix.as_path()) {
            record.removing().save(layout)?;
            prefixes.insert(prefix);
        }
    }
    if !prefixes.is_empty() {
        thread::sleep(GRACE);
    }
    Ok(prefixes)
}

fn take_away(removal: &Removal, is_environment: bool, layout: &Layout, allowed: &AllowedPaths) -> Result<(), Failure> {
    let path = &removal.path;
    match &removal.what {
        What::EmptyFolder => {
            let folder = allowed.remove_own("envs")?;
            folder.filter(Entry::is_empty_folder).map_or(Ok(()), |folder| removed(&folder))
        }
        What::Record(record, rest) => match rest {
            Some(rest) => rest.save(layout),
            None => forget(record, layout, allowed),
        },
        What::Folder if path.parent() == Some(&layout.folder()) => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            gone(allowed.remove_own(&name)?)
        }
        What::Folder => match allowed.clone().ours(path).remove(path)? {
            Some(entry) if is_environment => remove_environment(&entry),
            entry => gone(entry),
        },
        What::File => gone(allowed.remove_own("config")?),
        What::Block => block_file::remove(&allowed.edit(path)?).map(|_: Change| ()),
        What::Envrc(other) => {
            match other {
                Some((_, block)) => envrc::update(layout.root(), block, false)?,
                None => block_file::remove(&allowed.edit(path)?)?,
            };
            DirenvNote::forget(layout)
        }
        What::Line { key, line, before: None } => line_edit::remove_line(&allowed.edit(path)?, key, line).map(drop),
        What::Line { key, line, before: Some(before) } => {
            line_edit::restore_line(&allowed.edit(path)?, key, line, before).map(drop)
        }
        What::EmptyFile => dotenv::remove_if_empty(layout.root()).map(|_| ()),
    }
}

/// What several environments share, and one record tells of, another one tells of from here on: as far as it stands, and that
/// one does not tell of it already.
fn bequeath(record: &Record, layout: &Layout) -> Result<(), Failure> {
    let is_other = |other: &Record| (&other.environment, &other.backend) != (&record.environment, &record.backend);
    let Some(mut heir) = all(layout).records.into_iter().find(is_other) else { return Ok(()) };
    let known = heir.made.len();
    for made in &record.made {
        let stands = match made {
            Artifact::File { path, sha256: Some(hash) } => {
                let text = atomic::read(&layout.root().join(path.path()));
                text.is_ok_and(|text| text.is_some_and(|text| sha256::of(text) == *hash))
            }
            Artifact::File { .. } => true,
            Artifact::Block { path, created } => {
                let is_it = |known: &Artifact| matches!(known, Artifact::Block { path: other, created: made } if other == path && (*made || !created));
                !heir.made.iter().any(is_it)
            }
            _ => false,
        };
        if stands {
            heir.remember(made.clone());
        }
    }
    if heir.made.len() > known { heir.save(layout) } else { Ok(()) }
}

/// Removes one record, and with the last one of its environment the folder that it is in.
fn forget(record: &Record, layout: &Layout, allowed: &AllowedPaths) -> Result<(), Failure> {
    bequeath(record, layout)?;
    let Some(state) = allowed.remove_own("state")? else { return Ok(()) };
    let cannot = |error: io::Error| cannot_remove(state.path(), &error);
    let folder = state.inner(&record.environment).map_err(cannot)?;
    removed(&folder.inner(&format!("{}.json", record.backend)).map_err(cannot)?)?;
    let names = folder.names().map_err(cannot)?;
    let is_record = |name: &std::ffi::OsString| name.as_encoded_bytes().ends_with(b".json");
    if names.iter().any(is_record) { Ok(()) } else { removed(&folder) }
}

/// It is gone at once, and then removed: a command that looks finds a whole one or none.
fn remove_environment(environment: &Entry) -> Result<(), Failure> {
    if !matches!(environment.metadata(), Ok(Some(metadata)) if metadata.is_dir()) {
        return removed(environment);
    }
    match move_away(environment) {
        Ok(old) => removed(&old),
        Err(_) => remove_in_place(environment),
    }
}

/// One that cannot be moved: a mount point stays, emptied; a folder of a container's image goes bit by bit.
fn remove_in_place(environment: &Entry) -> Result<(), Failure> {
    // Whoever found it before sees by its time of change that it is another one now.
    let _ = environment.touch();
    match environment.remove() {
        Err(error) if error.kind() == ErrorKind::ResourceBusy && environment.is_empty_folder() => Ok(()),
        Err(error) => Err(cannot_remove(environment.path(), &error)),
        Ok(_) => Ok(()),
    }
}

/// A link is removed as a link: what it leads to is not in the project.
fn gone(entry: Option<Entry>) -> Result<(), Failure> {
    entry.map_or(Ok(()), |entry| removed(&entry))
}

fn removed(entry: &Entry) -> Result<(), Failure> {
    entry.remove().map(drop).map_err(|error| cannot_remove(entry.path(), &error))
}

fn cannot_remove(path: &Path, error: &io::Error) -> Failure {
    Failure::io("remove", path, error).remedy("make it writable and run `pyve purge` again")
}

impl Removal {
    /// As a list shows it.
    pub fn show(&self, layout: &Layout) -> String {
        let path = layout.show(&self.path);
        match &self.what {
            What::Folder | What::EmptyFolder => format!("{path}/"),
            What::Record(record, rest) => {
                let entry = if rest.is_some() { "its entry in " } else { "" };
                format!("{entry}the record of `{}` ({})", record.environment, record.backend)
            }
            What::File | What::EmptyFile => path,
            What::Block | What::Envrc(None) => format!("pyve's block in {path}"),
            What::Envrc(Some((other, _))) => format!("pyve's block in {path}, which then enters `{other}`"),
            What::Line { line, before: None, .. } => format!("`{line}` in {path}"),
            What::Line { line, before: Some(_), .. } => format!("`{line}` in {path}, where its old line is restored"),
        }
    }
}
