//! Changes to the folder of plugins: a plugin put in, trusted again, or taken out.

use std::fs;
use std::path::{Path, PathBuf};

use pyve_formats::read::Limit;
use pyve_formats::sha256;
use pyve_plugin_api::OsText;

use super::fingerprint::Fingerprint;
use super::inspect::SIZE_LIMIT;
use super::inventory::{Known, Origin};
use super::manifest::{Changing, Entry, Folder, Manifest};
use super::own_file;
use super::probe::Examined;
use super::taken::{self, Taken};
use crate::failure::Failure;
use crate::ui::ago;

/// How a plugin is added.
pub struct Adding<'a> {
    pub taken: &'a Taken,
    /// The one of its id that it may take the place of.
    pub replace: Replace<'a>,
    /// Where it comes from.
    pub source: OsText,
}

/// The plugin of the same id that one may take the place of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Replace<'a> {
    None,
    Any,
    /// The one with this hash alone: another one was added meanwhile.
    This(&'a str),
}

/// Refuses an id or a flag that is taken: by pyve, by a built-in backend, or by another plugin that is not to be replaced.
pub fn refuse_clash(
    folder: &Folder,
    manifest: &Manifest,
    examined: &Examined,
    adding: &Adding<'_>,
) -> Result<(), Failure> {
    let (id, path) = (examined.id(), &examined.inspected.path);
    taken::refuse_id(id, path)?;
    let others = manifest.plugins.iter().map(|entry| &entry.description);
    adding.taken.refuse_flags(path, &examined.introduction.description, others)?;
    let recorded = manifest.find(id);
    if let Replace::This(sha256) = adding.replace {
        return match recorded.is_some_and(|other| other.sha256 == sha256) {
            true => Ok(()),
            false => Err(Failure::new(format!("plugin `{id}` was changed or removed meanwhile"))
                .remedy("run the same command again")),
        };
    }
    let Some(other) = recorded.filter(|_| adding.replace == Replace::None) else { return Ok(()) };
    let place = folder.path().join(other.file.path());
    if place == *path || other.sha256 == examined.inspected.sha256 {
        return Ok(());
    }
    let whose = format!("plugin `{id}` {} ({})", other.description.version, place.display());
    Err(taken::clash(id, path, &whose).command_on(&["pyve", "plugin", "add", "--replace"], path))
}

/// Copies a library into the folder, unless it lies there already, and records it. Until it is recorded nothing has
/// changed: the copy has a name of its own, which is noted first so that it is removed whatever happens.
pub fn add(folder: &Folder, examined: Examined, adding: &Adding<'_>) -> Result<Entry, Failure> {
    let mut changing = folder.begin()?;
    refuse_clash(folder, &changing.manifest, &examined, adding)?;
    let recorded = bring(folder, &mut changing, &examined).and_then(|name| {
        let old = changing.manifest.find(examined.id()).map(|old| old.file.clone());
        let mut entry = examined.entry(name.as_path().into());
        entry.fingerprint = fingerprint(&folder.path().join(&name))?;
        entry.added = ago::now();
        let lay_there = adding.source.path().parent() == fs::canonicalize(folder.path()).ok().as_deref();
        entry.source = if lay_there { OsText::new() } else { adding.source.clone() };
        let before = changing.manifest.clone();
        changing.manifest.put(entry.clone());
        // From now on it is the old file that has to go: by this pyve, or by the next one.
        changing.manifest.adding = old.filter(|old| *old != entry.file);
        changing.save().inspect_err(|_| changing.manifest = before)?;
        let _ = changing.take_back();
        Ok(entry)
    });
    if recorded.is_err() {
        // Where this fails, too, the note of the name stays for the next pyve.
        let _ = changing.take_back();
    }
    recorded
}

/// Sees to it that the library lies in the folder; its name there.
fn bring(folder: &Folder, changing: &mut Changing<'_>, examined: &Examined) -> Result<PathBuf, Failure> {
    let source = &examined.inspected.path;
    let home = fs::canonicalize(folder.path()).unwrap_or_else(|_| folder.path().to_owned());
    if source.parent() == Some(&home) {
        return Ok(PathBuf::from(source.file_name().unwrap_or_default()));
    }
    let id = examined.id();
    // The file of the one that is replaced stays until the new one is recorded.
    let is_taken = |name: &PathBuf| changing.manifest.find(id).is_some_and(|old| old.file.path() == *name);
    let names = [id.to_owned(), format!("{id}-2")].map(|name| PathBuf::from(name + std::env::consts::DLL_SUFFIX));
    let name = names.into_iter().find(|name| !is_taken(name)).unwrap_or_default();
    refuse_overwriting(folder, &changing.manifest, id, &name)?;
    changing.manifest.adding = Some(name.as_path().into());
    changing.save()?;
    copy(folder, examined, &name)?;
    Ok(name)
}

/// A file of that name is somebody's work.
fn refuse_overwriting(folder: &Folder, manifest: &Manifest, id: &str, name: &Path) -> Result<(), Failure> {
    let target = folder.path().join(name);
    if target.symlink_metadata().is_err() {
        return Ok(());
    }
    let failure = Failure::new(format!("could not add plugin `{id}`: {} already exists", target.display()));
    Err(match manifest.plugins.iter().find(|entry| entry.file.path() == name) {
        Some(other) => {
            failure.detail(format!("it is plugin `{0}`", other.id())).command(["pyve", "plugin", "remove", other.id()])
        }
        None => failure
            .detail("it was not added")
            .remedy("remove that file, or add it")
            .command_on(&["pyve", "plugin", "add"], &target),
    })
}

/// What was examined is what is put there: the copy is compared by its hash.
fn copy(folder: &Folder, examined: &Examined, name: &Path) -> Result<(), Failure> {
    let (source, target) = (&examined.inspected.path, folder.path().join(name));
    let bytes = own_file::read(source, Limit::of_bytes(SIZE_LIMIT))?.map(|file| file.bytes).unwrap_or_default();
    if sha256::of(&bytes) != examined.inspected.sha256 {
        return Err(Failure::new(format!("{} was changed while it was being added", source.display()))
            .remedy("add it again when nothing writes to it"));
    }
    folder.put(&target, &bytes)
}

/// Records the file as it is now, and forgets that it ever crashed.
pub fn trust(folder: &Folder, id: &str, examined: Examined) -> Result<Entry, Failure> {
    folder.change(|manifest| {
        let Some(old) = manifest.find(id) else {
            return Err(Failure::new(format!("plugin `{id}` was removed meanwhile")));
        };
        let (source, added) = (old.source.clone(), old.added);
        let entry = Entry { source, added, ..examined.entry(old.file.clone()) };
        manifest.put(entry.clone());
        Ok(entry)
    })
}

/// Takes a plugin out: its file first, so that a failure leaves it recorded.
pub fn remove(folder: &Folder, known: &Known) -> Result<(), Failure> {
    if known.origin == Origin::Development {
        return Err(Failure::new(format!("{} is not in pyve's directory of plugins", known.path.display()))
            .remedy("take its directory out of PYVE_PLUGIN_PATH"));
    }
    folder.change(|manifest| {
        match fs::remove_file(&known.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure::io("remove", &known.path, &error));
            }
            _ => {}
        }
        if let Some(entry) = &known.entry {
            manifest.remove(entry.id());
        }
        Ok(())
    })
}

fn fingerprint(path: &Path) -> Result<Fingerprint, Failure> {
    let metadata = fs::symlink_metadata(path).map_err(|error| Failure::io("read", path, &error))?;
    Ok(Fingerprint::from_metadata(&metadata))
}
