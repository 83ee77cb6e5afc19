//! `~/.pyve/plugins/manifest.json`: what is known of the plugins that were added, so that none must be opened to choose.

use pyve_formats::{json, sorted};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use pyve_formats::read::Limit;
use pyve_plugin_api::{Description, OsText};
use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprint;
use super::own_file;
use crate::caller::Persistence;
use crate::failure::Failure;
use crate::files::{atomic, lock_file, ownership};

const SCHEMA: u32 = 1;

/// How many questions in a row a plugin may leave without an answer until it is put into quarantine.
const HANGS: u32 = 3;

/// The same in words.
pub const AGAIN: &str = "for the third time in a row";

/// Whether a recorded plugin may be opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Trust {
    #[default]
    Trusted,
    /// It crashed, ended its process, or did not answer again and again; how, as half a sentence.
    Quarantined { reason: String },
}

/// A plugin as it was when it was added or trusted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    #[serde(flatten)]
    pub description: Description,
    /// The file's name in the folder of plugins; the whole path of one under development.
    pub file: OsText,
    pub api_version: String,
    pub sha256: String,
    pub fingerprint: Fingerprint,
    /// Where it came from: a URL, or an absolute path; empty where that was not recorded, or is the folder itself.
    #[serde(default, skip_serializing_if = "OsText::is_empty")]
    pub source: OsText,
    /// When it was added, in seconds since 1970; 0 where that was not recorded.
    #[serde(default, skip_serializing_if = "is_none")]
    pub added: u64,
    #[serde(flatten)]
    pub trust: Trust,
    /// How many questions in a row it did not answer in time.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hangs: u32,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_none(time: &u64) -> bool {
    *time == 0
}

impl Entry {
    pub fn id(&self) -> &str {
        &self.description.id
    }
}

/// All of them, by id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    schema: u32,
    pub plugins: Vec<Entry>,
    /// The file that is being put into the folder, or that another one took the place of. Where nobody holds the lock,
    /// whoever did that was ended meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adding: Option<OsText>,
}

impl Default for Manifest {
    fn default() -> Self {
        Self { schema: SCHEMA, plugins: Vec::new(), adding: None }
    }
}

impl Manifest {
    pub fn find(&self, id: &str) -> Option<&Entry> {
        self.plugins.iter().find(|entry| entry.id() == id)
    }

    /// Puts the entry in the place of the one with its id, or where it belongs.
    pub fn put(&mut self, entry: Entry) {
        self.plugins.retain(|other| other.id() != entry.id());
        self.plugins.push(entry);
        sorted::by(&mut self.plugins, |a, b| a.id().cmp(b.id()));
    }

    pub fn remove(&mut self, id: &str) {
        self.plugins.retain(|entry| entry.id() != id);
    }

    fn entry(&mut self, id: &str) -> Option<&mut Entry> {
        self.plugins.iter_mut().find(|entry| entry.id() == id)
    }
}

/// The folder in which plugins and what is known of them are.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    manifest: &'static str,
    /// Whether anything in it may be changed.
    pub persistence: Persistence,
}

impl Folder {
    /// The folder of plugins below pyve's own.
    pub fn of(home: &Path) -> Self {
        Self { path: home.join("plugins"), manifest: "manifest.json", persistence: Persistence::ReadWrite }
    }

    /// The same folder, for what is known of plugins under development.
    pub fn of_development(home: &Path) -> Self {
        Self { manifest: "development.json", ..Self::of(home) }
    }

    pub fn with(self, persistence: Persistence) -> Self {
        Self { persistence, ..self }
    }

    fn is_for_added(&self) -> bool {
        self.manifest == "manifest.json"
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn manifest(&self) -> PathBuf {
        self.path.join(self.manifest)
    }

    /// Reads the manifest; where there is none, nothing was added.
    pub fn read(&self) -> Result<Manifest, Failure> {
        let path = self.manifest();
        let Some(file) = own_file::read(&path, Limit::RECORD)? else { return Ok(Manifest::default()) };
        // Whoever writes to it decides which libraries run.
        ownership::check_one(&path, &path, &file.metadata, "opened")?;
        let again = format!("remove {} and add the plugins again with `pyve plugin add`", path.display());
        let manifest: Manifest = json::read(&file.bytes).map_err(|error| {
            Failure::new(format!("could not understand `{}`: {error}", path.display())).remedy(again.as_str())
        })?;
        if manifest.schema > SCHEMA {
            let why = format!("{} was written by a newer pyve (schema {})", path.display(), manifest.schema);
            return Err(Failure::new(why).remedy("upgrade pyve"));
        }
        let outside = |file: &&OsText| {
            self.is_for_added() && file.path().components().count() != 1 || file.path().file_name().is_none()
        };
        if let Some(file) = manifest.plugins.iter().map(|entry| &entry.file).chain(&manifest.adding).find(outside) {
            let why = format!("{} names a file outside of its directory: {}", path.display(), file.display());
            return Err(Failure::new(why).remedy(again));
        }
        Ok(manifest)
    }

    /// Changes the manifest while no other pyve does; the folder is made where it is missing.
    pub fn change<T>(&self, change: impl FnOnce(&mut Manifest) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut changing = self.begin()?;
        let outcome = change(&mut changing.manifest)?;
        changing.save()?;
        Ok(outcome)
    }

    /// Begins a change of several parts. What an earlier one left undone is undone first.
    pub fn begin(&self) -> Result<Changing<'_>, Failure> {
        if self.persistence == Persistence::ReadOnly {
            return Err(Failure::new(format!("{} is only looked at", self.path.display())));
        }
        self.make()?;
        let lock = self.lock()?;
        self.sweep();
        let mut changing = Changing { folder: self, manifest: self.read()?, _lock: lock };
        if changing.manifest.adding.is_some() {
            changing.take_back()?;
        }
        Ok(changing)
    }

    /// Removes the files that pyves which were killed had not given their names yet: only the holder of the lock has any.
    fn sweep(&self) {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let is_left = |name: &str| name.starts_with(".pyve-") && name.ends_with(".tmp");
        let left = entries.filter(|entry| entry.file_name().to_str().is_some_and(is_left));
        left.for_each(|entry| drop(fs::remove_file(entry.path())));
    }

    /// Puts a plugin into quarantine, also for those who only look: it is not to harm anybody again. Whether that could
    /// be written down.
    pub fn quarantine(&self, id: &str, reason: &str) -> bool {
        self.note(id, |entry| entry.trust = Trust::Quarantined { reason: reason.to_owned() }).is_some()
    }

    /// Notes that a plugin did not answer in time; whether that put it into quarantine.
    pub fn note_hang(&self, id: &str, reason: &str) -> bool {
        let hang = |entry: &mut Entry| {
            entry.hangs += 1;
            let quarantined = entry.hangs >= HANGS;
            if quarantined {
                entry.trust = Trust::Quarantined { reason: format!("{reason}, {AGAIN}") };
            }
            quarantined
        };
        self.note(id, hang).unwrap_or(false)
    }

    /// Notes that a plugin answers again.
    pub fn note_answer(&self, id: &str) {
        // Where that cannot be written down, a later hang counts for more than it should.
        let _ = self.note(id, |entry| entry.hangs = 0);
    }

    /// Notes something of a plugin, also for those who only look; nothing where that cannot be written down.
    fn note<T>(&self, id: &str, note: impl FnOnce(&mut Entry) -> T) -> Option<T> {
        let folder = self.clone().with(Persistence::ReadWrite);
        folder.change(|manifest| Ok(manifest.entry(id).map(note))).ok().flatten()
    }

    /// Makes the folder, closed to the changes of others whatever the user's mask.
    pub fn make(&self) -> Result<(), Failure> {
        ownership::make_folder(&self.path).map_err(|error| Failure::io("create the directory", &self.path, &error))
    }

    /// Writes a file of the folder whole or not at all; others may read it.
    pub fn put(&self, path: &Path, contents: &[u8]) -> Result<(), Failure> {
        atomic::replace(path, contents, Some(0o644))
    }

    /// Waits until no other pyve changes the folder.
    fn lock(&self) -> Result<File, Failure> {
        let path = self.path.join(".lock");
        lock_file::lock(&path).map_err(|error| Failure::io("lock", &path, &error))
    }
}

/// The manifest, while no other pyve changes it.
pub struct Changing<'a> {
    folder: &'a Folder,
    pub manifest: Manifest,
    _lock: File,
}

impl Changing<'_> {
    pub fn save(&self) -> Result<(), Failure> {
        let text = serde_json::to_vec_pretty(&self.manifest).map_err(|error| Failure::new(error.to_string()))?;
        self.folder.put(&self.folder.manifest(), &text)
    }

    /// Removes the file that was being put there, or was replaced, and forgets about it.
    pub fn take_back(&mut self) -> Result<(), Failure> {
        let Some(name) = self.manifest.adding.take() else { return Ok(()) };
        if !self.manifest.plugins.iter().any(|entry| entry.file == name) {
            let path = self.folder.path().join(name.path());
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(Failure::io("remove", &path, &error));
                }
                _ => {}
            }
        }
        self.save()
    }
}
