//! A name in a folder that is open: what is done to it happens in that folder, whatever becomes of the path meanwhile.

use std::ffi::{OsStr, OsString};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, DirBuilder, Metadata};

/// Letters that make a name one that nothing has.
pub fn random() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

/// A file or folder, there or not, in a folder that is there.
#[derive(Debug)]
pub struct Entry {
    folder: Dir,
    name: OsString,
    path: PathBuf,
    /// Whether a link of that name led here.
    linked: bool,
    /// The root of the project that it is in.
    root: Option<Dir>,
}

impl Entry {
    /// `name` in `folder`; `path` is for messages, and for programs that know nothing but paths.
    pub fn new(folder: Dir, name: impl Into<OsString>, path: impl Into<PathBuf>) -> Self {
        Self { folder, name: name.into(), path: path.into(), linked: false, root: None }
    }

    /// A path of the user's own, outside of any project: links on the way are followed.
    pub fn anywhere(path: &Path) -> io::Result<Self> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = path.file_name().ok_or_else(|| io::Error::from(ErrorKind::IsADirectory))?;
        Ok(Self::new(Dir::open_ambient_dir(folder, ambient_authority())?, name, path))
    }

    /// What has the name in the project's root, a link as a link.
    pub fn in_project(root: &Path, name: &str) -> io::Result<Self> {
        let folder = Dir::open_ambient_dir(root, ambient_authority())?;
        Ok(Self::new(folder.try_clone()?, name, root.join(name)).of_project(Ok(folder)))
    }

    /// Says whether a link of its name led here.
    pub fn linked(mut self, linked: bool) -> Self {
        self.linked = linked;
        self
    }

    /// Whether a link of its name led here: the file stays then, even an empty one.
    pub fn is_linked(&self) -> bool {
        self.linked
    }

    /// Says in which project it is.
    pub fn of_project(mut self, root: io::Result<Dir>) -> Self {
        self.root = root.ok();
        self
    }

    /// The folder for files that are not finished: `.pyve/state`, where it is a real one.
    pub fn scratch(&self) -> Option<Dir> {
        let mut folder = self.root.as_ref()?.try_clone().ok()?;
        for name in [crate::project::FOLDER, "state"] {
            folder.symlink_metadata(name).ok().filter(Metadata::is_dir)?;
            folder = folder.open_dir(name).ok()?;
        }
        Some(folder)
    }

    /// Where it is, without the links that led there.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn folder(&self) -> &Dir {
        &self.folder
    }

    pub fn name(&self) -> &OsStr {
        &self.name
    }

    /// What has the name, a link as a link; `None` where nothing has it.
    pub fn metadata(&self) -> io::Result<Option<Metadata>> {
        match self.folder.symlink_metadata(&self.name) {
            Ok(metadata) => Ok(Some(metadata)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether anything has the name, or nobody can tell.
    pub fn exists(&self) -> bool {
        !matches!(self.metadata(), Ok(None))
    }

    /// Whether it is a folder in which there is nothing.
    pub fn is_empty_folder(&self) -> bool {
        let folder = matches!(self.metadata(), Ok(Some(metadata)) if metadata.is_dir());
        folder && self.folder.read_dir(&self.name).is_ok_and(|mut entries| entries.next().is_none())
    }

    /// Another name in the same folder.
    pub fn beside(&self, name: impl Into<OsString>) -> io::Result<Self> {
        let name = name.into();
        let path = self.path.with_file_name(&name);
        let root = self.root.as_ref().and_then(|root| root.try_clone().ok());
        Ok(Self { root, ..Self::new(self.folder.try_clone()?, name, path) })
    }

    /// What in the same folder has a name that begins so, by name.
    pub fn beginning_with(&self, start: &OsStr) -> io::Result<Vec<Self>> {
        let mut names = Vec::new();
        for entry in self.folder.entries()? {
            names.push(entry?.file_name());
        }
        names.retain(|name| name.as_encoded_bytes().starts_with(start.as_encoded_bytes()));
        names.sort();
        names.into_iter().map(|name| self.beside(name)).collect()
    }

    /// Creates a folder for this user alone in the same folder; its name begins so and has a random end.
    pub fn create_folder_beside(&self, start: &OsStr) -> io::Result<Self> {
        let builder = for_this_user();
        loop {
            let mut name = start.to_owned();
            name.push(random());
            match self.folder.create_dir_with(&name, &builder) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                created => return created.and_then(|()| self.beside(name)),
            }
        }
    }

    /// The names in the folder that this is.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        self.folder.read_dir(&self.name)?.map(|entry| entry.map(|entry| entry.file_name())).collect()
    }

    /// A name in the folder that this is.
    pub fn inner(&self, name: &str) -> io::Result<Self> {
        Ok(Self::new(self.folder.open_dir(&self.name)?, name, self.path.join(name)))
    }

    /// Gives what is here the name that `to` is; as the system does it, an empty folder of that name makes place.
    pub fn rename(&self, to: &Self) -> io::Result<()> {
        self.folder.rename(&self.name, &to.folder, &to.name)
    }

    pub fn create_folder(&self) -> io::Result<()> {
        self.create_folder_as(&DirBuilder::new())
    }

    /// The same with a mode of its own.
    pub fn create_folder_as(&self, builder: &DirBuilder) -> io::Result<()> {
        match self.folder.create_dir_with(&self.name, builder) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && self.folder.is_dir(&self.name) => Ok(()),
            created => created,
        }
    }

    /// Gives the folder another time of change, and nothing else.
    pub fn touch(&self) -> io::Result<()> {
        self.folder.set_permissions(&self.name, self.folder.symlink_metadata(&self.name)?.permissions())
    }

    /// Removes it: a folder with all it holds, a link as a link. Says whether there was anything.
    pub fn remove(&self) -> io::Result<bool> {
        let removed = match self.metadata()? {
            None => return Ok(false),
            Some(metadata) if metadata.is_dir() => self.folder.remove_dir_all(&self.name),
            Some(_) => self.folder.remove_file(&self.name),
        };
        match removed {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            removed => removed.map(|()| true),
        }
    }
}

/// How a folder is created that is for this user alone. On Windows it has the access list of the folder it is in.
fn for_this_user() -> DirBuilder {
    #[cfg(unix)]
    {
        use cap_std::fs::DirBuilderExt;
        let mut builder = DirBuilder::new();
        builder.mode(0o700);
        builder
    }
    #[cfg(not(unix))]
    DirBuilder::new()
}
