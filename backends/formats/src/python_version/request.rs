//! What "Python 3.12" means: versions as they are asked for, and which installed ones fit.

use std::path::PathBuf;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};

use super::{constraint, minor_of, parse_installed};

/// A version as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionRequest {
    /// No version in particular.
    Any,
    /// `3` or `3.12`: every release that begins with these numbers.
    Release(Version),
    /// `3.12.4`, `3.13.0rc1`.
    Exact(Version),
    /// `>=3.11`.
    Range(VersionSpecifiers),
    /// The Python of the system: what PATH has besides version managers.
    System,
    /// asdf's `path:…`: an installation in this folder.
    Folder(PathBuf),
    /// A name of a version manager's own: `pypy3.10`, `3.13-dev`, `3.13t`.
    Named(String),
}

impl VersionRequest {
    /// Reads what people, asdf and pyenv write.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "" => return Err("it is empty".to_owned()),
            "system" => return Ok(Self::System),
            "latest" => return Ok(Self::Any),
            _ => {}
        }
        if let Some(rest) = text.strip_prefix("latest:") {
            return Self::parse(rest);
        }
        if let Some(folder) = text.strip_prefix("path:") {
            let absolute = PathBuf::from(folder).is_absolute();
            return if absolute { Ok(Self::Folder(folder.into())) } else { Err("its path is not absolute".to_owned()) };
        }
        if let Some(reference) = text.strip_prefix("ref:") {
            return Self::named(&format!("ref-{reference}"));
        }
        if text.starts_with(['<', '>', '=', '!', '~']) {
            return constraint(text).map(Self::Range);
        }
        let number = number_of(text);
        if number.ends_with(".*")
            && let Ok(range) = VersionSpecifiers::from_str(&format!("=={number}"))
        {
            return Ok(Self::Range(range));
        }
        parse_installed(number).map_or_else(|| Self::named(text), |version| Ok(Self::of(version)))
    }

    fn of(version: Version) -> Self {
        if version.release().len() < 3 && !version.any_prerelease() {
            Self::Release(version)
        } else {
            Self::Exact(version)
        }
    }

    fn named(text: &str) -> Result<Self, String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "._+-/".contains(c);
        let inside = text.split('/').all(|part| !matches!(part, "" | ".") && !part.contains(".."));
        if text.chars().all(plain) && inside && !text.starts_with('-') {
            Ok(Self::Named(text.to_owned()))
        } else {
            Err("it is neither a version nor the name of one".to_owned())
        }
    }

    /// Whether the installed `version` is one that was meant. Names are looked up, never compared.
    pub fn fits(&self, version: &Version) -> bool {
        match self {
            Self::Any | Self::System => true,
            Self::Release(requested) => version.release().starts_with(requested.release()),
            Self::Exact(requested) => version == requested,
            Self::Range(range) => range.contains(version),
            Self::Folder(_) | Self::Named(_) => false,
        }
    }

    /// Whether a version can exist that fits both; names may mean anything.
    pub fn agrees_with(&self, constraint: &VersionSpecifiers) -> bool {
        match self {
            Self::Exact(version) => constraint.contains(version),
            Self::Folder(_) | Self::Named(_) | Self::Any | Self::System => true,
            Self::Release(requested) if requested.release().len() == 2 => {
                self.may_be(minor_of(requested), Some(constraint))
            }
            Self::Release(_) | Self::Range(_) => {
                conceivable().any(|version| self.fits(&version) && constraint.contains(&version))
            }
        }
    }

    /// Whether some release of the series `minor` can be meant.
    pub fn may_be(&self, minor: (u64, u64), constraint: Option<&VersionSpecifiers>) -> bool {
        let patches = match self {
            Self::Exact(version) => return is_minor(version, minor),
            _ => series(minor.0, minor.1),
        };
        patches.into_iter().any(|v| self.fits(&v) && constraint.is_none_or(|c| c.contains(&v)))
    }
}

/// `3.12` of `python3.12`, `cpython-3.12` and `cpython@3.12`, as uv and pyenv write them.
fn number_of(text: &str) -> &str {
    let named = text.strip_prefix("cpython").or_else(|| text.strip_prefix("python"));
    let number = named.map(|rest| rest.strip_prefix(['-', '@']).unwrap_or(rest));
    number.filter(|number| number.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(text)
}

fn is_minor(version: &Version, minor: (u64, u64)) -> bool {
    minor_of(version) == minor
}

/// Two constraints contradict each other if no version of this list satisfies both.
fn conceivable() -> impl Iterator<Item = Version> {
    (2..=4).flat_map(|major| (0..=150).flat_map(move |minor| series(major, minor)))
}

fn series(major: u64, minor: u64) -> Vec<Version> {
    (0..=40).map(|patch| Version::new([major, minor, patch])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        parse_installed(text).unwrap()
    }

    fn fits(spec: &str, installed: &str) -> bool {
        VersionRequest::parse(spec).unwrap().fits(&version(installed))
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        assert!(fits("3.12", "3.12.10") && fits("3", "3.12.1") && fits("3.12.1", "3.12.1"));
        assert!(!fits("3.12.1", "3.12.10") && !fits("3.1", "3.12.1") && !fits("3.12", "3.1.2"));
        assert!(fits(">=3.11", "3.13.0") && !fits(">=3.11", "3.9.18") && fits("~=3.11.2", "3.11.7"));
        assert!(fits("3.12.*", "3.12.1") && !fits("==3.12.*", "3.13.0") && fits("python-3.12", "3.12.1"));
        assert!(fits(">=3.9, <3.14,", "3.13.0") && !fits(">=3.9, <3.14,", "3.14.0"));
        for text in ["python3.12", "cpython-3.12", "cpython3.12", "cpython@3.12", "python-3.12"] {
            assert_eq!(VersionRequest::parse(text).unwrap(), VersionRequest::Release(version("3.12")), "{text}");
        }
    }

    #[test]
    fn a_pre_release_is_not_the_release() {
        assert!(!fits("3.13.0", "3.13.0rc1") && fits("3.13.0rc1", "3.13.0rc1") && fits("3.13", "3.13.0rc1"));
    }

    #[test]
    fn names_of_version_managers_are_no_numbers() {
        for name in [
            "3.13-dev",
            "3.13t",
            "pypy3.10",
            "pypy3.10-7.3.15",
            "miniconda3-latest",
            "3.11.7/envs/web",
            "cpython",
            "pythonic",
        ] {
            assert_eq!(VersionRequest::parse(name).unwrap(), VersionRequest::Named(name.to_owned()));
        }
        assert_eq!(VersionRequest::parse("system").unwrap(), VersionRequest::System);
        assert_eq!(VersionRequest::parse("latest:3.12").unwrap(), VersionRequest::Release(version("3.12")));
        assert_eq!(VersionRequest::parse("path:/opt/py").unwrap(), VersionRequest::Folder("/opt/py".into()));
        for odd in ["", "../../etc", "3.11,3.12", "-x", "$(id)", ">=", "a b", "/etc", "path:here", "3..12"] {
            assert!(VersionRequest::parse(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_contradiction_is_seen_without_any_python() {
        let at_least = VersionSpecifiers::from_str(">=3.11").unwrap();
        assert!(VersionRequest::parse("3.12").unwrap().agrees_with(&at_least));
        assert!(VersionRequest::parse("3").unwrap().agrees_with(&at_least));
        assert!(!VersionRequest::parse("3.10").unwrap().agrees_with(&at_least));
        assert!(!VersionRequest::parse("3.10.4").unwrap().agrees_with(&at_least));
        assert!(!VersionRequest::parse("<3.11").unwrap().agrees_with(&at_least));
        assert!(VersionRequest::parse("<3.12").unwrap().agrees_with(&at_least));
        assert!(VersionRequest::parse("3.12").unwrap().agrees_with(&VersionSpecifiers::from_str(">=3.12.4").unwrap()));
    }
}
