//! What is remembered of an environment's making, and how today's files differ from it.

use std::collections::BTreeMap;
use std::path::Path;

use pyve_formats::read::{self, Limit};
use pyve_formats::sha256;
use pyve_plugin_api::{Recorded, Request};
use serde::{Deserialize, Serialize};

use crate::describe::ID;
use crate::environment::Environment;
use crate::left_out;
use crate::source::Source;

/// Kept by the host in the creation's extension, under the id of this backend.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Inputs {
    /// The file that the environment was made from.
    pub source: String,
    pub channels: Vec<String>,
    pub dependencies: Vec<String>,
    pub pip: Vec<String>,
    pub variables: BTreeMap<String, String>,
    /// Channels of the flag or the config.
    pub added_channels: Vec<String>,
    /// Categories of the lock that were asked for.
    pub categories: Vec<String>,
    /// The Python that was asked for beside the file.
    pub python: String,
    /// Whether the lock agreed with the environment file when it was used.
    pub lock_was_fresh: Option<bool>,
}

impl Inputs {
    pub fn of(request: &Request, source: &Source) -> Self {
        let mut inputs = source.environment.as_ref().map(Self::of_environment).unwrap_or_default();
        inputs.source.clone_from(&source.file);
        inputs.added_channels = request.list("channels").into_iter().map(str::to_owned).collect();
        if source.lock.is_some() {
            inputs.categories = left_out::categories(request).into_iter().map(str::to_owned).collect();
        }
        inputs.python = request.python().map(|python| python.version.to_string()).unwrap_or_default();
        inputs
    }

    fn of_environment(environment: &Environment) -> Self {
        Self {
            channels: environment.content.channels.clone(),
            dependencies: environment.content.packages.iter().map(|package| package.text.clone()).collect(),
            pip: environment.content.pip.clone(),
            variables: environment.content.variables.clone(),
            ..Self::default()
        }
    }

    /// What was kept with the environment; none where another version of pyve kept something else.
    pub fn recorded(recorded: &Recorded) -> Option<Self> {
        recorded.extension.get(ID)
    }

    /// What a lock is made from and now reads otherwise: `numpy>=2 added to dependencies`.
    pub fn changed_requirements(&self, now: &Self) -> Vec<String> {
        let mut changes = difference("dependencies", &self.dependencies, &now.dependencies);
        changes.extend(difference("channels", &self.channels, &now.channels));
        changes.extend(difference("pip", &self.pip, &now.pip));
        changes
    }

    /// Which other categories of the lock are asked for; records of earlier versions do not tell.
    pub fn changed_categories(&self, now: &Self) -> Vec<String> {
        let same = self.categories.is_empty() || now.categories.is_empty();
        if same { Vec::new() } else { difference("--category", &self.categories, &now.categories) }
    }

    /// All that would make another environment today.
    pub fn changes(&self, now: &Self) -> Vec<String> {
        let mut changes = Vec::new();
        if self.source != now.source {
            changes.push(format!("made from {}, now from {}", self.source, now.source));
        }
        changes.extend(self.changed_requirements(now));
        if self.variables != now.variables {
            changes.push("variables changed".to_owned());
        }
        changes.extend(difference("--channel", &self.added_channels, &now.added_channels));
        changes.extend(self.changed_categories(now));
        if !now.python.is_empty() && self.python != now.python {
            changes.push(format!("Python {} asked for", now.python));
        }
        changes
    }
}

fn difference(what: &str, before: &[String], now: &[String]) -> Vec<String> {
    let missing = |from: &[String], all: &[String], verb: &str| -> Vec<String> {
        let gone = from.iter().filter(|item| !all.contains(item));
        gone.map(|item| format!("{item} {verb} {what}")).collect()
    };
    let mut changes = missing(now, before, "added to");
    changes.extend(missing(before, now, "removed from"));
    // Only the order of channels carries a meaning: the first one that has a package wins.
    if changes.is_empty() && before != now && what != "dependencies" {
        changes.push(format!("{what} in another order"));
    }
    changes
}

/// The hash of what an environment file asks for: comments, order of keys and layout do not count.
pub fn fingerprint(environment: &Environment) -> String {
    let mut content = serde_json::to_vec(&Inputs::of_environment(environment)).unwrap_or_default();
    for file in &environment.content.requirements.files {
        // What a named requirements file asks for is part of it.
        content.extend(read::bytes(file, Limit::PROJECT).ok().flatten().unwrap_or_default());
    }
    sha256::of(content)
}

/// The hash of a whole file; none if it cannot be read.
pub fn file_hash(path: &Path) -> Option<String> {
    Some(sha256::of(read::bytes(path, Limit::LOCK).ok()??))
}
