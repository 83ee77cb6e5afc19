//! A build is removed: first it loses its name, so that nobody takes a half of it for a Python.

use std::fs;
use std::io;
use std::path::Path;

use pyve_pythons::builds::{self, Installed};

use crate::failure::Failure;
use crate::files::allowed_paths::Entry;
use crate::files::{lock_file, ownership};
use crate::steps::{alone, unfinished};
use crate::ui::Console;

/// Removes the build, unless somebody did meanwhile; says whether it was there. `agreed` is asked once nobody else can change
/// it.
pub fn remove(
    build: &Installed,
    home: &Path,
    console: &Console,
    agreed: &dyn Fn() -> Result<(), Failure>,
) -> Result<bool, Failure> {
    let directory = &build.directory;
    let cannot = |error: io::Error| Failure::io("remove", directory, &error);
    let entry = Entry::anywhere(directory).map_err(cannot)?;
    let archive = builds::archive(directory, home);
    ownership::make_folder(archive.parent().unwrap_or(home)).map_err(cannot)?;
    let _lock = alone(&archive, console, &format!("Remove CPython {}", build.version))?;
    match entry.metadata().map_err(cannot)? {
        None => return Ok(false),
        Some(metadata) if metadata.is_dir() => {}
        Some(_) => {
            return Err(Failure::new(format!(
                "could not remove `{}`: it is a link to somewhere else",
                directory.display()
            ))
            .remedy("remove it yourself")
            .command_on(&["rm"], directory));
        }
    }
    agreed()?;
    let nameless = unfinished(&entry).map_err(cannot)?;
    entry.rename(&nameless).map_err(cannot)?;
    nameless.remove().map_err(|error| {
        Failure::io("remove", nameless.path(), &error).remedy("close the programs that use it, then remove it yourself")
    })?;
    Ok(true)
}

/// Removes what was left of builds by a pyve that was killed while it removed or unpacked them, and that none is at work on.
pub fn sweep(home: &Path) {
    for (directory, left) in builds::unfinished(home) {
        let mut lock = builds::archive(&directory, home).into_os_string();
        lock.push(".lock");
        let lock = lock_file::open(Path::new(&lock));
        if lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(left);
        }
    }
}
