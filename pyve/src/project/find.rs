//! Which project the user means: the nearest folder upward that pyve, a marker file or an environment names.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};

use super::identity::Identity;
use super::layout::FOLDER;
use super::no_project;
use super::workspace::{self, Around};
use crate::caller::Caller;

/// What names a folder a project, besides pyve's own folder in it.
#[derive(Clone, Debug, Default)]
pub struct Signs<'a> {
    /// The marker files of all backends.
    pub markers: Vec<&'a str>,
    /// Files of everybody's, each with a line that only a project's has.
    pub lines: Vec<(&'a str, &'a str)>,
    /// The folders that backends put an environment into where nobody says another one.
    pub environments: Vec<&'a str>,
    /// Files that name the members of a workspace, each with the table that does.
    pub workspaces: Vec<workspace::Root<'a>>,
}

/// How the root of a project was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It has a `.pyve` with settings or records.
    Initialised(PathBuf),
    /// It has a marker file, or an environment that pyve never wrote anything down of.
    Marked(PathBuf),
}

impl Found {
    pub fn root(&self) -> &Path {
        match self {
            Self::Initialised(root) | Self::Marked(root) => root,
        }
    }
}

/// The folder that `init` is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant {
    pub root: PathBuf,
    /// The initialised project that this one, which was never initialised, is perhaps only a part of.
    pub part_of: Option<PathBuf>,
}

/// The nearest folder with a `.pyve` that holds settings or records, for `run`: the password database, which takes a
/// while to answer, is asked only where a `.pyve` holds what pyve keeps in homes alone.
pub fn initialised(caller: &Caller) -> Option<PathBuf> {
    let ancestors = Ancestors::up_from(caller);
    let is_project = |folder: &&Path| {
        let own = folder.join(FOLDER);
        let of_homes = ["key", "cache"].iter().any(|name| own.join(name).symlink_metadata().is_ok());
        !of_homes || no_project::why(caller, folder).is_none()
    };
    ancestors.folders().filter(|folder| ancestors.is_initialised(folder)).find(is_project).map(Path::to_owned)
}

/// The project of every command but `init`: the nearest initialised folder, else the nearest with a sign.
pub fn project(caller: &Caller, signs: &Signs<'_>) -> Option<Found> {
    let ancestors = Ancestors::up_from(caller);
    let nearest = |is_one: &dyn Fn(&Path) -> bool| {
        let mut folders = ancestors.folders().filter(|folder| is_one(folder));
        folders.find(|folder| no_project::why(caller, folder).is_none()).map(Path::to_owned)
    };
    nearest(&|folder| ancestors.is_initialised(folder)).map(Found::Initialised).or_else(|| {
        let marked = nearest(&|folder| ancestors.is_marked(folder, signs) || ancestors.has_environment(folder, signs))?;
        Some(Found::Marked(match ancestors.workspace_around(&marked, signs) {
            Around::MemberOf(root) => root,
            Around::Apart | Around::None => marked,
        }))
    })
}

/// The project of `init`: the nearest folder that is initialised or has a marker file, or the workspace that it is a member of.
pub fn meant_by_init(caller: &Caller, signs: &Signs<'_>) -> Option<Meant> {
    let ancestors = Ancestors::up_from(caller);
    let is_project = |folder: &&Path| no_project::why(caller, folder).is_none();
    let is_sign = |folder: &&Path| ancestors.is_initialised(folder) || ancestors.is_marked(folder, signs);
    let nearest = ancestors.folders().filter(is_sign).find(is_project)?;
    let around = match ancestors.is_initialised(nearest) {
        true => Around::None,
        false => ancestors.workspace_around(nearest, signs),
    };
    let root = match &around {
        Around::MemberOf(root) => root,
        Around::Apart => return Some(Meant { root: nearest.to_owned(), part_of: None }),
        Around::None => nearest,
    };
    let above = ancestors.folders().filter(|folder| *folder != root && root.starts_with(folder));
    let outer = above.filter(|folder| ancestors.is_initialised(folder)).find(is_project);
    // A repository within the project is a project of its own.
    let part_of = outer.filter(|outer| !ancestors.is_initialised(root) && !is_of_other_repository(root, outer));
    Some(Meant { root: root.to_owned(), part_of: part_of.map(Path::to_owned) })
}

/// Whether a repository begins at `root` or between it and `outer`.
fn is_of_other_repository(root: &Path, outer: &Path) -> bool {
    let between = root.ancestors().take_while(|folder| *folder != outer);
    between.into_iter().any(|folder| folder.join(".git").symlink_metadata().is_ok())
}

/// The way from the caller's folder upward. It ends before the caller's home, the root, and another file system.
struct Ancestors<'a> {
    caller: &'a Caller,
    start: Option<Metadata>,
    homes: Vec<Identity>,
}

impl<'a> Ancestors<'a> {
    fn up_from(caller: &'a Caller) -> Self {
        Self { caller, start: caller.folder().metadata().ok(), homes: no_project::homes(caller) }
    }

    fn folders(&self) -> impl Iterator<Item = &'a Path> + '_ {
        let start = self.caller.folder();
        let first = self.start.as_ref().and_then(|metadata| Identity::seen(start, metadata));
        start.ancestors().take_while(move |folder| {
            let here = if *folder == start { first.clone() } else { Identity::at(folder) };
            let (Some(here), Some(first)) = (here, &first) else { return false };
            folder.parent().is_some() && here.is_beside(first) && !self.homes.contains(&here)
        })
    }

    /// Whether a workspace has `folder` for a member, as far as its root may speak for it.
    fn workspace_around(&self, folder: &Path, signs: &Signs<'_>) -> Around {
        let above: Vec<&Path> = match signs.workspaces.is_empty() {
            true => Vec::new(),
            false => self.folders().filter(|above| *above != folder && folder.starts_with(above)).collect(),
        };
        let counts =
            |root: &Path, file: &Metadata| self.may_speak(root, file) && no_project::why(self.caller, root).is_none();
        workspace::around(folder, &above, &signs.workspaces, &counts)
    }

    /// Whether `.pyve` is a folder, no link to one, with settings or records in it, and not pyve's own.
    fn is_initialised(&self, folder: &Path) -> bool {
        let own = folder.join(FOLDER);
        let Ok(metadata) = own.symlink_metadata() else { return false };
        metadata.is_dir()
            && (is_real_folder(&own.join("state")) || own.join("config").is_file())
            && self.may_speak(folder, &metadata)
            && !self.is_pyve_home(&own)
    }

    fn is_pyve_home(&self, folder: &Path) -> bool {
        let said = self.caller.nonempty("PYVE_HOME").and_then(|_| self.caller.pyve_home());
        said.is_some_and(|home| Identity::at(&home).is_some_and(|home| Some(home) == Identity::at(folder)))
    }

    fn is_marked(&self, folder: &Path, signs: &Signs<'_>) -> bool {
        let is_marker = |name: &&str| {
            let found = folder.join(name).metadata().ok().filter(Metadata::is_file);
            found.is_some_and(|metadata| self.may_speak(folder, &metadata))
        };
        signs.markers.iter().any(is_marker)
            || signs.lines.iter().any(|(name, line)| is_marker(name) && has_line(&folder.join(name), line))
    }

    /// Whether a folder is there in which programs of an environment lie. What it is the backends know.
    fn has_environment(&self, folder: &Path, signs: &Signs<'_>) -> bool {
        let own = folder.join(FOLDER);
        let envs = own.join("envs");
        let named = match is_real_folder(&own) && is_real_folder(&envs) {
            true => std::fs::read_dir(envs).into_iter().flatten().flatten().map(|entry| entry.path()).collect(),
            false => Vec::new(),
        };
        let usual = signs.environments.iter().map(|name| folder.join(name));
        usual.chain(named).any(|prefix| {
            let programs = ["bin", "Scripts"].into_iter().any(|name| prefix.join(name).is_dir());
            programs && prefix.symlink_metadata().is_ok_and(|metadata| self.may_speak(folder, &metadata))
        })
    }

    /// What lies above the current folder counts only if somebody put it there whom the user follows anyway: the user,
    /// root, or the owner of the current folder. Anybody can put a file into `/tmp`.
    #[cfg(unix)]
    fn may_speak(&self, folder: &Path, sign: &Metadata) -> bool {
        use std::os::unix::fs::MetadataExt;
        let of_start = self.start.as_ref().map(MetadataExt::uid);
        let owner = sign.uid();
        folder == self.caller.folder() || owner == 0 || owner == crate::sys::user() || Some(owner) == of_start
    }

    #[cfg(not(unix))]
    fn may_speak(&self, _: &Path, _: &Metadata) -> bool {
        let _ = &self.start;
        true
    }
}

fn has_line(file: &Path, wanted: &str) -> bool {
    let text = read::bytes(file, Limit::SETTINGS).ok().flatten().unwrap_or_default();
    text.split(|byte| *byte == b'\n').any(|line| line == wanted.as_bytes())
}

fn is_real_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir())
}

#[cfg(test)]
#[path = "find_tests.rs"]
mod tests;
