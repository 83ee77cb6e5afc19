//! Where a requirement applies: PEP 508's markers and the platforms of conda's selectors.
//!
//! An environment file of conda can only tell platforms apart. A marker is tried on each of them, whatever it is
//! written with, so that `sys_platform`, `platform_system` and `os_name` are all understood.

use std::str::FromStr;

use pep440_rs::VersionSpecifiers;
use pep508_rs::{MarkerEnvironment, MarkerEnvironmentBuilder, MarkerTree};

use super::versions;
use crate::conda_platform;

/// A platform of conda, and what Python says there: its name, `os.name`, `sys.platform`, `platform.system()`, `platform.machine()`.
type Platform = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// Those that conda-forge has packages for.
const PLATFORMS: [Platform; 7] = [
    ("linux-64", "posix", "linux", "Linux", "x86_64"),
    ("linux-aarch64", "posix", "linux", "Linux", "aarch64"),
    ("linux-ppc64le", "posix", "linux", "Linux", "ppc64le"),
    ("osx-64", "posix", "darwin", "Darwin", "x86_64"),
    ("osx-arm64", "posix", "darwin", "Darwin", "arm64"),
    ("win-64", "nt", "win32", "Windows", "AMD64"),
    ("win-arm64", "nt", "win32", "Windows", "ARM64"),
];

/// Selectors that stand for several platforms, wider ones first.
const FAMILIES: [&str; 4] = ["unix", "linux", "osx", "win"];

/// The minor versions of Python 3 that packages still care about.
const MINORS: std::ops::RangeInclusive<u32> = 8..=15;

/// Where something applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applies {
    /// On every platform.
    Everywhere,
    /// On no platform with any Python that fits.
    Nowhere,
    /// Where one of these selectors fits: `linux`, `osx-arm64`.
    On(Vec<&'static str>),
}

/// Where a marker is true for each Python that fits `python`, specifiers of PEP 440; either is empty where it says nothing.
///
/// # Errors
///
/// Half a sentence where it is true for some of these Pythons only, which no environment file can say, or is no marker.
pub fn of_marker(marker: &str, python: &str) -> Result<Applies, String> {
    if marker.is_empty() {
        return Ok(Applies::Everywhere);
    }
    let python = VersionSpecifiers::from_str(python).map_err(|_| versions::none_of(python))?;
    let marker = &MarkerTree::from_str(marker).map_err(|_| format!("`{marker}` is no marker"))?;
    let fits = |minor: &u32| {
        let some = |patch: u32| format!("3.{minor}.{patch}").parse().is_ok_and(|version| python.contains(&version));
        (0..30).any(some)
    };
    let mut of_pythons = MINORS.filter(fits).map(|minor| where_true(marker, minor));
    let Some(first) = of_pythons.next() else { return Ok(Applies::Nowhere) };
    if of_pythons.any(|other| other != first) {
        return Err("it depends on the version of Python, which conda's environment files cannot ask for".to_owned());
    }
    Ok(match first.len() {
        0 => Applies::Nowhere,
        all if all == PLATFORMS.len() => Applies::Everywhere,
        _ => Applies::On(selectors(&first)),
    })
}

fn where_true(marker: &MarkerTree, minor: u32) -> Vec<&'static str> {
    let is_true = |platform: &&Platform| environment(platform, minor).is_some_and(|it| marker.evaluate(&it, &[]));
    PLATFORMS.iter().filter(is_true).map(|platform| platform.0).collect()
}

fn environment((_, os_name, sys_platform, system, machine): &Platform, minor: u32) -> Option<MarkerEnvironment> {
    let (short, full) = (format!("3.{minor}"), format!("3.{minor}.0"));
    MarkerEnvironment::try_from(MarkerEnvironmentBuilder {
        implementation_name: "cpython",
        implementation_version: &full,
        os_name,
        platform_machine: machine,
        platform_python_implementation: "CPython",
        platform_release: "",
        platform_system: system,
        platform_version: "",
        python_full_version: &full,
        python_version: &short,
        sys_platform,
    })
    .ok()
}

/// The fewest selectors that stand for these platforms.
fn selectors(platforms: &[&'static str]) -> Vec<&'static str> {
    let mut left = platforms.to_vec();
    let mut found = Vec::new();
    for family in FAMILIES {
        let members: Vec<&str> = PLATFORMS.iter().map(|it| it.0).filter(|it| is_in(family, it)).collect();
        if members.iter().all(|member| left.contains(member)) {
            left.retain(|platform| !is_in(family, platform));
            found.push(family);
        }
    }
    found.extend(left);
    found
}

fn is_in(selector: &str, platform: &str) -> bool {
    conda_platform::selected(selector, platform) == Some(true)
}

/// Where a requirement applies that has a marker and stands below a selector, each empty where it has none.
///
/// # Errors
///
/// Half a sentence where no marker tells the platforms of the selector.
pub fn marker(marker: &str, selector: &str) -> Result<String, String> {
    if selector.is_empty() {
        return Ok(marker.to_owned());
    }
    let of_platform = marker_of(selector).ok_or_else(|| format!("no marker tells the platform `{selector}`"))?;
    Ok(if marker.is_empty() { of_platform } else { format!("({marker}) and {of_platform}") })
}

/// A selector of an environment file as a marker; `None` for one that means no platform that a marker can tell.
///
/// ```
/// use pyve_formats::translation::applies::marker_of;
/// assert_eq!(marker_of("linux").as_deref(), Some("sys_platform == 'linux'"));
/// ```
pub fn marker_of(selector: &str) -> Option<String> {
    let of_system = |name: &str| format!("sys_platform == '{name}'");
    match selector {
        "unix" => Some("sys_platform != 'win32'".to_owned()),
        "linux" => Some(of_system("linux")),
        "osx" => Some(of_system("darwin")),
        "win" => Some(of_system("win32")),
        _ => {
            let (.., sys_platform, _, machine) = PLATFORMS.iter().find(|platform| platform.0 == selector)?;
            Some(format!("{} and platform_machine == '{machine}'", of_system(sys_platform)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(marker: &str, python: &str) -> Result<Applies, String> {
        of_marker(marker, python)
    }

    #[test]
    fn markers_of_platforms_are_selectors_however_they_are_written() {
        for (marker, selectors) in [
            ("sys_platform == 'linux'", vec!["linux"]),
            ("platform_system == 'Darwin'", vec!["osx"]),
            ("os_name == 'nt'", vec!["win"]),
            ("sys_platform != 'win32'", vec!["unix"]),
            ("os_name == 'posix'", vec!["unix"]),
            ("sys_platform == 'linux' and platform_machine == 'x86_64'", vec!["linux-64"]),
            ("platform_machine == 'arm64'", vec!["osx-arm64"]),
            ("sys_platform == 'win32' or sys_platform == 'linux'", vec!["linux", "win"]),
            ("platform_machine == 'x86_64'", vec!["linux-64", "osx-64"]),
            ("sys_platform == 'darwin' and python_version >= '3'", vec!["osx"]),
        ] {
            assert_eq!(on(marker, ""), Ok(Applies::On(selectors)), "{marker}");
        }
    }

    #[test]
    fn markers_of_pythons_are_decided_by_the_pythons_that_fit() {
        assert_eq!(on("python_version >= '3'", ""), Ok(Applies::Everywhere));
        assert_eq!(on("python_version < '3'", ""), Ok(Applies::Nowhere));
        assert_eq!(on("python_version < '3.11'", ">=3.11"), Ok(Applies::Nowhere));
        assert_eq!(on("python_version < '3.11'", "==3.10.*"), Ok(Applies::Everywhere));
        assert_eq!(on("implementation_name == 'cpython'", ""), Ok(Applies::Everywhere));
        assert_eq!(on("extra == 'test'", ""), Ok(Applies::Nowhere));
        let why = "it depends on the version of Python, which conda's environment files cannot ask for";
        assert_eq!(on("python_version < '3.11'", ">=3.9").unwrap_err(), why);
    }

    #[test]
    fn each_selector_comes_back_from_its_marker() {
        for selector in FAMILIES.into_iter().chain(PLATFORMS.map(|platform| platform.0)) {
            let marker = marker_of(selector).unwrap();
            assert_eq!(on(&marker, ""), Ok(Applies::On(vec![selector])), "{marker}");
        }
        assert_eq!(marker_of("bsd"), None);
        assert_eq!(
            marker("os_name == 'nt' or extra == 'x'", "osx").as_deref(),
            Ok("(os_name == 'nt' or extra == 'x') and sys_platform == 'darwin'")
        );
        assert_eq!(marker("", "bsd").unwrap_err(), "no marker tells the platform `bsd`");
    }
}
