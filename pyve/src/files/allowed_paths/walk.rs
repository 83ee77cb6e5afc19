//! From the root to the folder of a path, one component after the other, each opened in the one before.
//!
//! A link on the way is followed as long as it stays below the root. Nothing is ever opened by more than one name at a
//! time, and so a link that takes the place of a folder meanwhile leads nowhere but below the folder that is open.

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use super::entry::Entry;
use super::rule::Rule;
use crate::files::ownership;

/// As many links as Linux follows before it calls them a loop.
const MOST_LINKS: usize = 40;

/// The folder that a walk does not leave.
#[derive(Debug)]
pub struct Base {
    folder: Dir,
    /// As it was said, and as the system calls it.
    said: PathBuf,
    real: PathBuf,
    /// Whether folders are made in it that others cannot change, whatever the user's mask.
    closed: bool,
}

/// What is done about a folder on the way that is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    Create,
    Stop,
}

/// What is done about a link that has the name itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastLink {
    /// It is what is meant.
    Keep,
    /// The file that it leads to is meant.
    Follow,
}

/// Why a walk did not arrive.
#[derive(Debug)]
pub enum Stopped {
    Rule(Rule),
    /// The system refused something at this path.
    System(PathBuf, io::Error),
}

impl From<Rule> for Stopped {
    fn from(rule: Rule) -> Self {
        Self::Rule(rule)
    }
}

/// Where a walk arrived.
#[derive(Debug)]
pub struct Arrived {
    /// `None` where a folder on the way is missing.
    pub entry: Option<Entry>,
    /// Relative to the root, without links.
    pub relative: PathBuf,
}

impl Base {
    pub fn open(said: &Path) -> io::Result<Self> {
        let folder = Dir::open_ambient_dir(said, ambient_authority())?;
        let real = said.canonicalize()?;
        Ok(Self { folder, said: said.to_owned(), real, closed: false })
    }

    /// One of pyve's own, in which programs are that all projects share.
    pub fn closed(self) -> Self {
        Self { closed: true, ..self }
    }

    pub fn walk(&self, relative: &Path, missing: Missing, last: LastLink) -> Result<Arrived, Stopped> {
        Walk { base: self, ahead: ahead(relative), behind: Vec::new(), links: 0, linked: false }.arrive(missing, last)
    }
}

/// The components, the first one last.
fn ahead(path: &Path) -> Vec<OsString> {
    let parts = path.components().filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    let mut parts: Vec<OsString> = parts.map(|part| part.as_os_str().to_owned()).collect();
    parts.reverse();
    parts
}

struct Walk<'a> {
    base: &'a Base,
    ahead: Vec<OsString>,
    behind: Vec<(OsString, Dir)>,
    links: usize,
    /// Whether the last name was a link that was followed.
    linked: bool,
}

impl Walk<'_> {
    fn arrive(mut self, missing: Missing, last: LastLink) -> Result<Arrived, Stopped> {
        while let Some(name) = self.ahead.pop() {
            if name == ".." {
                self.behind.pop();
                continue;
            }
            let is_last = self.ahead.is_empty();
            let kind = self.here().symlink_metadata(&name);
            match kind {
                Ok(metadata) if metadata.is_symlink() && (!is_last || last == LastLink::Follow) => {
                    self.follow(&name, is_last)?;
                }
                _ if is_last => return self.at(name),
                Ok(metadata) if metadata.is_dir() => self.enter(name)?,
                Ok(_) => return Err(Rule::NotAFolder(self.path(&name)).into()),
                Err(error) if error.kind() == ErrorKind::NotFound && missing == Missing::Create => {
                    self.create(&name)?;
                    self.enter(name)?;
                }
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(self.missing(name)),
                Err(error) => return Err(Stopped::System(self.path(&name), error)),
            }
        }
        // A link led to a folder above itself.
        Err(Rule::ProjectRoot.into())
    }

    fn here(&self) -> &Dir {
        self.behind.last().map_or(&self.base.folder, |(_, folder)| folder)
    }

    fn relative(&self, name: &OsString) -> PathBuf {
        self.behind.iter().map(|(name, _)| name).chain([name]).collect()
    }

    fn path(&self, name: &OsString) -> PathBuf {
        self.base.said.join(self.relative(name))
    }

    fn at(self, name: OsString) -> Result<Arrived, Stopped> {
        let (relative, path) = (self.relative(&name), self.path(&name));
        let folder = self.here().try_clone().map_err(|error| Stopped::System(path.clone(), error))?;
        let entry = Entry::new(folder, name, path).of_project(self.base.folder.try_clone()).linked(self.linked);
        Ok(Arrived { entry: Some(entry), relative })
    }

    fn missing(self, name: OsString) -> Arrived {
        let mut relative = self.relative(&name);
        self.ahead.iter().rev().for_each(|name| relative.push(name));
        Arrived { entry: None, relative }
    }

    fn enter(&mut self, name: OsString) -> Result<(), Stopped> {
        let folder = self.here().open_dir(&name).map_err(|error| Stopped::System(self.path(&name), error))?;
        self.behind.push((name, folder));
        Ok(())
    }

    fn create(&self, name: &OsString) -> Result<(), Stopped> {
        match self.here().create_dir_with(name, &ownership::builder(self.base.closed)) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(Stopped::System(self.path(name), error)),
            _ => Ok(()),
        }
    }

    /// Goes where the link leads, if that is below the root.
    fn follow(&mut self, name: &OsString, is_last: bool) -> Result<(), Stopped> {
        let link = self.path(name);
        let target = self.here().read_link_contents(name).map_err(|error| Stopped::System(link.clone(), error))?;
        self.links += 1;
        if self.links > MOST_LINKS {
            return Err(Rule::EndlessLinks(link).into());
        }
        let inside = match target.has_root() {
            true => {
                self.behind.clear();
                let bases = [&self.base.real, &self.base.said];
                bases.into_iter().find_map(|base| target.strip_prefix(base).ok()).map(Path::to_owned)
            }
            false => Some(target.clone()),
        };
        let stays = |inside: &PathBuf| is_below(self.behind.len(), inside);
        let Some(inside) = inside.filter(stays) else {
            let target = link.canonicalize().unwrap_or_else(|_| link.with_file_name(&target));
            return Err(Rule::LeavingLink(link, target).into());
        };
        self.linked |= is_last;
        self.ahead.extend(ahead(&inside));
        Ok(())
    }
}

/// Whether a path that begins this deep below the root never climbs above it.
fn is_below(mut depth: usize, path: &Path) -> bool {
    path.components().all(|part| match part {
        Component::ParentDir => depth.checked_sub(1).map(|less| depth = less).is_some(),
        Component::Normal(_) => {
            depth += 1;
            true
        }
        _ => true,
    })
}
