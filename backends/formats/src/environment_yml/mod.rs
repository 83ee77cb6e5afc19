//! `environment.yml` of conda: what it asks for on a platform, and what in it is not as its author may think.

mod declared;
mod reader;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

pub use declared::{DeclaredEntry, declared};

use crate::Written;
use crate::match_spec::MatchSpec;
use crate::requirements::{Entry, Requirements};
use crate::yaml::{Node, Position};

/// The keys that micromamba or conda-lock reads.
pub const KEYS: [&str; 7] = ["name", "channels", "dependencies", "variables", "prefix", "platforms", "category"];

/// The variables that an activation sets itself: of the same name in `variables:` they have no effect.
pub const SET_BY_ACTIVATION: [&str; 5] =
    ["PATH", "CONDA_PREFIX", "CONDA_SHLVL", "CONDA_DEFAULT_ENV", "CONDA_PROMPT_MODIFIER"];

/// An environment file that can be understood.
#[derive(Clone, Debug, Default)]
pub struct EnvironmentFile {
    /// Where it lies.
    pub path: PathBuf,
    /// What the environment is to be called.
    pub name: Option<Written>,
    /// In the order in which they count.
    pub channels: Vec<String>,
    /// What is asked for on this platform.
    pub packages: Vec<MatchSpec>,
    /// The lines of the `pip:` list, as they are written.
    pub pip: Vec<String>,
    /// What those lines ask pip for, and what the files that they include ask for.
    pub requirements: Requirements,
    /// Variables that are set in the environment.
    pub variables: BTreeMap<String, String>,
    /// What works, but not as one would think.
    pub notes: Vec<Note>,
}

/// What works, but not as one would think.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// From 1.
    pub line: usize,
    /// What it is.
    pub kind: NoteKind,
}

/// What works, but not as one would think.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// A key that nobody reads.
    UnknownKey(String),
    /// `dependencies` is an empty list.
    NoDependencies,
    /// An entry of the list without anything in it.
    EmptyDependency,
    /// A variable of this name that the activation sets itself.
    VariableWithoutEffect(String),
    /// A variable of this name without a value, which becomes the text `null`.
    NullVariable(String),
    /// A selector in a comment, as conda-build has them: `- hello  # [linux]`. Here it changes nothing.
    CommentSelector {
        /// `hello`.
        package: String,
        /// `linux`.
        selector: String,
    },
}

/// Why a file cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvironmentError {
    /// The file is something else; what it is, for a message.
    NotMapping(String),
    /// There is no list of dependencies.
    NoDependencies,
    /// `dependencies` is something else.
    DependenciesNotList {
        /// Where.
        position: Position,
        /// What it is, for a message.
        found: String,
        /// What stands there, where that is a text.
        text: Option<String>,
    },
    /// Mistakes, at least one.
    Faults(Vec<Fault>),
}

/// A mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub position: Position,
    /// What is wrong.
    pub what: String,
    /// The edit that helps.
    pub edit: String,
}

impl EnvironmentFile {
    /// Reads the tree of a file. `text` is the same for its comments, `path` where it lies, and `platform` what it is read
    /// for, as conda calls it.
    pub fn read(root: &Node, text: &str, path: &Path, platform: &str) -> Result<Self, EnvironmentError> {
        reader::read(root, text, path, platform)
    }

    /// The package's entry of this name, if it is asked for.
    pub fn package(&self, name: &str) -> Option<&MatchSpec> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// What the `pip:` list itself asks for, without the files that it includes.
    pub fn own_requirements(&self) -> impl Iterator<Item = &Entry> {
        self.requirements.entries.iter().filter(|entry| entry.origin.file == self.path)
    }
}

impl fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotMapping(found) => write!(f, "it must be a mapping with a list 'dependencies', not {found}"),
            Self::NoDependencies => f.write_str("it has no list 'dependencies'"),
            Self::DependenciesNotList { found, .. } => write!(f, "'dependencies' must be a list, not {found}"),
            Self::Faults(faults) => faults.first().map_or(Ok(()), |fault| f.write_str(&fault.what)),
        }
    }
}

impl std::error::Error for EnvironmentError {}
