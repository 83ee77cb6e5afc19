//! The folder of a project's state, reached without a link: whatever a checkout has in its place leads nowhere.

use std::path::{Path, PathBuf};

use pyve_plugin_api::OsText;

use crate::failure::Failure;
use crate::files::temporary::remove_stale;
use crate::project::Layout;

#[cfg(unix)]
#[path = "folder_unix.rs"]
mod system;
#[cfg(not(unix))]
#[path = "folder_others.rs"]
mod system;

/// The most bytes of a file of state.
pub const LIMIT: u64 = 16 << 20;

/// `.pyve/state`, or a folder in it.
#[derive(Debug)]
pub struct Folder {
    opened: system::Opened,
    path: PathBuf,
}

/// What came of reading a file.
#[derive(Debug)]
pub enum Content {
    Bytes(Vec<u8>),
    Absent,
    /// It is there and no file of pyve's; why, as half a sentence: `it is a named pipe`.
    Unfit(String),
}

impl Folder {
    /// `.pyve/state/<below>` as it is; `None` where there is none. A link in its place is a failure.
    pub fn find(layout: &Layout, below: Option<&str>) -> Result<Option<Self>, Failure> {
        Self::reach(layout, below, false)
    }

    /// The same, made where there is none.
    pub fn make(layout: &Layout, below: Option<&str>) -> Result<Self, Failure> {
        Self::reach(layout, below, true)?
            .ok_or_else(|| Failure::new("the directory of pyve's state vanished").passing())
    }

    /// A folder of pyve's own below `home`; `None` where there is none.
    pub fn find_at_home(home: &Path, names: &[&str]) -> Result<Option<Self>, Failure> {
        Self::below(home, names, false)
    }

    /// The same, made where there is none.
    pub fn make_at_home(home: &Path, names: &[&str]) -> Result<Self, Failure> {
        let made = Self::below(home, names, true)?;
        let folder = made.ok_or_else(|| Failure::new(format!("the directory `{}` does not exist", home.display())))?;
        // Who writes here removes what pyves that were killed left.
        [home, &folder.path].into_iter().for_each(remove_stale);
        Ok(folder)
    }

    fn reach(layout: &Layout, below: Option<&str>, make: bool) -> Result<Option<Self>, Failure> {
        let names: Vec<&str> = [Some(".pyve"), Some("state"), below].into_iter().flatten().collect();
        Self::below(layout.root(), &names, make)
    }

    fn below(root: &Path, names: &[&str], make: bool) -> Result<Option<Self>, Failure> {
        let mut path = root.to_owned();
        let Some(mut opened) = system::Opened::root(&path).map_err(|error| Failure::io("open", &path, &error))? else {
            return Ok(None);
        };
        for name in names {
            path.push(name);
            match step(&opened, name, root, &path, make)? {
                Some(next) => opened = next,
                None => return Ok(None),
            }
        }
        Ok(Some(Self { opened, path }))
    }

    /// A folder in this one as it is; `root` is the project's, for messages.
    pub fn inner(&self, root: &Path, name: &str) -> Result<Option<Self>, Failure> {
        let path = self.path.join(name);
        let opened = step(&self.opened, name, root, &path, false)?;
        Ok(opened.map(|opened| Self { opened, path }))
    }

    /// Reads a file of the folder that is a regular one of sane size.
    pub fn read(&self, name: &str) -> Content {
        self.opened.read(name, &self.path.join(name))
    }

    /// Replaces a file of the folder, whole or not at all, for the user alone to read.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.path.join(name);
        self.opened.write(name, &path, bytes).map_err(|error| Failure::io("write", &path, &error))
    }

    /// Opens a file of the folder for reading and writing, made where there is none.
    pub fn open_shared(&self, name: &str) -> Result<std::fs::File, Failure> {
        let path = self.path.join(name);
        self.opened.open_shared(name, &path).map_err(|error| {
            let failure = Failure::io("open", &path, &error);
            let unfit = not_regular(&path).map(|what| format!("it is {what}, not a regular file"));
            // Of a file with other names nothing is written, either: they would have it, too.
            let linked =
                || (error.kind() == std::io::ErrorKind::Other).then(|| "it has other names (hard links)".to_owned());
            match unfit.or_else(linked) {
                Some(why) => Failure::new(format!("could not open `{}`: {why}", path.display()))
                    .remedy("remove it")
                    .command_on(&["rm", "-r"], &path),
                None => failure.remedy("check that you may write to the project's directory"),
            }
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// The folder `name`, which is at `path`, in one that is open.
fn step(
    opened: &system::Opened,
    name: &str,
    root: &Path,
    path: &Path,
    make: bool,
) -> Result<Option<system::Opened>, Failure> {
    match opened.below(name, path, make) {
        // What this user may not read is as if it were not there.
        Err(error) if !make && error.kind() == std::io::ErrorKind::PermissionDenied => Ok(None),
        stepped => stepped.map_err(|error| refused(root, path, make, &error)),
    }
}

/// What stands at a place where a regular file, or else nothing, may be.
fn not_regular(path: &Path) -> Option<String> {
    let metadata = path.symlink_metadata().ok()?;
    if metadata.is_symlink() {
        let target = std::fs::read_link(path).unwrap_or_default();
        return Some(format!("a symbolic link to `{}`", target.display()));
    }
    if metadata.is_dir() {
        return Some("a directory".to_owned());
    }
    (!metadata.is_file()).then(|| "a pipe or a device".to_owned())
}

fn refused(root: &Path, path: &Path, make: bool, error: &std::io::Error) -> Failure {
    let shown = path.strip_prefix(root).unwrap_or(path).display().to_string();
    let metadata = path.symlink_metadata();
    let project = format!("project: {}", root.display());
    match metadata {
        Ok(metadata) if metadata.is_symlink() => {
            let target = std::fs::read_link(path).unwrap_or_default();
            Failure::new(format!("`{shown}` is a symbolic link to `{}`", target.display()))
                .detail("pyve's own directories must lie in the project itself")
                .detail(project)
                .remedy("remove the link")
                .command_on(&["rm"], path)
        }
        Ok(metadata) if !metadata.is_dir() => Failure::new(format!("`{shown}` is not a directory"))
            .detail(project)
            .remedy("move it away")
            .command([OsText::from("mv"), path.into(), format!("{}.old", path.display()).into()]),
        _ => Failure::io(if make { "create the directory" } else { "open" }, path, error),
    }
}
