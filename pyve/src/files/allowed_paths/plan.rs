//! A whole plan before anything of it is done: the prefix, and every path of every step.

use std::path::Path;

use pyve_plugin_api::{Step, StepKind};

use super::rule::{self, Rule, Use};
use super::walk::{Arrived, LastLink, Missing, Stopped};
use super::{AllowedPaths, Entry, there};
use crate::failure::Failure;

/// The files that version managers share, of which a step may set a line.
const VERSION_FILES: [&str; 2] = [".tool-versions", ".python-version"];

impl AllowedPaths {
    /// Fails at the first step that would be refused.
    pub fn check<'a>(&self, steps: impl IntoIterator<Item = &'a Step>) -> Result<(), Failure> {
        let all = steps.into_iter().flat_map(Step::with_inner);
        all.into_iter().try_for_each(|step| self.step(step).map_err(|failure| self.of_step(failure, step)))
    }

    /// The failure, with whose step it is.
    pub fn of_step(&self, failure: Failure, step: &Step) -> Failure {
        let backend = self.backend.as_ref().map(|backend| format!("backend `{backend}`, "));
        failure.detail(format!("{}step `{}`", backend.unwrap_or_default(), step.title))
    }

    fn step(&self, step: &Step) -> Result<(), Failure> {
        let path = self.path_of(step);
        let (wanted, judged) = match step.kind {
            StepKind::WRITE_FILE => (Use::Write, self.look(&path, Use::Write)),
            StepKind::DOWNLOAD => (Use::Download, self.look(&path, Use::Download)),
            StepKind::CREATE_DIR => (Use::CreateFolder, self.look(&path, Use::CreateFolder)),
            StepKind::REMOVE_DIR => (Use::Remove, self.removable(&path).map(drop)),
            StepKind::SET_LINE => (Use::Write, self.line(&path, Missing::Stop).map(drop)),
            StepKind::CLONE_TREE => {
                self.source(step)?;
                (Use::Prefix, self.look(&path, Use::Prefix))
            }
            StepKind::UNPACK => {
                self.archive(step)?;
                if step.download.is_some() {
                    self.fetched_archive(step)?;
                }
                (Use::CreateFolder, self.look(&path, Use::CreateFolder))
            }
            _ => return Ok(()),
        };
        judged.map_err(|stopped| self.refused(&path, wanted, stopped))
    }

    fn look(&self, path: &Path, wanted: Use) -> Result<(), Stopped> {
        let arrived = self.arrive(path, wanted, Missing::Stop, LastLink::Keep)?;
        self.not_the_users(arrived, wanted).map(drop)
    }

    /// Fails where what a plan makes besides the environment at `prefix` could never be removed again.
    pub fn also_created(&self, path: &Path, prefix: &Path) -> Result<(), Failure> {
        let path = self.root.join(path);
        let arrived = self.arrive(&path, Use::Remove, Missing::Stop, LastLink::Keep);
        let own = arrived.and_then(|_| match rule::below(&path, &self.root) {
            Ok(_) if prefix.starts_with(&path) || path.starts_with(prefix) => Err(Rule::Prefix.into()),
            below => below.map(drop).map_err(Stopped::from),
        });
        own.map_err(|stopped| self.refused(&path, Use::Remove, stopped))
    }

    /// The path of a step; a relative one is below the project's root.
    pub fn path_of(&self, step: &Step) -> std::path::PathBuf {
        self.root.join(step.path.path())
    }

    /// The folder that a tree is cloned to, those above it created.
    pub fn clone_target(&self, path: &Path) -> Result<Entry, Failure> {
        self.created(path, Use::Prefix)
    }

    /// The tree that is cloned: one that pyve keeps for all projects.
    pub fn source(&self, step: &Step) -> Result<std::path::PathBuf, Failure> {
        self.cached(step, "clone")
    }

    /// An archive that is fetched and removed again: nothing but pyve's own cache holds what nobody will miss.
    pub fn fetched_archive(&self, step: &Step) -> Result<std::path::PathBuf, Failure> {
        self.cached(step, "download to")
    }

    fn cached(&self, step: &Step, action: &str) -> Result<std::path::PathBuf, Failure> {
        let path = step.source.path().into_owned();
        let cache = self.home.as_ref().map(|home| home.join("cache"));
        if cache.is_none_or(|cache| rule::below(&path, &cache).is_err()) {
            return Err(Failure::new(format!(
                "could not {action} `{}`: it is not in `~/.pyve/cache`",
                self.show(&path)
            ))
            .remedy("report this to the author of the backend"));
        }
        Ok(path)
    }

    /// The archive that is unpacked: a file of the project, or one that pyve keeps for all projects.
    pub fn archive(&self, step: &Step) -> Result<std::path::PathBuf, Failure> {
        let path = self.root.join(step.source.path());
        let home = self.home.as_ref().is_some_and(|home| rule::below(&path, home).is_ok());
        match rule::below(&path, &self.root) {
            Err(rule) if !home => Err(Failure::new(format!("could not unpack `{}`: {rule}", self.show(&path)))
                .remedy("report this to the author of the backend")),
            _ => Ok(path),
        }
    }

    /// A file that gets a line: one of the version managers', or one that is new or the backend's own.
    pub fn set_line(&self, path: &Path) -> Result<Entry, Failure> {
        let entry = self.line(path, Missing::Create).and_then(there);
        entry.map_err(|stopped| self.refused(path, Use::Write, stopped))
    }

    fn line(&self, path: &Path, missing: Missing) -> Result<Arrived, Stopped> {
        let shared = VERSION_FILES.iter().any(|name| path == self.root.join(name));
        let last = if shared { LastLink::Follow } else { LastLink::Keep };
        let arrived = self.arrive(path, Use::Write, missing, last)?;
        if shared { Ok(arrived) } else { self.not_the_users(arrived, Use::Write) }
    }
}
