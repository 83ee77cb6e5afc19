//! Plugins under development, from the folders of `PYVE_PLUGIN_PATH`: tried again whenever they were built again.

use std::fs;
use std::path::{Path, PathBuf};

use super::fingerprint::Fingerprint;
use super::inventory::{Known, Origin, libraries};
use super::manifest::{Entry, Folder, Manifest, Trust};
use super::state::State;
use super::{probe, taken};
use crate::caller::{Caller, Persistence};
use crate::failure::Failure;

/// The variable that names the folders.
const VARIABLE: &str = "PYVE_PLUGIN_PATH";

/// The plugins of those folders. What was learned of them is kept as long as their files stay as they are.
pub fn known(home: &Path, caller: &Caller, persistence: Persistence) -> Vec<Known> {
    let Some(value) = caller.nonempty(VARIABLE) else { return Vec::new() };
    let folder = Folder::of_development(home).with(persistence);
    // What is kept is only a memory: one that cannot be read is replaced.
    let manifest = folder.read().unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(value).map(|path| caller.folder().join(path)).collect();
    let mut plugins: Vec<Known> = Vec::new();
    for path in folders.iter().flat_map(|folder| libraries(folder)) {
        let mut plugin = one(&folder, &manifest, caller, &path);
        if let Some(other) = plugins.iter().find(|other| plugin.is_usable() && other.name() == plugin.name()) {
            plugin.state = State::Refused(taken::clash(&plugin.name(), &path, &other.path.display().to_string()));
        }
        plugins.push(plugin);
    }
    plugins
}

fn one(folder: &Folder, manifest: &Manifest, caller: &Caller, path: &Path) -> Known {
    let learned = match remembered(manifest, path) {
        Some(entry) => Ok(entry.clone()),
        None => learn(folder, caller, path),
    };
    match learned {
        Ok(entry) => {
            let state = match &entry.trust {
                Trust::Quarantined { reason } => State::Quarantined(reason.clone()),
                Trust::Trusted => State::Trusted,
            };
            Known::new(path.to_owned(), Origin::Development, state, Some(entry), folder)
        }
        Err(failure) => Known::new(path.to_owned(), Origin::Development, State::Refused(failure), None, folder),
    }
}

fn remembered<'a>(manifest: &'a Manifest, path: &Path) -> Option<&'a Entry> {
    let now = Fingerprint::from_metadata(&fs::metadata(path).ok()?);
    manifest.plugins.iter().find(|entry| entry.file.path() == path && entry.fingerprint == now)
}

fn learn(folder: &Folder, caller: &Caller, path: &Path) -> Result<Entry, Failure> {
    let entry = probe::examine(caller, path)?.entry(path.into());
    taken::refuse_id(entry.id(), path)?;
    // Where it cannot be written it is tried again the next time.
    let _ = folder.change(|manifest| {
        manifest.plugins.retain(|other| other.file != entry.file);
        manifest.put(entry.clone());
        Ok(())
    });
    Ok(entry)
}
