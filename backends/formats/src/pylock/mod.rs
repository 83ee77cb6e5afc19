//! `pylock.toml` (PEP 751): which versions are locked, from where, with what hashes, and what pyve notes of why.

mod install;
mod outline;
mod read;
mod write;

use std::fmt;

use crate::toml_file::TomlError;

pub use install::{Installation, Local, installation};
pub use outline::{Outline, outline};
pub use write::{finished, preferences};

/// The name of the file of the environment that has none of its own.
pub const NAME: &str = "pylock.toml";

/// The name of the file of another environment. The standard allows no dot in the middle.
pub fn name_of(environment: &str) -> String {
    format!("pylock.{}.toml", environment.replace('.', "-"))
}

/// A lock file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pylock {
    /// What is told without looking at the packages.
    pub header: Header,
    /// In the order of the file.
    pub packages: Vec<Package>,
}

/// What a lock file says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The versions of Python that it is for, as it is written: `>=3.12`.
    pub requires_python: Option<String>,
    /// The requirements that it was made from, as pyve notes them; `None` where another program wrote it.
    pub inputs: Option<Vec<String>>,
}

/// One package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// As indexes compare it.
    pub name: String,
    /// By PEP 440; `None` where only who builds it knows.
    pub version: Option<String>,
    /// Where it applies, by PEP 508.
    pub marker: Option<String>,
    /// Where it comes from.
    pub source: Source,
    /// The line in which it begins, from 1.
    pub line: usize,
}

/// Where a package comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An index or a folder of files, each with one of these hashes: `sha256:…`.
    Index {
        /// Those of all its files.
        hashes: Vec<String>,
    },
    /// One file.
    Archive {
        /// An address, or a path from the lock file's folder.
        address: String,
        /// `sha256:…`
        hashes: Vec<String>,
    },
    /// A folder from the lock file's.
    Directory {
        /// As it is written.
        path: String,
        /// Whether it is used as it stands.
        editable: bool,
    },
    /// A commit of a repository, as pip's address of it: `git+https://…@…`.
    Vcs {
        /// With the commit.
        address: String,
    },
}

/// What is wrong with a lock file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PylockError {
    /// From 1.
    pub line: usize,
    /// Half a sentence: `the locked `six` has no hash`.
    pub words: String,
}

impl fmt::Display for PylockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.words)
    }
}

impl std::error::Error for PylockError {}

impl From<TomlError> for PylockError {
    fn from(TomlError { line, words }: TomlError) -> Self {
        Self { line, words }
    }
}

impl Pylock {
    /// Reads the text of a file, and checks whatever an installation depends on.
    ///
    /// # Errors
    ///
    /// Where it is no such file, or cannot be installed from as it is.
    pub fn parse(text: &str) -> Result<Self, PylockError> {
        read::whole(text)
    }

    /// The packages of this name, one for each marker.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Package> {
        self.packages.iter().filter(move |package| package.name == name)
    }
}

impl Header {
    /// Reads what a file that pyve wrote says of itself, without its packages: in a large one they are nearly all of it.
    /// `None` where pyve notes nothing in it.
    ///
    /// # Errors
    ///
    /// Where what is read is no TOML, or of another version.
    pub fn parse(text: &str) -> Result<Option<Self>, PylockError> {
        read::header(text)
    }
}
