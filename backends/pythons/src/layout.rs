//! Where a Python installation keeps its interpreter, by platform.

use std::path::{Path, PathBuf};

use pyve_formats::python_version::Build;

/// The interpreter of an installation; the name tried first if none is there.
pub fn installed_interpreter(folder: &Path) -> PathBuf {
    let names: &[&str] =
        if cfg!(windows) { &["python.exe", "bin/python.exe"] } else { &["bin/python", "bin/python3", "bin/pypy3"] };
    let mut paths = names.iter().map(|name| folder.join(name));
    paths.clone().find(|path| path.is_file()).or_else(|| paths.next()).unwrap_or_default()
}

/// The interpreter of the installation at `prefix` by its full name: `bin/python3.12`, `bin/python3.13t`.
pub fn versioned_interpreter(prefix: &Path, build: &Build) -> PathBuf {
    if cfg!(windows) {
        return prefix.join("python.exe");
    }
    let versioned = prefix.join("bin").join(format!("python{}", build.series()));
    if versioned.is_file() { versioned } else { installed_interpreter(prefix) }
}

/// Whether the interpreter at `path` belongs to a virtual environment, and to which.
pub fn environment_of(path: &Path) -> Option<&Path> {
    let folder = path.parent()?;
    [folder.parent()?, folder].into_iter().find(|prefix| prefix.join("pyvenv.cfg").is_file())
}
