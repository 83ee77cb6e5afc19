//! The builds that stand in pyve's own directory.

use std::path::{Path, PathBuf};

use pep440_rs::Version;
use pyve_formats::python_version::{Build, minor_of, parse_installed};
use pyve_formats::sorted;

use super::build::PythonBuild;
use super::platform::Platform;
use crate::layout;

/// The directory of all, in the one of pyve itself.
pub const DIRECTORY: &str = "pythons";

/// What the host puts behind the name of a directory that is not whole.
pub const UNFINISHED: &str = ".pyve-";

/// A build that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    pub version: Version,
    /// The platform it is for, which is another one's where several machines share a home.
    pub platform: Platform,
    pub directory: PathBuf,
    pub interpreter: PathBuf,
}

impl Installed {
    /// The one in this directory; `None` where the name is not that of a build, or where it holds no interpreter.
    pub fn at(directory: &Path) -> Option<Self> {
        Self::called(directory).filter(|build| build.interpreter.is_file())
    }

    /// The same, whether or not it holds one.
    fn called(directory: &Path) -> Option<Self> {
        let (version, platform) = named(directory.file_name()?.to_str()?)?;
        let interpreter = layout::versioned_interpreter(directory, &Build::usual(version.clone()));
        Some(Self { version, platform, directory: directory.to_owned(), interpreter })
    }

    /// `cpython-3.13.15-linux-x86_64-gnu`
    pub fn name(&self) -> String {
        format!("cpython-{}-{}", self.version, self.platform)
    }

    /// The pinned release of the same series that is newer.
    pub fn newer(&self) -> Option<PythonBuild> {
        let is_newer =
            |build: &PythonBuild| minor_of(&build.version) == minor_of(&self.version) && build.version > self.version;
        PythonBuild::pinned(self.platform).into_iter().find(is_newer)
    }
}

/// All that stand below pyve's own directory, for whatever platform, newest first; reads one directory and starts nothing.
pub fn installed(pyve: &Path) -> Vec<Installed> {
    present(pyve).into_iter().filter(|build| build.interpreter.is_file()).collect()
}

/// The same with those that somebody damaged so that there is no interpreter.
pub fn present(pyve: &Path) -> Vec<Installed> {
    let entries = std::fs::read_dir(pyve.join(DIRECTORY)).into_iter().flatten().flatten();
    let mut found: Vec<Installed> = entries.filter_map(|entry| Installed::called(&entry.path())).collect();
    sorted::by(&mut found, |a, b| b.version.cmp(&a.version).then_with(|| a.directory.cmp(&b.directory)));
    found
}

/// What a pyve that was killed left of builds, or what one is at work on: where each would stand, and what there is of it.
pub fn unfinished(pyve: &Path) -> Vec<(PathBuf, PathBuf)> {
    let entries = std::fs::read_dir(pyve.join(DIRECTORY)).into_iter().flatten().flatten();
    let begun = |path: PathBuf| {
        let (name, _) = path.file_name()?.to_str()?.split_once(UNFINISHED)?;
        named(name)?;
        Some((path.with_file_name(name), path))
    };
    entries.filter_map(|entry| begun(entry.path())).collect()
}

/// Version and platform in the name of a build's directory: `cpython-3.13.15-linux-x86_64-gnu`.
pub fn named(name: &str) -> Option<(Version, Platform)> {
    let (version, platform) = name.strip_prefix("cpython-")?.split_once('-')?;
    Some((parse_installed(version)?, Platform::named(platform)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_with_an_interpreter_stand() {
        let pyve = tempfile::tempdir().unwrap();
        for name in [
            "cpython-3.9.25-linux-x86_64-gnu",
            "cpython-3.13.2-linux-x86_64-gnu",
            "cpython-3.13.15-linux-x86_64-musl",
            "cpython-3.13.15-linux-x86_64-gnu.pyve-new-x",
            "cpython-3.13.15-plan9-x86_64-none",
            "3.12.4",
        ] {
            let directory = pyve.path().join(DIRECTORY).join(name);
            let interpreter = layout::installed_interpreter(&directory);
            std::fs::create_dir_all(interpreter.parent().unwrap()).unwrap();
            std::fs::write(interpreter, "").unwrap();
        }
        std::fs::create_dir(pyve.path().join("pythons/cpython-3.11.16-linux-x86_64-gnu")).unwrap();
        let found = installed(pyve.path());
        let told: Vec<String> = found.iter().map(|it| format!("{} {}", it.version, it.platform)).collect();
        assert_eq!(told, ["3.13.15 linux-x86_64-musl", "3.13.2 linux-x86_64-gnu", "3.9.25 linux-x86_64-gnu"]);
        let newer: Vec<_> = found.iter().map(|it| it.newer().map(|build| build.name())).collect();
        assert_eq!(newer, [None, Some("cpython-3.13.15-linux-x86_64-gnu".to_owned()), None]);
        assert_eq!(installed(Path::new("/nowhere")), []);
    }
}
