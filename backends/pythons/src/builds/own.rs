//! Where the user says that builds are to be had: a mirror of the releases, or one archive of their own.

use std::path::{Path, PathBuf};

use pep440_rs::Version;
use pyve_formats::{python_version, sha256};
use pyve_plugin_api::Host;

use super::build::PythonBuild;
use super::platform::Platform;

/// Names a URL or a directory in place of the releases' own, by the rule of
/// [`Download::mirror_variable`](pyve_plugin_api::Download::mirror_variable).
pub const MIRROR: &str = "PYVE_PYTHON_MIRROR";

/// Names one archive, pinned or not; what it is, its file name says.
pub const OWN_URL: &str = "PYVE_PYTHON_URL";

/// The hash of that archive.
const OWN_HASH: &str = "PYVE_PYTHON_SHA256";

/// The user's own archive, if there is one and its version fits; on error in half a sentence why it is not taken.
pub fn archive(
    platform: Platform,
    host: &dyn Host,
    fits: &dyn Fn(&Version) -> bool,
) -> Option<Result<PythonBuild, String>> {
    let url = text(OWN_URL, host)?;
    let Some((version, triple)) = named(&url) else {
        return Some(Err(format!(
            "`{OWN_URL}` does not end in the name of a build, such as `cpython-3.13.1+20260814-{}-install_only.tar.gz`",
            platform.triple()
        )));
    };
    if !fits(&version) {
        return None;
    }
    if triple != platform.triple() {
        return Some(Err(format!("`{OWN_URL}` names a build for {triple}, and this machine is {}", platform.triple())));
    }
    let hash = match text(OWN_HASH, host) {
        Some(hash) => sha256::parse(&hash).ok_or_else(|| format!("`{OWN_HASH}` is no SHA-256")),
        None => pinned(&version, &url, platform)
            .ok_or_else(|| format!("`{OWN_HASH}` is not set: the hash of the archive at `{OWN_URL}`")),
    };
    Some(hash.map(|sha256| PythonBuild { version, platform, sha256, url, variable: OWN_URL }))
}

/// Whether what the variable names is on this computer.
pub fn is_local(variable: &str, host: &dyn Host) -> bool {
    text(variable, host).is_some_and(|value| value.starts_with("file:") || Path::new(&value).is_absolute())
}

/// A file that is one of those that are pinned needs no hash of its own.
fn pinned(version: &Version, url: &str, platform: Platform) -> Option<String> {
    let found = PythonBuild::pinned(platform).into_iter().find(|build| build.version == *version)?;
    (file_name(&found.url) == file_name(url)).then_some(found.sha256)
}

/// Version and platform in the name of an archive: `cpython-3.13.1+20260814-x86_64-unknown-linux-gnu-install_only.tar.gz`.
fn named(url: &str) -> Option<(Version, String)> {
    let name = file_name(url);
    let name = name.strip_prefix("cpython-")?.strip_suffix(".tar.gz")?;
    let (version, rest) = name.split_once('+')?;
    let (build, rest) = rest.split_once('-')?;
    let triple = rest.strip_suffix("-install_only_stripped").or_else(|| rest.strip_suffix("-install_only"))?;
    let is_day = build.len() == 8 && build.bytes().all(|digit| digit.is_ascii_digit());
    let version = python_version::parse_installed(version).filter(|version| version.release().len() == 3)?;
    is_day.then(|| (version, triple.to_owned()))
}

fn file_name(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit(['/', std::path::MAIN_SEPARATOR]).next().unwrap_or_default();
    name.replace("%2B", "+").replace("%2b", "+")
}

fn text(variable: &str, host: &dyn Host) -> Option<String> {
    let value = host.variable(variable).map(PathBuf::from)?;
    value.to_str().map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use pyve_plugin_api::testing::FakeHost;

    use super::*;

    const HASH: &str = "cec161969cbd60f306c366066701a7ab2d40b78718e7d372281cabe5743423e6";

    fn told(url: &str, hash: &str, version: &str) -> Option<Result<String, String>> {
        let host = FakeHost::new().variable(OWN_URL, url).variable(OWN_HASH, hash);
        let musl = Platform::named("linux-x86_64-musl").unwrap();
        let own = archive(musl, &host, &|it| it.to_string().starts_with(version))?;
        Some(own.map(|build| format!("{} {}", build.version, &build.sha256[..4])))
    }

    #[test]
    fn a_file_name_tells_what_the_archive_is() {
        let name = "cpython-3.12.1+20240107-x86_64-unknown-linux-musl-install_only.tar.gz";
        let zeros = "0".repeat(64);
        for place in ["/srv/", "https://me:pw@mirror.example/20240107/", "file:///srv/"] {
            assert_eq!(told(&format!("{place}{name}"), &zeros, "3.12"), Some(Ok("3.12.1 0000".to_owned())));
        }
        let escaped = format!("https://h/{}?signed=a/b", name.replace('+', "%2B"));
        assert_eq!(told(&escaped, &zeros, "3.12"), Some(Ok("3.12.1 0000".to_owned())));
        assert_eq!(told(&escaped, &zeros, "3.13"), None, "it is not what is asked for");
        assert_eq!(told("", &zeros, "3.13"), None);
    }

    #[test]
    fn a_hash_is_pinned_or_named() {
        let pinned = PythonBuild::pinned(Platform::named("linux-x86_64-musl").unwrap()).remove(1);
        assert_eq!(told(&pinned.url, "", "3.13"), Some(Ok(format!("3.13.15 {}", &HASH[..4]))));
        let other = "/srv/cpython-3.13.15+20270101-x86_64-unknown-linux-musl-install_only_stripped.tar.gz";
        let why = "`PYVE_PYTHON_SHA256` is not set: the hash of the archive at `PYVE_PYTHON_URL`";
        assert_eq!(told(other, "", "3.13"), Some(Err(why.to_owned())));
        assert_eq!(told(other, "abc", "3.13"), Some(Err("`PYVE_PYTHON_SHA256` is no SHA-256".to_owned())));
    }

    #[test]
    fn another_platform_and_another_name_are_told() {
        let windows = "/srv/cpython-3.13.1+20240107-x86_64-pc-windows-msvc-install_only.tar.gz";
        assert_eq!(
            told(windows, HASH, "3.13").unwrap().unwrap_err(),
            "`PYVE_PYTHON_URL` names a build for x86_64-pc-windows-msvc, and this machine is x86_64-unknown-linux-musl"
        );
        for odd in
            ["/srv/python.tar.gz", "/srv/cpython-3.13+20240107-a-install_only.tar.gz", "/srv/cpython-3.13.1.tar.gz"]
        {
            let why = told(odd, HASH, "3").unwrap().unwrap_err();
            assert!(why.starts_with("`PYVE_PYTHON_URL` does not end in the name of a build, such as "), "{why}");
        }
    }

    #[test]
    fn a_file_needs_no_network() {
        let host = FakeHost::new().variable(MIRROR, "/srv/builds").variable(OWN_URL, "https://h/x");
        assert!(is_local(MIRROR, &host) && !is_local(OWN_URL, &host) && !is_local(OWN_HASH, &host));
        assert!(is_local(MIRROR, &FakeHost::new().variable(MIRROR, "file:///srv")));
    }
}
