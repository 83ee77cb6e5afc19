//! `conda-lock.yml`, version 1: what it locks for this platform, and what would fail or be passed over in silence.

use std::collections::BTreeMap;
use std::path::Path;

use pyve_formats::Written;
use pyve_formats::conda_lock::{CondaLock, LockedPackage};
use pyve_formats::conda_platform;
use pyve_formats::conflict_markers;
use pyve_plugin_api::Error;

use crate::pyve;
use crate::relock::{self, Relock};
use crate::unusable::{Unusable, Why};
use crate::yaml;

/// The ending by which micromamba knows a lock file; under any other name it is read as an environment file.
pub const ENDING: &str = "-lock.yml";

/// A lock file that micromamba can make this platform's environment from.
#[derive(Clone, Debug, Default)]
pub struct Lock {
    /// As written: addresses or names.
    pub channels: Vec<String>,
    /// The packages of this platform in the categories that are installed.
    pub packages: Vec<Locked>,
    /// The names of those in other categories only, each with its category.
    apart: Vec<(String, String)>,
    /// What writes it again.
    pub relock: Relock,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Locked {
    /// In lower case.
    pub name: String,
    pub version: String,
    /// From the address; empty if it does not say.
    pub build: String,
    /// Whether pip installs it.
    pub pip: bool,
}

impl Lock {
    /// Reads and checks the file at `path`, called `file` in messages. `spec` is what it is made from where it does not say;
    /// of its packages those in one of the `categories` are installed.
    pub fn read(path: &Path, file: &str, spec: &str, categories: &[&str]) -> Result<Self, Unusable> {
        Self::parse(&yaml::read(path, file)?, file, spec, &conda_platform::current(), categories)
    }

    pub fn parse(text: &str, file: &str, spec: &str, platform: &str, categories: &[&str]) -> Result<Self, Unusable> {
        if let Some(line) = conflict_markers::first(text) {
            let error = Error::new(format!("{file}:{line}: merge conflict")).remedy(&pyve(&["lock"]));
            return Err(Unusable::content(file, error));
        }
        let root = yaml::parse(text, file)?;
        let lock = root.as_ref().map(CondaLock::read).unwrap_or_default();
        let relock = Relock::like(&lock, spec, platform);
        let again = relock.command();
        let unusable = |error: Error| Unusable::content(file, error.remedy(&again));
        let elsewhere = || {
            Unusable::new(
                file,
                Why::OtherPlatform,
                other_platform(file, platform, relock::platforms(&lock)).remedy(&again),
            )
        };
        if root.is_none() {
            return Err(unusable(Error::new(format!("{file} is empty, so the environment would be empty too"))));
        }
        check_version(lock.version.as_ref(), file).map_err(unusable)?;
        if !lock.platforms.is_empty() && !lock.platforms.iter().any(|name| name == platform) {
            return Err(elsewhere());
        }
        let Some(items) = &lock.packages else {
            return Err(unusable(Error::new(format!("{file} has no list 'package', so it locks nothing"))));
        };
        let here: Vec<&LockedPackage> = items.iter().filter(|item| item.is_for(platform)).collect();
        if here.is_empty() {
            return Err(elsewhere());
        }
        let (mine, others): (Vec<_>, Vec<_>) = here.into_iter().partition(|item| categories.contains(&item.category()));
        if mine.is_empty() {
            let error = other_category(file, platform, categories, &others);
            return Err(Unusable::new(file, Why::OtherCategory, error));
        }
        check(mine.iter().copied(), file).map_err(unusable)?;
        let packages: Vec<Locked> =
            mine.into_iter().map(|item| locked(item, file)).collect::<Result<_, Error>>().map_err(unusable)?;
        let apart = others
            .into_iter()
            .filter_map(|item| Some((item.name.as_ref()?.to_ascii_lowercase(), item.category().to_owned())));
        Ok(Self { apart: apart.collect(), channels: lock.channels, packages, relock })
    }

    /// The category of a package that is locked, but not among what is installed; `same` compares names.
    pub fn category_of(&self, same: impl Fn(&str) -> bool) -> Option<&str> {
        self.apart.iter().find(|(name, _)| same(name)).map(|(_, category)| category.as_str())
    }

    /// The locked package of this name.
    pub fn package(&self, name: &str) -> Option<&Locked> {
        self.packages.iter().find(|package| package.name == name && !package.pip)
    }
}

/// Whether micromamba will read a file of this name as a lock.
pub fn is_lock_name(file: &str) -> bool {
    file.ends_with(ENDING)
}

fn check_version(said: Option<&Written>, file: &str) -> Result<(), Error> {
    match said {
        Some(Written { text, .. }) if text == "1" => Ok(()),
        Some(Written { text, line }) => {
            let what = format!("{file}:{line}: lock files of version '{text}' cannot be read, only those of 1");
            Err(Error::new(what))
        }
        None => Err(Error::new(format!("{file} does not say its version, so it is not a conda-lock file"))),
    }
}

fn other_platform(file: &str, platform: &str, mut names: Vec<&str>) -> Error {
    names.retain(|name| *name != platform);
    names.sort_unstable();
    let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Error::new(format!("{file} locks nothing for {platform}; the platforms it is made for: {known}"))
        .detail("micromamba would make an empty environment of it and call that a success")
}

/// What is locked for this platform is in categories that nobody asked for.
fn other_category(file: &str, platform: &str, categories: &[&str], others: &[&LockedPackage]) -> Error {
    let mut known: Vec<&str> = others.iter().map(|item| item.category()).collect();
    known.sort_unstable();
    known.dedup();
    let said = format!(
        "{file} locks nothing of the category {} for {platform}; what it locks there is of: {}",
        categories.join(", "),
        known.join(", ")
    );
    let choice = known.iter().flat_map(|category| ["--category", category]);
    Error::new(said)
        .detail("micromamba would make an empty environment of it and call that a success")
        .remedy(&pyve(&["init"]).args(choice))
}

fn locked(item: &LockedPackage, file: &str) -> Result<Locked, Error> {
    let (name, version) = checked(item, file)?;
    Ok(Locked {
        name: name.to_ascii_lowercase(),
        version: version.to_owned(),
        build: item.build(),
        pip: item.is_by_pip(),
    })
}

/// Looks at every entry for what makes it unusable, and for two that say the same.
pub fn check<'a>(items: impl IntoIterator<Item = &'a LockedPackage>, file: &str) -> Result<(), Error> {
    let mut seen: BTreeMap<(bool, &str, &str, &str), usize> = BTreeMap::new();
    for item in items {
        let (name, _) = checked(item, file)?;
        let platform =
            item.platform.as_deref().ok_or_else(|| at(item, file, &format!("the locked '{name}' has no platform")))?;
        let key = (item.is_by_pip(), name, platform, item.category());
        if let Some(first) = seen.insert(key, item.line) {
            return Err(at(item, file, &format!("'{name}' is locked for {platform} already on line {first}")));
        }
    }
    Ok(())
}

fn at(item: &LockedPackage, file: &str, what: &str) -> Error {
    Error::new(format!("{file}:{}: {what}", item.line))
}

/// The name and version of an entry that can be installed.
fn checked<'a>(item: &'a LockedPackage, file: &str) -> Result<(&'a str, &'a str), Error> {
    let broken = |what: String| at(item, file, &what);
    let name = item.name.as_deref().ok_or_else(|| broken("a locked package has no name".to_owned()))?;
    // A name becomes part of a path.
    if name.is_empty() || name.contains("..") || name.contains(|c: char| !(c.is_alphanumeric() || "._-".contains(c))) {
        return Err(broken(format!("'{name}' cannot be the name of a package")));
    }
    let version = item.version.as_deref().ok_or_else(|| broken(format!("the locked '{name}' has no version")))?;
    if item.url.is_none() {
        return Err(broken(format!("the locked '{name}' has no url")));
    }
    if item.sha256.is_none() && item.md5.is_none() {
        return Err(broken(format!("the locked '{name}' has no sha256, so its download could not be verified")));
    }
    Ok((name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "366cd9cd8be14df1ab8ed50352a82111082a36686b2d389fdb79a92c3fafb3e3";

    fn refused(text: &str) -> String {
        crate::shown(&Lock::parse(text, "conda-lock.yml", "environment.yml", "linux-64", &["main"]).unwrap_err().error)
    }

    fn package(more: &str) -> String {
        format!("version: 1\npackage:\n  - name: Hello\n    platform: linux-64\n{more}")
    }

    #[test]
    fn the_packages_of_this_platform_are_read() {
        let text = format!(
            "version: 1\nmetadata:\n  channels:\n    - url: conda-forge\n    - other\n  platforms: [linux-64, osx-64]\npackage:\n  \
             - {{name: Hello, version: '1.0', manager: conda, platform: linux-64, url: https://h/hello-1.0-py3_0.conda, hash: {{sha256: {SHA}}}}}\n  \
             - {{name: dev, version: '1', manager: conda, platform: linux-64, category: dev, url: u}}\n  \
             - {{name: mac, version: '1', manager: conda, platform: osx-64, url: u}}\n  \
             - {{name: req, version: '2', manager: pip, platform: linux-64, url: u, hash: {{sha256: {SHA}}}}}\n"
        );
        let parse =
            |categories: &[&str]| Lock::parse(&text, "conda-lock.yml", "environment.yml", "linux-64", categories);
        let lock = parse(&["main"]).unwrap();
        assert_eq!(lock.channels, ["conda-forge", "other"]);
        let locked = |name: &str, version: &str, build: &str, pip| Locked {
            name: name.into(),
            version: version.into(),
            build: build.into(),
            pip,
        };
        assert_eq!(lock.packages, [locked("hello", "1.0", "py3_0", false), locked("req", "2", "", true)]);
        assert_eq!(
            (lock.category_of(|name| name == "dev"), lock.category_of(|name| name == "mac")),
            (Some("dev"), None)
        );
        assert!(parse(&["main", "dev"]).is_err(), "what is not installed is not checked");
        insta::assert_snapshot!(crate::shown(&parse(&["docs"]).unwrap_err().error), @"
        conda-lock.yml locks nothing of the category docs for linux-64; what it locks there is of: dev, main
          micromamba would make an empty environment of it and call that a success
        => run `pyve init --category dev --category main`
        ");
    }

    #[test]
    fn a_lock_that_cannot_be_used_says_how_to_make_one() {
        insta::assert_snapshot!(refused(""), @"
        conda-lock.yml is empty, so the environment would be empty too
        => run `conda-lock -f environment.yml -p linux-64`
        ");
        insta::assert_snapshot!(refused("dependencies: []\n"), @"
        conda-lock.yml does not say its version, so it is not a conda-lock file
        => run `conda-lock -f environment.yml -p linux-64`
        ");
        insta::assert_snapshot!(refused("version: 9\n"), @"
        conda-lock.yml:1: lock files of version '9' cannot be read, only those of 1
        => run `conda-lock -f environment.yml -p linux-64`
        ");
        insta::assert_snapshot!(refused("version: 1\n"), @"
        conda-lock.yml has no list 'package', so it locks nothing
        => run `conda-lock -f environment.yml -p linux-64`
        ");
        insta::assert_snapshot!(refused("version: 1\nmetadata:\n  platforms: [osx-arm64, osx-64]\npackage: []\n"), @"
        conda-lock.yml locks nothing for linux-64; the platforms it is made for: osx-64, osx-arm64
          micromamba would make an empty environment of it and call that a success
        => run `conda-lock -f environment.yml -p osx-arm64 -p osx-64 -p linux-64`
        ");
        insta::assert_snapshot!(refused("version: 1\npackage:\n  - platform: win-64\n"), @"
        conda-lock.yml locks nothing for linux-64; the platforms it is made for: win-64
          micromamba would make an empty environment of it and call that a success
        => run `conda-lock -f environment.yml -p win-64 -p linux-64`
        ");
        insta::assert_snapshot!(refused("version: 1\npackage: []\n"), @"
        conda-lock.yml locks nothing for linux-64; the platforms it is made for: none
          micromamba would make an empty environment of it and call that a success
        => run `conda-lock -f environment.yml -p linux-64`
        ");
        insta::assert_snapshot!(refused(&package("")), @"
        conda-lock.yml:3: the locked 'Hello' has no version
        => run `conda-lock -f environment.yml -p linux-64`
        ");
        insta::assert_snapshot!(refused(&package("    version: '1'\n")), @"
        conda-lock.yml:3: the locked 'Hello' has no url
        => run `conda-lock -f environment.yml -p linux-64`
        ");
        insta::assert_snapshot!(refused(&package("    version: '1'\n    url: u\n    hash: {sha256: short}\n")), @"
        conda-lock.yml:3: the locked 'Hello' has no sha256, so its download could not be verified
        => run `conda-lock -f environment.yml -p linux-64`
        ");
        insta::assert_snapshot!(refused("version: 1\npackage:\n  - platform: linux-64\n"), @"
        conda-lock.yml:3: a locked package has no name
        => run `conda-lock -f environment.yml -p linux-64`
        ");
    }
}
