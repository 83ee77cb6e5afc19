//! The lock file of an environment as it lies in the project.

use pyve_formats::conflict_markers::{self, Sides};
use pyve_formats::pylock::{self, Header, Pylock, PylockError};
use pyve_formats::read::{self, Limit};
use pyve_plugin_api::{Command, Error, Request, Result};

/// A lock file, whether it is there or not.
pub struct LockFile {
    /// Relative to the project.
    pub name: String,
    pub content: Content,
}

/// What it says.
pub enum Content {
    Missing,
    /// Both sides of a merge that git could not decide.
    Conflict(Sides),
    Text(String),
}

impl LockFile {
    /// Reads the file of the environment that is asked about.
    pub fn read(request: &Request) -> Result<Self> {
        let name = match request.is_named() {
            true => pylock::name_of(&request.environment),
            false => pylock::NAME.to_owned(),
        };
        let Some(text) = read::text(request.in_project(&name), Limit::LOCK).map_err(crate::unreadable)? else {
            return Ok(Self { name, content: Content::Missing });
        };
        let sides = conflict_markers::sides(&text).map_err(|error| {
            Error::new(format!("{name}:{}: a merge conflict was resolved only in part", error.line))
                .hint(format!("restore both sides, for example with `git checkout -m {name}`, then run `pyve lock`"))
        })?;
        let content = sides.map_or(Content::Text(text), Content::Conflict);
        Ok(Self { name, content })
    }

    /// What it locks; `None` where it is missing or in conflict.
    pub fn parsed(&self) -> Result<Option<Pylock>> {
        match &self.content {
            Content::Text(text) => Pylock::parse(text).map(Some).map_err(|error| self.error(&error)),
            Content::Missing | Content::Conflict(_) => Ok(None),
        }
    }

    /// What it says of itself, if pyve wrote it.
    pub fn header(&self) -> Result<Option<Header>> {
        match &self.content {
            Content::Text(text) => Header::parse(text).map_err(|error| self.error(&error)),
            Content::Missing | Content::Conflict(_) => Ok(None),
        }
    }

    /// That git could not merge it, where that is so.
    pub fn check_merged(&self) -> Result<()> {
        match &self.content {
            Content::Conflict(sides) => Err(Error::new(format!("{}: merge conflict", self.place(sides)))
                .hint("lock again; what both sides agree on is kept")
                .remedy(&Command::new("pyve").arg("lock"))),
            Content::Missing | Content::Text(_) => Ok(()),
        }
    }

    /// `pylock.toml:12`
    pub fn place(&self, sides: &Sides) -> String {
        format!("{}:{}", self.name, sides.lines.first().copied().unwrap_or(1))
    }

    fn error(&self, error: &PylockError) -> Error {
        Error::new(format!("{}:{}: {}", self.name, error.line, error.words))
            .hint(format!("restore `{0}` from version control, or remove it and run `pyve lock`", self.name))
    }
}
