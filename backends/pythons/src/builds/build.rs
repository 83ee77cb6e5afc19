//! A build that can be got, and which one a request means.

use std::path::{Path, PathBuf};

use pep440_rs::Version;
use pyve_formats::python_version::{Build, VersionRequest};
use pyve_formats::{sha256, sorted};
use pyve_plugin_api::{Download, Host};

use super::own::{self, MIRROR, OWN_URL};
use super::pinned::{RELEASES, Release};
use super::platform::Platform;
use crate::inventory;

const RELEASE_PAGES: &str = "https://github.com/astral-sh/python-build-standalone/releases/download";

/// The ending of the archives: programs and library without what only a debugger reads.
const KIND: &str = "install_only_stripped.tar.gz";

/// Real ones have 20 to 45 MB; anything far bigger is something else.
const SIZE_LIMIT: u64 = 256 << 20;

/// A build that can be got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonBuild {
    pub version: Version,
    pub platform: Platform,
    /// The hash of its archive.
    pub sha256: String,
    /// Where the archive is to be had: a URL, or the path that the user named.
    pub url: String,
    /// The variable of the user's that may name another place, or named this one.
    pub(super) variable: &'static str,
}

impl PythonBuild {
    /// All that are pinned for the platform, newest first.
    pub fn pinned(platform: Platform) -> Vec<Self> {
        RELEASES.iter().map(|release| Self::of(release, platform)).collect()
    }

    fn of(release: &Release, platform: Platform) -> Self {
        let version = Version::new(release.version);
        let (build, triple) = (release.build, platform.triple());
        Self {
            url: format!("{RELEASE_PAGES}/{build}/cpython-{version}%2B{build}-{triple}-{KIND}"),
            sha256: sha256::hex(&release.hashes[platform.0]),
            variable: MIRROR,
            version,
            platform,
        }
    }

    /// The best one that `spec` means and `allows` admits: the archive that the user names in `PYVE_PYTHON_URL`, if it is of
    /// such a version, else the newest that is pinned.
    ///
    /// # Errors
    ///
    /// In half a sentence why there is none: no build is made for this machine, or of that version.
    pub fn meant(spec: &VersionRequest, allows: &dyn Fn(&Version) -> bool, host: &dyn Host) -> Result<Self, String> {
        let platform = Platform::here()?;
        let fits = |version: &Version| spec.fits(&Build::usual(version.clone())) && allows(version);
        if let Some(own) = own::archive(platform, host, &fits) {
            return own;
        }
        let pinned = Self::pinned(platform);
        match pinned.iter().find(|build| fits(&build.version)) {
            Some(build) => Ok(build.clone()),
            None => Err(nothing(spec, pinned)),
        }
    }

    /// `3.13.15`
    pub fn name(&self) -> String {
        format!("cpython-{}-{}", self.version, self.platform)
    }

    /// The directory of the build in the one of pyve itself: `~/.pyve/pythons/cpython-3.13.15-linux-x86_64-gnu`.
    pub fn directory(&self, pyve: &Path) -> PathBuf {
        pyve.join(super::installed::DIRECTORY).join(self.name())
    }

    /// The interpreter, once it stands in `directory`; on Windows there is one name for it.
    pub fn interpreter(&self, directory: &Path) -> PathBuf {
        directory.join(self.program())
    }

    /// The interpreter's path in the archive.
    pub(super) fn program(&self) -> PathBuf {
        if self.platform.triple().contains("windows") {
            return "python.exe".into();
        }
        let build = Build::usual(self.version.clone());
        Path::new("bin").join(format!("python{}", build.series()))
    }

    /// What is fetched.
    pub fn download(&self) -> Download {
        Download::new(&self.url, &self.sha256, SIZE_LIMIT).mirror_variable(self.variable)
    }

    /// Whether it can be had without a network: from a file of the user's.
    pub fn is_local(&self, host: &dyn Host) -> bool {
        own::is_local(self.variable, host)
    }

    /// Whether it is the archive that the user named in `PYVE_PYTHON_URL`.
    pub fn is_own(&self) -> bool {
        self.variable == OWN_URL
    }
}

/// Why none is meant, with the nearest.
fn nothing(spec: &VersionRequest, mut pinned: Vec<PythonBuild>) -> String {
    match spec {
        VersionRequest::Named(name) => return format!("pyve has no build of {name}"),
        VersionRequest::FreeThreaded(_) => return "pyve has no build without the global interpreter lock".to_owned(),
        VersionRequest::System | VersionRequest::Folder(_) => return "pyve has no build of it".to_owned(),
        _ => {}
    }
    let wanted = inventory::release_of_request(spec);
    sorted::by_key(&mut pinned, |build| inventory::distance(build.version.release(), wanted.as_deref()));
    let nearest = pinned.first().map(|build| format!(", the nearest is {}", build.version));
    format!("pyve has no build of it{}", nearest.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use pyve_plugin_api::testing::FakeHost;

    use super::*;

    fn meant(text: &str) -> Result<String, String> {
        let spec = VersionRequest::parse(text).unwrap();
        PythonBuild::meant(&spec, &|_| true, &FakeHost::new()).map(|build| build.version.to_string())
    }

    #[test]
    fn a_request_means_the_newest_that_fits() {
        for (text, version) in [
            ("3.13", "3.13.15"),
            (">=3.11,<3.13", "3.12.14"),
            ("3", "3.14.7"),
            ("latest", "3.14.7"),
            ("3.9.25", "3.9.25"),
            ("cp310", "3.10.21"),
            ("~=3.11.2", "3.11.16"),
        ] {
            assert_eq!(meant(text).as_deref(), Ok(version), "{text}");
        }
        let below = |version: &Version| *version < Version::new([3, 12]);
        let spec = VersionRequest::parse(">=3.9").unwrap();
        let build = PythonBuild::meant(&spec, &below, &FakeHost::new()).unwrap();
        assert_eq!(build.version, Version::new([3, 11, 16]));
    }

    #[test]
    fn what_is_not_pinned_is_said_with_the_nearest() {
        for (text, why) in [
            ("3.12.1", "pyve has no build of it, the nearest is 3.12.14"),
            ("3.8", "pyve has no build of it, the nearest is 3.9.25"),
            ("3.15", "pyve has no build of it, the nearest is 3.14.7"),
            ("<3.9", "pyve has no build of it, the nearest is 3.9.25"),
            ("3.13t", "pyve has no build without the global interpreter lock"),
            ("pypy3.10", "pyve has no build of pypy3.10"),
        ] {
            assert_eq!(meant(text).unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn an_address_and_a_directory_tell_which_it_is() {
        let musl = Platform::named("linux-x86_64-musl").unwrap();
        let build = PythonBuild::pinned(musl).remove(1);
        assert_eq!(
            build.url,
            "https://github.com/astral-sh/python-build-standalone/releases/download/20260814/\
             cpython-3.13.15%2B20260814-x86_64-unknown-linux-musl-install_only_stripped.tar.gz"
        );
        assert_eq!(build.sha256, "cec161969cbd60f306c366066701a7ab2d40b78718e7d372281cabe5743423e6");
        let directory = build.directory(Path::new("/h"));
        assert_eq!(directory, Path::new("/h/pythons/cpython-3.13.15-linux-x86_64-musl"));
        assert_eq!(build.interpreter(&directory), directory.join("bin/python3.13"));
        let windows = PythonBuild::pinned(Platform::named("windows-x86_64-none").unwrap()).remove(5);
        assert_eq!(windows.interpreter(Path::new("/w")), Path::new("/w/python.exe"));
        assert_eq!(windows.sha256, "6898722ab4242e304daf1490e2545bee7e7befacef82a9362f9496c0ee616ece");
        assert_eq!(windows.name(), "cpython-3.9.25-windows-x86_64-none");
    }
}
