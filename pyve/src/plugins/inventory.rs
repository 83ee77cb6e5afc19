//! The plugins that are there, told apart without opening any: added, dropped in by hand, or under development.

use std::fs;
use std::path::{Path, PathBuf};

use pyve_plugin_api::Description;
use pyve_plugin_api::abi::BackendObject;

use super::development;
use super::inspect::inspect;
use super::manifest::{Entry, Folder, Manifest};
use super::note::Note;
use super::remote::Remote;
use super::state::{FolderCheck, State};

use crate::caller::{Caller, Persistence};
use crate::failure::Failure;
use crate::files::ownership;

/// Where a plugin comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// The folder of plugins, `~/.pyve/plugins`.
    Added,
    /// A folder of `PYVE_PLUGIN_PATH`.
    Development,
}

/// A plugin that is there.
#[derive(Clone, Debug)]
pub struct Known {
    pub path: PathBuf,
    pub origin: Origin,
    pub state: State,
    /// What was recorded of it; nothing if it was never asked.
    pub entry: Option<Entry>,
    folder: Folder,
}

impl Known {
    pub(super) fn new(path: PathBuf, origin: Origin, state: State, entry: Option<Entry>, folder: &Folder) -> Self {
        Self { path, origin, state, entry, folder: folder.clone() }
    }

    /// Its id, or the name of its file where it was never asked.
    pub fn name(&self) -> String {
        match &self.entry {
            Some(entry) => entry.id().to_owned(),
            None => self.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        }
    }

    /// What it says of itself, as recorded.
    pub fn description(&self) -> Option<&Description> {
        self.entry.as_ref().map(|entry| &entry.description)
    }

    /// What a library that was never asked says of itself in its file, if it could be one of this pyve's.
    pub fn note(&self) -> Option<Note> {
        if self.entry.is_some() { None } else { inspect(&self.path).ok()?.note }
    }

    pub fn is_usable(&self) -> bool {
        matches!(self.state, State::Trusted)
    }

    /// Why it cannot be used, and the command that changes that; `None` if it can.
    pub fn trouble(&self) -> Option<Failure> {
        let (name, path) = (self.name(), self.path.display());
        let trust = ["pyve", "plugin", "trust", &name];
        Some(match &self.state {
            State::Trusted => return None,
            State::Quarantined(why) => {
                Failure::new(format!("plugin `{name}` is not used: {why}")).detail(path.to_string()).command(trust)
            }
            State::Changed(what) => {
                Failure::new(format!("plugin `{name}` is not used: {path} has changed since it was added: {what}"))
                    .command(trust)
            }
            State::Missing => Failure::new(format!("plugin `{name}` is not used: `{path}` does not exist"))
                .command(["pyve", "plugin", "remove", &name]),
            State::NotAdded => Failure::new(format!("{path} is not used: it was not added"))
                .command_on(&["pyve", "plugin", "add"], self.path.as_path()),
            State::Replaced(by) => {
                Failure::new(format!("plugin `{name}` of {path} is not used: PYVE_PLUGIN_PATH has {}", by.display()))
                    .remedy("unset PYVE_PLUGIN_PATH to use the one that was added")
            }
            State::Refused(failure) if self.entry.is_none() => failure.clone(),
            State::Refused(failure) => {
                Failure { message: format!("plugin `{name}` is not used: {}", failure.message), ..failure.clone() }
            }
        })
    }
}

/// The plugins that are there, and what keeps them from being read.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    pub plugins: Vec<Known>,
    /// Why the manifest could not be read; the plugins then count as not added.
    pub failure: Option<Failure>,
}

impl Inventory {
    /// The plugin with that id that is to be used; one that cannot be used if there is no other.
    pub fn find(&self, id: &str) -> Option<&Known> {
        let with_id = || self.plugins.iter().filter(|known| known.entry.as_ref().is_some_and(|entry| entry.id() == id));
        with_id().find(|known| known.is_usable()).or_else(|| with_id().next())
    }

    /// One plugin for each id that was ever recorded: the one to be used, or else one that cannot be.
    pub fn by_id(&self) -> impl Iterator<Item = &Known> {
        let chosen = |known: &&Known| {
            known.entry.as_ref().is_some_and(|entry| self.find(entry.id()).is_some_and(|one| one.path == known.path))
        };
        self.plugins.iter().filter(chosen)
    }

    /// The libraries that lie in the folder and were never added.
    pub fn unadded(&self) -> impl Iterator<Item = &Path> {
        // Where the list of what was added cannot be read, nobody knows.
        let never = |known: &&Known| self.failure.is_none() && matches!(known.state, State::NotAdded);
        self.plugins.iter().filter(never).map(|known| known.path.as_path())
    }
}

/// The plugins of pyve's folder `home` and of `PYVE_PLUGIN_PATH`. No library is opened in this process; only one under
/// development that was built since is tried in a child.
pub fn known(home: &Path, caller: &Caller, persistence: Persistence) -> Inventory {
    let folder = Folder::of(home).with(persistence);
    let (manifest, failure) = match folder.read() {
        Ok(manifest) => (manifest, None),
        Err(failure) => (Manifest::default(), Some(failure)),
    };
    let mut plugins = added(&folder, &manifest);
    plugins.extend(dropped_in(&folder, &manifest));
    for new in development::known(home, caller, persistence) {
        for old in plugins.iter_mut().filter(|old| new.is_usable() && old.entry.is_some() && old.name() == new.name()) {
            old.state = State::Replaced(new.path.clone());
        }
        plugins.push(new);
    }
    Inventory { plugins, failure }
}

fn added(folder: &Folder, manifest: &Manifest) -> Vec<Known> {
    let Some(check) = (!manifest.plugins.is_empty()).then(|| FolderCheck::new(folder.path())) else {
        return Vec::new();
    };
    let one = |entry: &Entry| {
        let path = folder.path().join(entry.file.path());
        Known::new(path.clone(), Origin::Added, check.state(&path, entry), Some(entry.clone()), folder)
    };
    manifest.plugins.iter().map(one).collect()
}

fn dropped_in(folder: &Folder, manifest: &Manifest) -> Vec<Known> {
    // One that is being added, or was when pyve was killed, is no file that somebody put there.
    let names = manifest.plugins.iter().map(|entry| &entry.file).chain(&manifest.adding);
    let recorded: Vec<PathBuf> = names.map(|name| folder.path().join(name.path())).collect();
    let files = libraries(folder.path()).into_iter().filter(|path| !recorded.contains(path));
    files.map(|path| Known::new(path, Origin::Added, State::NotAdded, None, folder)).collect()
}

/// The files of a folder that are libraries by their names, sorted.
pub fn libraries(folder: &Path) -> Vec<PathBuf> {
    let is_library = |path: &PathBuf| {
        let suffix = path.extension().map(|suffix| format!(".{}", suffix.to_string_lossy())).unwrap_or_default();
        suffix == std::env::consts::DLL_SUFFIX || (cfg!(target_vendor = "apple") && suffix == ".so")
    };
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_library).collect();
    files.sort();
    files
}

/// A plugin as a backend: its process is started when it is asked something.
pub fn open(known: &Known, caller: &Caller) -> Result<BackendObject, Failure> {
    if let Some(trouble) = known.trouble() {
        return Err(trouble);
    }
    let Some(entry) = &known.entry else {
        return Err(Failure::new(format!("{} was never asked", known.path.display())));
    };
    let path = fs::canonicalize(&known.path).map_err(|error| Failure::io("read", &known.path, &error))?;
    ownership::check(&path, "opened")?;
    Ok(BackendObject::new(Remote::new(path, entry, known.folder.clone(), caller.clone())))
}
