//! Where a virtual environment keeps things, by platform.

use std::path::{Path, PathBuf};

use pyve_formats::python_version::Series;
pub use pyve_formats::scripts::PROGRAMS;
pub use pyve_pythons::environment_of;

/// The interpreter inside an environment.
pub fn interpreter(prefix: &Path) -> PathBuf {
    prefix.join(PROGRAMS).join(if cfg!(windows) { "python.exe" } else { "python" })
}

/// The same under the other name that every environment has for it; Windows has none.
pub fn other_name(prefix: &Path) -> Option<PathBuf> {
    (!cfg!(windows)).then(|| prefix.join(PROGRAMS).join("python3"))
}

/// The folder of packages inside an environment made with Python `minor`.
pub fn site_packages(prefix: &Path, minor: (u64, u64)) -> PathBuf {
    if cfg!(windows) {
        return prefix.join("Lib").join("site-packages");
    }
    let lib = prefix.join("lib");
    let named = |name: &str| lib.join(name).join("site-packages");
    let (major, minor) = minor;
    // A build without the global lock has a folder of its own.
    let others = [format!("pypy{major}.{minor}"), format!("python{major}.{minor}t")];
    let other = others.iter().map(|name| named(name)).find(|folder| folder.is_dir());
    other.unwrap_or_else(|| named(&format!("python{major}.{minor}")))
}

/// Whether the folder of packages `lib/python3.13t/site-packages` is one of a build without the global lock.
pub fn is_free_threaded(site_packages: &Path) -> bool {
    let name = site_packages.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    name.and_then(Series::of_program).is_some_and(|series| series.free_threaded)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_python_has_its_own_folder_of_packages() {
        let prefix = tempfile::tempdir().unwrap();
        let folder = || site_packages(prefix.path(), (3, 13)).strip_prefix(prefix.path()).unwrap().to_owned();
        assert_eq!(folder(), Path::new("lib/python3.13/site-packages"));
        for python in ["python3.13t", "pypy3.13"] {
            let packages = Path::new("lib").join(python).join("site-packages");
            std::fs::create_dir_all(prefix.path().join(&packages)).unwrap();
            assert_eq!(folder(), packages);
        }
    }
}
