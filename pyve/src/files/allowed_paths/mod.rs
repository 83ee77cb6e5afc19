//! The one gate for paths: what pyve may write, create or remove, and the opened folder in which it is then done.
//!
//! Asked by the executor for every step, before an environment is put aside, by `purge` and by `doctor --fix`. What it
//! answers is an [`Entry`]: a name in a folder that is open, so that a link planted after the check changes nothing.

mod entry;
mod plan;
mod rule;
mod spelling;
mod tracked;
mod walk;

use std::path::{Path, PathBuf};

pub use entry::{Entry, random};
pub use rule::{Rule, Use};
pub use tracked::Git;
use walk::{Arrived, Base, LastLink, Missing, Stopped};

use crate::failure::Failure;
use crate::files::ownership;
use crate::project::FOLDER;

/// Stands for the project where there is none: nothing has this name, and nothing is put there.
const NO_PROJECT: &str = "no-project";

/// What the text of a path must keep.
type Rules = fn(&Path, Use) -> Result<(), Rule>;

/// The paths that may be changed on behalf of one backend in one project.
#[derive(Clone, Debug, Default)]
pub struct AllowedPaths {
    root: PathBuf,
    /// `~/.pyve`, where there is one.
    home: Option<PathBuf>,
    /// Who plans, for messages; nobody where pyve acts by itself.
    backend: Option<String>,
    /// The prefix: what is in it is the backend's.
    environment: Option<PathBuf>,
    /// What records say that pyve created.
    ours: Vec<PathBuf>,
    git: Option<Git>,
}

impl AllowedPaths {
    pub fn new(root: &Path, pyve_home: Option<&Path>) -> Self {
        Self { root: root.to_owned(), home: pyve_home.map(Path::to_owned), ..Self::default() }
    }

    /// For steps that are about no project: they may change what all projects share.
    pub fn shared(pyve_home: &Path) -> Self {
        Self::new(&pyve_home.join(NO_PROJECT), Some(pyve_home))
    }

    /// Says whose plan it is.
    pub fn backend(mut self, id: &str) -> Self {
        self.backend = Some(id.to_owned());
        self
    }

    /// Names the prefix that the backend works at.
    pub fn environment(mut self, prefix: &Path) -> Self {
        self.environment = Some(prefix.to_owned());
        self
    }

    /// Names what a record says that pyve created, or what may be replaced for another good reason.
    pub fn ours(mut self, path: &Path) -> Self {
        self.ours.push(path.to_owned());
        self
    }

    /// Names the git that is asked what is tracked; without one nobody can tell.
    pub fn git(mut self, git: Option<Git>) -> Self {
        self.git = git;
        self
    }

    /// The folder of an environment; `None` where the folder that it will be in is not there yet.
    pub fn prefix(&self, path: &Path) -> Result<Option<Entry>, Failure> {
        let arrived = self.arrive(path, Use::Prefix, Missing::Stop, LastLink::Keep);
        arrived
            .and_then(|arrived| no_repository(arrived.entry))
            .map_err(|stopped| self.refused(path, Use::Prefix, stopped))
    }

    /// A prefix outside of the project that is used, but neither put aside nor removed: no folder above what is the user's.
    pub fn external(&self, path: &Path) -> Result<(), Failure> {
        let above = [Some(&self.root), self.home.as_ref()].into_iter().flatten().any(|own| own.starts_with(path));
        let rule = match rule::below(path, &self.root) {
            Err(Rule::Outside) | Ok(_) if !above => return Ok(()),
            Err(rule) => rule,
            Ok(_) => Rule::ProjectRoot,
        };
        Err(self.refused(path, Use::Prefix, rule.into()))
    }

    /// The prefix as what is put aside or removed; `None` where there is none.
    pub fn remove(&self, path: &Path) -> Result<Option<Entry>, Failure> {
        self.removable(path).map_err(|stopped| self.refused(path, Use::Remove, stopped))
    }

    /// Whether there is something that may be removed; if it may not, why.
    pub fn removal(&self, path: &Path) -> Result<bool, String> {
        self.removable(path).map(|entry| entry.is_some()).map_err(|stopped| self.why(&stopped))
    }

    /// The same for a folder of pyve's own.
    pub fn own_removal(&self, name: &str) -> Result<bool, String> {
        self.own_folder(name).map(|entry| entry.is_some()).map_err(|stopped| self.why(&stopped))
    }

    fn why(&self, stopped: &Stopped) -> String {
        match stopped {
            Stopped::Rule(rule) => self.told(rule).to_string(),
            Stopped::System(_, error) => crate::failure::reason(error),
        }
    }

    /// A file to write, its folder created; one that is there and not pyve's is refused.
    pub fn write(&self, path: &Path) -> Result<Entry, Failure> {
        self.created(path, Use::Write)
    }

    /// A file to download, its folder created.
    pub fn download(&self, path: &Path) -> Result<Entry, Failure> {
        self.created(path, Use::Download)
    }

    /// A folder to create, those above it created.
    pub fn create_folder(&self, path: &Path) -> Result<Entry, Failure> {
        self.created(path, Use::CreateFolder)
    }

    /// A file of the project in which a record says that pyve wrote a line or a block, behind links that stay in it.
    pub fn edit(&self, path: &Path) -> Result<Entry, Failure> {
        let arrived = self.arrive(path, Use::Write, Missing::Stop, LastLink::Follow);
        arrived.and_then(there).map_err(|stopped| self.refused(path, Use::Write, stopped))
    }

    /// What pyve keeps below `.pyve` for itself, to remove it; `None` where there is none.
    pub fn remove_own(&self, name: &str) -> Result<Option<Entry>, Failure> {
        let path = self.root.join(FOLDER).join(name);
        self.own_folder(name).map_err(|stopped| self.refused(&path, Use::Remove, stopped))
    }

    fn own_folder(&self, name: &str) -> Result<Option<Entry>, Stopped> {
        let path = self.root.join(FOLDER);
        let folder = open(&self.root)?.walk(Path::new(FOLDER), Missing::Stop, LastLink::Keep)?.entry;
        let Some(folder) = folder.filter(Entry::exists) else { return Ok(None) };
        if !matches!(folder.metadata(), Ok(Some(metadata)) if metadata.is_dir()) {
            return Err(self.no_folder(&path));
        }
        let entry = folder.inner(name).map_err(|error| Stopped::System(path, error))?;
        let is_folder = matches!(entry.metadata(), Ok(Some(metadata)) if metadata.is_dir());
        match is_folder && self.is_tracked(&Path::new(FOLDER).join(name)) {
            true => Err(Rule::Tracked.into()),
            false => Ok(Some(entry).filter(Entry::exists)),
        }
    }

    fn is_tracked(&self, relative: &Path) -> bool {
        self.git.as_ref().is_some_and(|git| git.tracks(&self.root, relative))
    }

    fn no_folder(&self, path: &Path) -> Stopped {
        match path.read_link() {
            Ok(target) => {
                let target = path.canonicalize().unwrap_or_else(|_| path.with_file_name(target));
                Rule::Link(path.to_owned(), target).into()
            }
            Err(_) => Rule::NotAFolder(path.to_owned()).into(),
        }
    }

    fn created(&self, path: &Path, wanted: Use) -> Result<Entry, Failure> {
        let arrived = self.arrive(path, wanted, Missing::Create, LastLink::Keep);
        let arrived = arrived.and_then(|arrived| self.not_the_users(arrived, wanted));
        arrived.and_then(there).map_err(|stopped| self.refused(path, wanted, stopped))
    }

    /// Goes to the path, if both what was said and where it is are allowed.
    fn arrive(&self, path: &Path, wanted: Use, missing: Missing, last: LastLink) -> Result<Arrived, Stopped> {
        let home = self.home.as_deref();
        let home = home.and_then(|home| rule::below(path, home).ok().map(|rest| (home, rest)));
        let in_project = rule::below(path, &self.root);
        let (base, relative, rules): (_, _, Rules) = match (home, in_project) {
            (Some((home, rest)), Err(_)) => (own_folder(home, missing)?, rest, rule::in_home),
            (_, in_project) => (Some(open(&self.root)?), in_project?, rule::in_project),
        };
        rules(relative, wanted)?;
        let Some(base) = base else { return Ok(Arrived { entry: None, relative: relative.to_owned() }) };
        let arrived = base.walk(relative, missing, last)?;
        rules(&arrived.relative, wanted)?;
        Ok(arrived)
    }

    /// Whether it is in `~/.pyve`, which is no project's.
    pub fn is_of_home(&self, path: &Path) -> bool {
        self.home.as_ref().is_some_and(|home| path.starts_with(home)) && !path.starts_with(&self.root)
    }

    /// A file that stands may be written over only where it is the backend's, or pyve's.
    fn not_the_users(&self, arrived: Arrived, wanted: Use) -> Result<Arrived, Stopped> {
        let Some(entry) = &arrived.entry else { return Ok(arrived) };
        let free =
            wanted != Use::Write || self.is_of_home(entry.path()) || self.is_within_environment(&arrived.relative);
        if free || !entry.exists() { Ok(arrived) } else { Err(Rule::Exists.into()) }
    }

    fn removable(&self, path: &Path) -> Result<Option<Entry>, Stopped> {
        let arrived = self.arrive(path, Use::Remove, Missing::Stop, LastLink::Keep)?;
        let Some(entry) = no_repository(arrived.entry)?.filter(Entry::exists) else { return Ok(None) };
        if self.is_of_home(entry.path()) || entry.is_empty_folder() {
            return Ok(Some(entry));
        }
        let recorded = self.ours.iter().any(|ours| self.real(ours, LastLink::Keep).as_ref() == Some(&arrived.relative));
        if !recorded && !self.is_within_environment(&arrived.relative) {
            return Err(Rule::NotOurs.into());
        }
        match self.is_tracked(&arrived.relative) {
            true => Err(Rule::Tracked.into()),
            false => Ok(Some(entry)),
        }
    }

    /// Whether it is in the prefix, and not the prefix itself.
    fn is_within_environment(&self, relative: &Path) -> bool {
        let Some(prefix) = &self.environment else { return false };
        let real = [LastLink::Keep, LastLink::Follow].map(|last| self.real(prefix, last));
        real.iter().flatten().any(|prefix| relative != prefix && relative.starts_with(prefix))
    }

    /// Where a path of the project really is, relative to the root.
    fn real(&self, path: &Path, last: LastLink) -> Option<PathBuf> {
        self.arrive(path, Use::Prefix, Missing::Stop, last).ok().map(|arrived| arrived.relative)
    }

    fn refused(&self, path: &Path, wanted: Use, stopped: Stopped) -> Failure {
        let action = match wanted {
            Use::Prefix => "use the environment",
            Use::Write => "write",
            Use::Download => "download to",
            Use::CreateFolder => "create the directory",
            Use::Remove => "remove",
        };
        let shown = self.show(path);
        let rule = match stopped {
            Stopped::System(at, error) => {
                return Failure::new(format!("could not {action} `{shown}`: {}", crate::failure::reason(&error)))
                    .remedy(format!("check what is at `{}` and whether you may write there", at.display()));
            }
            Stopped::Rule(rule) => rule,
        };
        let failure = Failure::new(format!("could not {action} `{shown}`: {}", self.told(&rule)));
        let failure = match (&rule, &self.backend) {
            (Rule::Outside | Rule::Relative | Rule::NotNormalised, _) => failure.detail(self.territory()),
            _ => failure,
        };
        failure.remedy(self.remedy(&rule, path))
    }

    fn territory(&self) -> String {
        let root = self.root.display();
        match &self.home {
            Some(home) => {
                format!("allowed is what is below `{root}`, and `bin`, `pythons` and `cache` in `{}`", home.display())
            }
            None => format!("allowed is what is below `{root}`"),
        }
    }

    /// Links and folders of the project are named as the user would from its root.
    fn told(&self, rule: &Rule) -> Rule {
        let short = |path: &PathBuf| PathBuf::from(self.show(path));
        match rule {
            Rule::LeavingLink(link, target) => Rule::LeavingLink(short(link), target.clone()),
            Rule::Link(link, target) => Rule::Link(short(link), target.clone()),
            Rule::EndlessLinks(link) => Rule::EndlessLinks(short(link)),
            Rule::NotAFolder(path) => Rule::NotAFolder(short(path)),
            rule => rule.clone(),
        }
    }

    fn show(&self, path: &Path) -> String {
        let shown = path.strip_prefix(&self.root).unwrap_or(path);
        if shown.as_os_str().is_empty() { ".".to_owned() } else { shown.display().to_string() }
    }

    fn remedy(&self, rule: &Rule, path: &Path) -> String {
        match (rule, &self.backend) {
            (Rule::LeavingLink(link, _) | Rule::Link(link, _) | Rule::EndlessLinks(link), _) => {
                format!("replace the link `{}` with a file or directory of the project", self.show(link))
            }
            (Rule::NotOurs | Rule::Exists | Rule::NotAFolder(_), _) => {
                format!("move `{}` away, then try again", path.display())
            }
            (Rule::Tracked, _) => {
                format!("git rm -r --cached {}", pyve_plugin_api::Command::new(self.show(path)))
            }
            (_, Some(backend)) => {
                format!("check the settings of `{backend}` in `.pyve/config`, or report this to its author")
            }
            (_, None) => "name a directory inside of the project".to_owned(),
        }
    }
}

/// A file of the user's in the project that pyve writes a part of, behind links that stay in the project.
pub fn own_file(root: &Path, name: &str) -> Result<Entry, Failure> {
    let arrived = walk_to(root, name).and_then(there);
    arrived.map_err(|stopped| AllowedPaths::new(root, None).refused(&root.join(name), Use::Write, stopped))
}

/// Whether such a file is, or would be, in the project.
pub fn stays_inside(root: &Path, name: &str) -> Result<(), Failure> {
    let arrived = walk_to(root, name).map(drop);
    arrived.map_err(|stopped| AllowedPaths::new(root, None).refused(&root.join(name), Use::Write, stopped))
}

fn walk_to(root: &Path, name: &str) -> Result<Arrived, Stopped> {
    open(root)?.walk(Path::new(name), Missing::Stop, LastLink::Follow)
}

fn open(root: &Path) -> Result<Base, Stopped> {
    Base::open(root).map_err(|error| Stopped::System(root.to_owned(), error))
}

/// `~/.pyve`, which may be a link of the user's.
fn own_folder(home: &Path, missing: Missing) -> Result<Option<Base>, Stopped> {
    if missing == Missing::Create {
        ownership::make_folder(home).map_err(|error| Stopped::System(home.to_owned(), error))?;
    }
    if home.symlink_metadata().is_ok() { open(home).map(|base| Some(base.closed())) } else { Ok(None) }
}

fn there(arrived: Arrived) -> Result<Entry, Stopped> {
    let error = || std::io::Error::new(std::io::ErrorKind::NotFound, "its directory does not exist");
    arrived.entry.ok_or_else(|| Stopped::System(arrived.relative, error()))
}

/// A folder that holds a repository is none of pyve's.
fn no_repository(entry: Option<Entry>) -> Result<Option<Entry>, Stopped> {
    let holds = |entry: &Entry| {
        let folder = matches!(entry.metadata(), Ok(Some(metadata)) if metadata.is_dir());
        folder && entry.folder().symlink_metadata(Path::new(entry.name()).join(".git")).is_ok()
    };
    match entry {
        Some(entry) if holds(&entry) => Err(Rule::Git.into()),
        entry => Ok(entry),
    }
}

#[cfg(all(test, unix))]
#[path = "tests.rs"]
mod tests;
