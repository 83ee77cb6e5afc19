//! What is removed and what is kept. Only what a record says pyve created is removed, and only where the gate for paths allows it.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit, Links, Problem};
use pyve_formats::sha256;

use super::one::{self, Target};
use crate::failure::Failure;
use crate::files::allowed_paths::AllowedPaths;
use crate::files::{atomic, dotenv, envrc, gitignore, line_edit, marked_block};
use crate::project::{EnvironmentName, Layout};
use crate::records::{All, Artifact, Identity, Record, Status, all};
use crate::steps::Leftovers;

/// Something that is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    pub path: PathBuf,
    pub what: What,
}

/// How it is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// An environment, or a folder of pyve's own, with all it holds.
    Folder,
    /// A folder that is removed if nothing is in it any more.
    EmptyFolder,
    File,
    /// pyve's marked block in a file; the file too, if pyve made it and nothing else is left.
    Block,
    /// The same of an environment that is entered with the directory: from then on it is another one, whose block this is.
    Envrc(Option<(EnvironmentName, Vec<u8>)>),
    /// One line, as long as it is what pyve wrote; what it replaced comes back.
    Line {
        key: String,
        line: String,
        before: Option<String>,
    },
    /// `.env`, as long as it is empty.
    EmptyFile,
    /// The record of one environment among several; what is left to be known is kept.
    Record(Box<Record>, Option<Box<Record>>),
}

/// Something that is kept, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub path: PathBuf,
    pub why: String,
}

/// The whole of a purge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub removals: Vec<Removal>,
    pub kept: Vec<Kept>,
    /// Whether no record tells of what is removed: marks do, or a backend that recognises an environment.
    pub unrecorded: bool,
    /// Which of `removals` are about a path.
    index: HashMap<PathBuf, Vec<usize>>,
    /// The paths of `kept`.
    staying: HashSet<PathBuf>,
}

/// What a plan is made from.
pub struct Inputs<'a> {
    pub layout: &'a Layout,
    pub allowed: &'a AllowedPaths,
    pub looks: &'a dyn Looks,
    /// What is known by now of what lies beside environments.
    pub leftovers: RefCell<Leftovers>,
}

/// What is asked of the project's settings and backends, only where it is needed.
pub trait Looks {
    /// The environments that a backend recognises, where nothing was recorded.
    fn standing(&self) -> Vec<PathBuf>;

    /// The environment of a name that a backend recognises, where nothing was recorded of it.
    fn standing_of(&self, name: &EnvironmentName) -> Option<PathBuf>;

    /// The environment that `.envrc` enters.
    fn entered(&self) -> EnvironmentName;

    /// The one that it enters where none was chosen, if that stands, and the block of it.
    fn fallback(&self) -> Option<(EnvironmentName, Vec<u8>)>;
}

/// Nothing is asked: the records alone count.
pub struct Recorded(pub EnvironmentName);

impl Looks for Recorded {
    fn standing(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    fn standing_of(&self, _: &EnvironmentName) -> Option<PathBuf> {
        None
    }

    fn entered(&self) -> EnvironmentName {
        self.0.clone()
    }

    fn fallback(&self) -> Option<(EnvironmentName, Vec<u8>)> {
        None
    }
}

/// Plans the purge of a project; with a target of that environment, if it is a known one.
pub fn plan(inputs: &Inputs<'_>, target: Option<Target<'_>>) -> Result<Option<Plan>, Failure> {
    let mut all = all(inputs.layout);
    if let Some(refused) = all.refused.take() {
        return Err(refused);
    }
    let standing = if all.records.is_empty() { inputs.looks.standing() } else { Vec::new() };
    if let Some(target) = target {
        match one::plan(inputs, &all, target) {
            one::Outcome::Known(plan) => return Ok(Some(plan)),
            one::Outcome::Last => {}
            one::Outcome::Unknown if standing.iter().any(|prefix| target.is_at(prefix)) => {}
            one::Outcome::Unknown => return Ok(unrecorded(inputs, target)),
        }
    }
    Ok(Some(whole(inputs, &all, &standing)))
}

/// One that is called by its name and that no record tells of.
fn unrecorded(inputs: &Inputs<'_>, target: Target<'_>) -> Option<Plan> {
    let Target::Environment(name) = target else { return None };
    let prefix = inputs.looks.standing_of(name)?;
    let mut plan = Plan { unrecorded: true, ..Plan::default() };
    plan.folder(&prefix, inputs);
    Some(plan)
}

fn whole(inputs: &Inputs<'_>, all: &All, standing: &[PathBuf]) -> Plan {
    let layout = inputs.layout;
    let mut plan = Plan { unrecorded: all.records.is_empty(), ..Plan::default() };
    for record in &all.records {
        plan.environment(record, inputs);
    }
    for prefix in standing {
        plan.folder(prefix, inputs);
    }
    for record in &all.records {
        record.made.iter().for_each(|made| plan.made(made, record, inputs));
    }
    for file in [gitignore::FILE, envrc::FILE] {
        plan.block(layout.root().join(file), inputs);
    }
    plan.dotenv(layout);
    plan.own("bin", inputs);
    plan.environments(layout);
    plan.config(layout, all);
    plan.own("state", inputs);
    // Where a pyve was interrupted before its first record, or after its last one, only its own empty folder is left.
    let is_bare = |removal: &Removal| removal.path == layout.state() && !holds_records(layout);
    plan.unrecorded &= !plan.removals.iter().all(is_bare);
    plan
}

/// Whether the folder of records has any, whoever wrote them.
fn holds_records(layout: &Layout) -> bool {
    let inside = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    inside(&layout.state()).any(|folder| inside(&folder).any(|path| path.extension().is_some_and(|end| end == "json")))
}

/// Where the environment of a record is now: a project that was moved took it along.
pub fn prefix_here(record: &Record, layout: &Layout) -> PathBuf {
    let prefix = record.recorded.prefix.path();
    match prefix.strip_prefix(record.project.path()) {
        Ok(inside) => layout.root().join(inside),
        Err(_) => prefix.into_owned(),
    }
}

impl Plan {
    /// What is removed and what is kept, a line each.
    pub fn lines(&self, layout: &Layout) -> Vec<String> {
        let removed = self.removals.iter().map(|removal| format!("  remove  {}", removal.show(layout)));
        let kept = self.kept.iter().map(|kept| format!("  keep    {}: {}", layout.show(&kept.path), kept.why));
        std::iter::once(format!("In {}:", layout.root().display())).chain(removed).chain(kept).collect()
    }

    /// Adds it, once.
    fn add(&mut self, path: PathBuf, what: What) {
        let at = |path: &Path| self.index.get(path).into_iter().flatten().map(|index| &self.removals[*index].what);
        let covered = path.ancestors().any(|above| at(above).any(|what| *what == What::Folder));
        if !covered && !at(&path).any(|known| *known == what) {
            self.index.entry(path.clone()).or_default().push(self.removals.len());
            self.removals.push(Removal { path, what });
        }
    }

    pub fn record(&mut self, record: &Record, rest: Option<Record>, layout: &Layout) {
        let path = layout.record(&record.environment, &record.backend);
        self.add(path, What::Record(Box::new(record.clone()), rest.map(Box::new)));
    }

    fn stay(&mut self, path: PathBuf, why: impl Into<String>) {
        if path.symlink_metadata().is_ok() && self.staying.insert(path.clone()) {
            self.kept.push(Kept { path, why: why.into() });
        }
    }

    /// A folder that pyve made, if the gate lets it be removed.
    pub fn folder(&mut self, path: &Path, inputs: &Inputs<'_>) {
        match inputs.allowed.clone().ours(path).removal(path) {
            Ok(true) => self.add(path.to_owned(), What::Folder),
            Ok(false) => {}
            Err(why) => self.stay(path.to_owned(), why),
        }
    }

    /// A folder that is pyve's own.
    fn own(&mut self, name: &str, inputs: &Inputs<'_>) {
        let path = inputs.layout.folder().join(name);
        match inputs.allowed.own_removal(name) {
            Ok(true) => self.add(path, What::Folder),
            Ok(false) => {}
            Err(why) => self.stay(path, why),
        }
    }

    pub fn environment(&mut self, record: &Record, inputs: &Inputs<'_>) {
        let prefix = prefix_here(record, inputs.layout);
        if prefix.as_os_str().is_empty() {
        } else if record.made_by_pyve {
            self.folder(&prefix, inputs);
            let left = inputs.leftovers.borrow_mut().of(&prefix);
            if !left.is_empty() && inputs.allowed.prefix(&prefix).is_ok() {
                left.iter().for_each(|left| self.folder(left, inputs));
            }
        } else {
            self.stay(prefix, "not created by pyve");
        }
    }

    pub fn made(&mut self, made: &Artifact, record: &Record, inputs: &Inputs<'_>) {
        let path_of = |path: &pyve_plugin_api::OsText| inputs.layout.root().join(path.path());
        match made {
            Artifact::Line { path, key, line, before, .. } => {
                let what = What::Line { key: key.clone(), line: line.clone(), before: before.clone() };
                self.line(path_of(path), what, inputs);
            }
            Artifact::Environment { path } => self.folder(&path_of(path), inputs),
            Artifact::Path { path, identity } => self.created(path_of(path), *identity, record, inputs),
            // Blocks are looked for by their marks, the settings last; `.env` has a rule of its own.
            Artifact::Block { .. } | Artifact::File { .. } | Artifact::Unknown => {}
        }
    }

    /// What the environment's steps made besides it, as long as it is still that.
    fn created(&mut self, path: PathBuf, identity: Option<Identity>, record: &Record, inputs: &Inputs<'_>) {
        match identity {
            Some(identity) if identity.is_at(&path) => self.folder(&path, inputs),
            // It was not there when the steps began, and they were not finished.
            None if record.status != Status::Ready => self.folder(&path, inputs),
            _ => self.stay(path, "it is not the one that pyve created"),
        }
    }

    fn line(&mut self, path: PathBuf, what: What, inputs: &Inputs<'_>) {
        let What::Line { key, line, .. } = &what else { return };
        match inputs.allowed.edit(&path) {
            Err(failure) => self.stay(path, failure.message),
            Ok(_) if line_edit::holds(&path, key, line) => self.add(path, what),
            Ok(_) => self.stay(path, format!("`{line}` was changed")),
        }
    }

    fn block(&mut self, path: PathBuf, inputs: &Inputs<'_>) {
        self.block_as(path, inputs, || What::Block);
    }

    /// The block of the environment `name`, which is entered with the directory and goes alone.
    pub fn entered(&mut self, name: &EnvironmentName, inputs: &Inputs<'_>) {
        let fallback = || inputs.looks.fallback().filter(|(other, _)| other != name);
        self.block_as(inputs.layout.root().join(envrc::FILE), inputs, || What::Envrc(fallback()));
    }

    fn block_as(&mut self, path: PathBuf, inputs: &Inputs<'_>, what: impl FnOnce() -> What) {
        match inputs.allowed.edit(&path) {
            Err(failure) => self.stay(path, failure.message),
            Ok(file) => {
                let text = atomic::read(file.path()).ok().flatten().unwrap_or_default();
                if matches!(marked_block::find(&text), Ok(Some(_))) {
                    self.add(path, what());
                }
            }
        }
    }

    fn dotenv(&mut self, layout: &Layout) {
        let path = layout.root().join(dotenv::FILE);
        match path.symlink_metadata() {
            Ok(metadata) if metadata.is_file() && metadata.len() == 0 => self.add(path, What::EmptyFile),
            Ok(_) => match read::open(&path, Limit::ANY_SIZE, Links::Follow) {
                Err(error) if matches!(error.problem(), Problem::NotRegular(_)) => self.stay(path, error.reason()),
                _ if path.is_symlink() => self.stay(path, "symbolic link"),
                _ => self.stay(path, "not empty"),
            },
            Err(_) => {}
        }
    }

    /// The folder of environments goes if all that is in it does.
    fn environments(&mut self, layout: &Layout) {
        let folder = layout.folder().join("envs");
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut others: Vec<PathBuf> = entries.collect();
        others.retain(|path| !self.index.contains_key(path));
        others.sort();
        if others.is_empty() && folder.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
            self.add(folder, What::EmptyFolder);
        }
        others.into_iter().for_each(|path| self.stay(path, "not created by pyve"));
    }

    /// The settings go only if they are what `init` wrote.
    fn config(&mut self, layout: &Layout, all: &All) {
        let path = layout.config();
        let Ok(Some(text)) = atomic::read(&path) else { return };
        let hash = sha256::of(&text);
        let is_config = |file: &Path| layout.root().join(file) == path;
        let unchanged = all.records.iter().flat_map(|record| &record.made).any(|made| {
            matches!(made, Artifact::File { path, sha256: Some(sha256) } if is_config(&path.path()) && *sha256 == hash)
        });
        if unchanged { self.add(path, What::File) } else { self.stay(path, "modified") }
    }
}
