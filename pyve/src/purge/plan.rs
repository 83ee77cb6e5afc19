//! What goes and what stays. Only what a record says pyve made goes, and only inside the project.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::files::{atomic, dotenv, gitignore, marked_block, shared_line};
use crate::project::Layout;
use crate::records::{Made, Record, all};
use crate::steps::leftovers;

/// Something that goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Going {
    pub path: PathBuf,
    pub what: What,
}

/// How it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A folder with all it holds.
    Folder,
    File,
    /// pyve's marked block in a file; the file too, if pyve made it and nothing else is left.
    Block,
    /// One line, as long as it is what pyve wrote.
    Line {
        key: String,
        line: String,
    },
    /// `.env`, as long as it is empty.
    EmptyFile,
}

/// Something that stays, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staying {
    pub path: PathBuf,
    pub why: String,
}

/// The whole of a purge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub going: Vec<Going>,
    pub staying: Vec<Staying>,
}

/// Plans the purge of a project; with `directory` the environment there must be one that pyve recorded.
pub fn plan(layout: &Layout, directory: Option<&Path>) -> Option<Plan> {
    let all = all(layout);
    let here = |record: &Record| directory.is_none_or(|directory| is_recorded(directory, record, layout));
    if directory.is_some() && !all.records.iter().any(here) {
        return None;
    }
    let mut plan = Plan::default();
    for record in &all.records {
        plan.environment(record, layout);
    }
    for record in &all.records {
        record.made.iter().for_each(|made| plan.made(made, layout));
    }
    plan.add(layout.root().join(".envrc"), What::Block);
    plan.add(layout.root().join(gitignore::FILE), What::Block);
    plan.dotenv(layout);
    for folder in ["envs", "bin"] {
        plan.add(layout.folder().join(folder), What::Folder);
    }
    plan.config(layout);
    plan.add(layout.state(), What::Folder);
    Some(plan)
}

fn is_recorded(directory: &Path, record: &Record, layout: &Layout) -> bool {
    let is_it =
        |made: &Made| matches!(made, Made::Environment { path } if layout.root().join(path.path()) == directory);
    prefix_here(record, layout) == directory || record.made.iter().any(is_it)
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
    /// Adds what is there, once.
    fn add(&mut self, path: PathBuf, what: What) {
        let there = match what {
            What::Block => atomic::read(&path)
                .is_ok_and(|text| text.is_some_and(|text| matches!(marked_block::find(&text), Ok(Some(_))))),
            _ => path.symlink_metadata().is_ok(),
        };
        let covered = self.going.iter().any(|going| going.what == What::Folder && path.starts_with(&going.path));
        if there && !covered && !self.going.iter().any(|going| going.path == path && going.what == what) {
            self.going.push(Going { path, what });
        }
    }

    fn stay(&mut self, path: PathBuf, why: impl Into<String>) {
        if path.symlink_metadata().is_ok() && !self.staying.iter().any(|staying| staying.path == path) {
            self.staying.push(Staying { path, why: why.into() });
        }
    }

    fn environment(&mut self, record: &Record, layout: &Layout) {
        let prefix = prefix_here(record, layout);
        if prefix.as_os_str().is_empty() {
        } else if !is_inside(&prefix, layout.root()) {
            self.stay(prefix, "it is outside of the project");
        } else if !record.made_by_pyve {
            self.stay(prefix, "pyve did not make it");
        } else {
            let old = leftovers(&prefix);
            [vec![prefix], old].concat().into_iter().for_each(|folder| self.add(folder, What::Folder));
        }
    }

    fn made(&mut self, made: &Made, layout: &Layout) {
        match made {
            Made::Line { path, key, line, .. } => {
                let path = layout.root().join(path.path());
                if shared_line::holds(&path, key, line) {
                    self.add(path, What::Line { key: key.clone(), line: line.clone() });
                } else {
                    self.stay(path, format!("it does not say `{line}` any more"));
                }
            }
            Made::Block { path, .. } => self.add(layout.root().join(path.path()), What::Block),
            Made::Environment { path } => {
                let path = layout.root().join(path.path());
                if is_inside(&path, layout.root()) {
                    self.add(path, What::Folder);
                }
            }
            // The settings are looked at last; `.env` has a rule of its own.
            Made::File { .. } | Made::Unknown => {}
        }
    }

    fn dotenv(&mut self, layout: &Layout) {
        let path = layout.root().join(dotenv::FILE);
        match path.symlink_metadata() {
            Ok(metadata) if metadata.is_file() && metadata.len() == 0 => self.add(path, What::EmptyFile),
            _ => self.stay(path, "it is not empty"),
        }
    }

    /// The settings go only if they are what `init` wrote.
    fn config(&mut self, layout: &Layout) {
        let path = layout.config();
        let Ok(Some(text)) = atomic::read(&path) else { return };
        let hash = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let is_config = |file: &Path| layout.root().join(file) == path;
        let unchanged = all(layout).records.iter().flat_map(|record| &record.made).any(|made| {
            matches!(made, Made::File { path, sha256: Some(sha256) } if is_config(&path.path()) && *sha256 == hash)
        });
        if unchanged { self.add(path, What::File) } else { self.stay(path, "it holds settings of yours") }
    }
}

/// Whether `path` is below `root`, and not led out of it by a link in between.
fn is_inside(path: &Path, root: &Path) -> bool {
    let below = path.strip_prefix(root).is_ok_and(|inside| {
        inside.components().count() > 0
            && inside.components().all(|part| matches!(part, std::path::Component::Normal(_)))
    });
    let parent = path.parent().and_then(|parent| parent.canonicalize().ok());
    below && parent.zip(root.canonicalize().ok()).is_some_and(|(parent, root)| parent.starts_with(root))
}
