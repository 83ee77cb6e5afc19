//! What "Python 3.12" means: versions as they are asked for, and which installed ones fit.

use std::path::PathBuf;

use pep440_rs::{Version, VersionSpecifiers};

use super::{Build, constraint, minor_of, parse_installed};

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
    /// `3.13t`, `>=3.13+freethreaded`: a build without the global interpreter lock, which no other request means.
    FreeThreaded(Box<Self>),
    /// The Python of the system: what PATH has besides version managers.
    System,
    /// asdf's `path:…`: an installation in this folder.
    Folder(PathBuf),
    /// A name of a version manager's own: `pypy3.10`, `3.13-dev`.
    Named(String),
}

impl VersionRequest {
    /// Reads what people, asdf, pyenv and uv write.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "" => return Err("it is empty".to_owned()),
            "system" => return Ok(Self::System),
            "latest" | "python" | "cpython" => return Ok(Self::Any),
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
        if let Some(pypy) = pypy(text) {
            return Self::named(&pypy);
        }
        let number = number_of(text);
        let (number, free_threaded) = match without_lock(&number) {
            Some(number) => (number, true),
            None => (number.strip_suffix("+gil").unwrap_or(&number), false),
        };
        match Self::numbered(number) {
            Some(request) if free_threaded => Ok(Self::FreeThreaded(Box::new(request?))),
            Some(request) => request,
            None => Self::named(text),
        }
    }

    /// A number or a range of them; `None` for anything else.
    fn numbered(text: &str) -> Option<Result<Self, String>> {
        if text.starts_with(['<', '>', '=', '!', '~']) {
            return Some(constraint(text).map(Self::Range));
        }
        if let Some(series) = text.strip_suffix(".*") {
            return parse_installed(series).filter(|series| !series.any_prerelease()).map(Self::Release).map(Ok);
        }
        let version = parse_installed(text)?;
        let is_series = version.release().len() < 3 && !version.any_prerelease();
        Some(Ok(if is_series { Self::Release(version) } else { Self::Exact(version) }))
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

    /// Whether the installed `build` is one that was meant. Names are looked up, never compared.
    pub fn fits(&self, build: &Build) -> bool {
        match self {
            Self::Any | Self::System => true,
            Self::FreeThreaded(inner) => build.free_threaded && inner.fits_version(&build.version),
            _ => !build.free_threaded && self.fits_version(&build.version),
        }
    }

    fn fits_version(&self, version: &Version) -> bool {
        match self {
            Self::Any | Self::System => true,
            Self::Release(requested) => version.release().starts_with(requested.release()),
            Self::Exact(requested) => version == requested,
            Self::Range(range) => range.contains(version),
            Self::FreeThreaded(inner) => inner.fits_version(version),
            Self::Folder(_) | Self::Named(_) => false,
        }
    }

    /// Whether a version can exist that fits both; names may mean anything.
    pub fn agrees_with(&self, constraint: &VersionSpecifiers) -> bool {
        match self {
            Self::Exact(version) => constraint.contains(version),
            Self::Folder(_) | Self::Named(_) | Self::Any | Self::System => true,
            Self::FreeThreaded(inner) => inner.agrees_with(constraint),
            Self::Release(requested) if requested.release().len() == 2 => {
                self.may_be(minor_of(requested), Some(constraint))
            }
            Self::Release(_) | Self::Range(_) => {
                conceivable().any(|version| self.fits_version(&version) && constraint.contains(&version))
            }
        }
    }

    /// Whether some release of the series `minor` can be meant.
    pub fn may_be(&self, minor: (u64, u64), constraint: Option<&VersionSpecifiers>) -> bool {
        let patches = match self {
            Self::Exact(version) => return minor_of(version) == minor,
            Self::FreeThreaded(inner) => return inner.may_be(minor, constraint),
            _ => series(minor.0, minor.1),
        };
        patches.into_iter().any(|v| self.fits_version(&v) && constraint.is_none_or(|c| c.contains(&v)))
    }

    /// As precise as it is, in the spelling that pyenv and uv read: `3.12`, `3.13t`, `>=3.11`; `None` for what names no
    /// version in particular.
    pub fn pin(&self) -> Option<String> {
        match self {
            Self::Any => None,
            Self::Release(version) | Self::Exact(version) => Some(version.to_string()),
            Self::Range(range) => Some(range.to_string()),
            Self::FreeThreaded(inner) => inner.pin().map(|pin| pin + "t"),
            Self::System => Some("system".to_owned()),
            Self::Folder(folder) => Some(format!("path:{}", folder.display())),
            Self::Named(name) => Some(name.clone()),
        }
    }

    /// Whether it bounds versions instead of naming them, which neither asdf nor pyenv reads.
    pub fn is_range(&self) -> bool {
        matches!(self.of_any_build(), Self::Range(_))
    }

    /// The request without its word on the build.
    pub fn of_any_build(&self) -> &Self {
        if let Self::FreeThreaded(inner) = self { inner } else { self }
    }
}

/// `3.12` of `python3.12`, `cpython-3.12`, `cpython@3.12`, `cp312` and `cpython-3.12.4-linux-x86_64-gnu`, as uv and pyenv
/// write them.
fn number_of(text: &str) -> String {
    let is_number = |text: &&str| text.starts_with(|c: char| c.is_ascii_digit() || "<>=!~".contains(c));
    let named = text.strip_prefix("cpython").or_else(|| text.strip_prefix("python"));
    let named = named.map(|rest| rest.strip_prefix(['-', '@']).unwrap_or(rest)).filter(is_number);
    if let Some(number) = named {
        // Of what uv calls a download its platform follows, which is this one or of no use here.
        return match number.split('-').collect::<Vec<_>>().as_slice() {
            [number, _os, _machine, _libc] => (*number).to_owned(),
            _ => number.to_owned(),
        };
    }
    text.strip_prefix("cp").and_then(tagged).unwrap_or_else(|| text.to_owned())
}

/// `3.12` for the `312` of a tag such as `cp312`, and `3.13t` for `313t`.
fn tagged(digits: &str) -> Option<String> {
    let minor = digits.strip_prefix('3')?;
    let number = minor.strip_suffix('t').unwrap_or(minor);
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then(|| format!("3.{minor}"))
}

/// The number of `3.13t` and `3.13+freethreaded`.
fn without_lock(number: &str) -> Option<&str> {
    let is_number = |number: &&str| number.ends_with(|c: char| c.is_ascii_digit());
    number.strip_suffix("+freethreaded").or_else(|| number.strip_suffix('t')).filter(is_number)
}

/// `pypy3.10` for `pypy@3.10`, `pypy-3.10`, `pypy310` and `pp310`.
fn pypy(text: &str) -> Option<String> {
    if let Some(number) = text.strip_prefix("pypy@").or_else(|| text.strip_prefix("pypy-")) {
        return number.starts_with("3.").then(|| format!("pypy{number}"));
    }
    let digits = text.strip_prefix("pypy").or_else(|| text.strip_prefix("pp"))?;
    tagged(digits).map(|number| format!("pypy{number}"))
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
    use std::str::FromStr;

    use super::*;

    fn version(text: &str) -> Version {
        parse_installed(text).unwrap()
    }

    fn parsed(text: &str) -> VersionRequest {
        VersionRequest::parse(text).unwrap()
    }

    fn fits(spec: &str, installed: &str) -> bool {
        parsed(spec).fits(&Build::parse(installed).unwrap())
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        assert!(fits("3.12", "3.12.10") && fits("3", "3.12.1") && fits("3.12.1", "3.12.1"));
        assert!(!fits("3.12.1", "3.12.10") && !fits("3.1", "3.12.1") && !fits("3.12", "3.1.2"));
        assert!(fits(">=3.11", "3.13.0") && !fits(">=3.11", "3.9.18") && fits("~=3.11.2", "3.11.7"));
        assert!(fits("3.12.*", "3.12.1") && !fits("==3.12.*", "3.13.0") && fits("python-3.12", "3.12.1"));
        assert!(fits(">=3.9, <3.14,", "3.13.0") && !fits(">=3.9, <3.14,", "3.14.0"));
        assert!(fits("cpython>=3.11,<3.13", "3.12.1") && !fits("cpython>=3.11,<3.13", "3.13.0"));
        for text in ["python3.12", "cpython-3.12", "cpython3.12", "cpython@3.12", "python-3.12", "cp312", "3.12+gil"] {
            assert_eq!(parsed(text), VersionRequest::Release(version("3.12")), "{text}");
        }
        assert_eq!(parsed("cpython-3.12.4-linux-x86_64-gnu"), VersionRequest::Exact(version("3.12.4")));
    }

    #[test]
    fn a_pin_is_as_precise_as_the_request() {
        for (text, pin) in [
            ("3.12", "3.12"),
            ("python3.12", "3.12"),
            ("3.12.*", "3.12"),
            ("3.12.4", "3.12.4"),
            ("cp313t", "3.13t"),
            (">=3.11,", ">=3.11"),
            (">=3.9,<3.14", ">=3.9, <3.14"),
            (">=3.13+freethreaded", ">=3.13t"),
            ("pypy@3.10", "pypy3.10"),
            ("3.13-dev", "3.13-dev"),
            ("system", "system"),
        ] {
            assert_eq!(parsed(text).pin().as_deref(), Some(pin), "{text}");
            assert_eq!(parsed(pin), parsed(text), "{text}");
        }
        assert_eq!(parsed("latest").pin(), None);
        assert!(parsed(">=3.13t").is_range() && !parsed("3.12.*").is_range());
    }

    #[test]
    fn a_pre_release_is_not_the_release() {
        assert!(!fits("3.13.0", "3.13.0rc1") && fits("3.13.0rc1", "3.13.0rc1") && fits("3.13", "3.13.0rc1"));
    }

    #[test]
    fn only_who_asks_for_it_means_the_build_without_the_lock() {
        for text in ["3.13t", "python3.13t", "cpython-3.13t", "cp313t", "3.13+freethreaded", "cpython@3.13t"] {
            let series = VersionRequest::Release(version("3.13"));
            assert_eq!(parsed(text), VersionRequest::FreeThreaded(Box::new(series)), "{text}");
        }
        assert_eq!(parsed("cpython-3.13.0+freethreaded-linux-x86_64-gnu"), parsed("3.13.0t"));
        assert!(fits("3.13t", "3.13.0t") && fits("3.13.0t", "3.13.0t") && fits(">=3.13t", "3.14.0t"));
        assert!(!fits("3.13t", "3.13.0") && !fits("3.13t", "3.14.0t") && !fits(">=3.13+freethreaded", "3.14.0"));
        assert!(!fits("3.13", "3.13.0t") && !fits("3.13.0", "3.13.0t") && !fits(">=3.11", "3.13.0t"));
        assert!(fits("latest", "3.13.0t") && fits("system", "3.13.0t"));
        assert!(!parsed("3.13t").agrees_with(&VersionSpecifiers::from_str("<3.13").unwrap()));
    }

    #[test]
    fn names_of_version_managers_are_no_numbers() {
        for name in [
            "3.13-dev",
            "3.13t-dev",
            "pypy",
            "pypy3.10",
            "pypy3.10-7.3.15",
            "pypy-5.7.1",
            "miniconda3-latest",
            "3.11.7/envs/web",
            "pythonic",
            "cpp",
            "t",
        ] {
            assert_eq!(parsed(name), VersionRequest::Named(name.to_owned()));
        }
        for text in ["pypy@3.10", "pypy-3.10", "pypy310", "pp310"] {
            assert_eq!(parsed(text), VersionRequest::Named("pypy3.10".to_owned()), "{text}");
        }
        assert_eq!((parsed("system"), parsed("cpython")), (VersionRequest::System, VersionRequest::Any));
        assert_eq!(parsed("latest:3.12"), VersionRequest::Release(version("3.12")));
        assert_eq!(parsed("path:/opt/py"), VersionRequest::Folder("/opt/py".into()));
        for odd in ["", "../../etc", "3.11,3.12", "-x", "$(id)", ">=", "a b", "/etc", "path:here", "3..12"] {
            assert!(VersionRequest::parse(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_contradiction_is_seen_without_any_python() {
        let at_least = VersionSpecifiers::from_str(">=3.11").unwrap();
        assert!(parsed("3.12").agrees_with(&at_least));
        assert!(parsed("3").agrees_with(&at_least));
        assert!(!parsed("3.10").agrees_with(&at_least));
        assert!(!parsed("3.10.4").agrees_with(&at_least));
        assert!(!parsed("<3.11").agrees_with(&at_least));
        assert!(parsed("<3.12").agrees_with(&at_least));
        assert!(parsed("3.12").agrees_with(&VersionSpecifiers::from_str(">=3.12.4").unwrap()));
    }
}
