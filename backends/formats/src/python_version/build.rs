//! Which build of which version an interpreter is, as far as its name or its own word tells.

use std::cmp::Ordering;
use std::fmt;

use pep440_rs::Version;

use super::{minor_of, parse_installed};

/// A version in one of its builds: `3.13.0`, and `3.13.0t` without the global interpreter lock (PEP 703).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// As PEP 440 writes it: `3.13.0`, `3.14.0rc1`.
    pub version: Version,
    /// Whether it is the build without the lock, whose packages with compiled code are others.
    pub free_threaded: bool,
}

impl Build {
    /// The usual build of `version`.
    pub fn usual(version: Version) -> Self {
        Self { version, free_threaded: false }
    }

    /// The name of an installation, as pyenv, asdf and pyve give it: `3.13.0`, `3.13.0t`.
    pub fn parse(name: &str) -> Option<Self> {
        match name.strip_suffix('t') {
            Some(number) => Some(Self { version: parse_installed(number)?, free_threaded: true }),
            None => parse_installed(name).map(Self::usual),
        }
    }

    /// The series that it belongs to.
    pub fn series(&self) -> Series {
        Series { minor: minor_of(&self.version), free_threaded: self.free_threaded }
    }

    /// Finished releases before pre-releases, usual builds before others, newer before older.
    pub fn best_first(a: &Self, b: &Self) -> Ordering {
        let stage = a.version.any_prerelease().cmp(&b.version.any_prerelease());
        stage.then(a.free_threaded.cmp(&b.free_threaded)).then_with(|| b.version.cmp(&a.version))
    }
}

impl fmt::Display for Build {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}", self.version, if self.free_threaded { "t" } else { "" })
    }
}

/// The releases that share a folder of packages, `lib/python3.13`, and a program's name: `3.13`, `3.13t`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series {
    /// The first two numbers.
    pub minor: (u64, u64),
    /// Whether it is the build without the lock.
    pub free_threaded: bool,
}

impl Series {
    /// The series that the name of a program tells: 3.13 for `python3.13`. A build without the lock has that name, too,
    /// beside `python3.13t`.
    pub fn of_program(name: &str) -> Option<Self> {
        let number = name.strip_suffix(".exe").unwrap_or(name).strip_prefix("python")?;
        let (number, free_threaded) = number.strip_suffix('t').map_or((number, false), |number| (number, true));
        let (major, minor) = number.split_once('.')?;
        Some(Self { minor: (major.parse().ok()?, minor.parse().ok()?), free_threaded })
    }

    /// The same releases in the build without the lock.
    pub fn without_lock(self) -> Self {
        Self { free_threaded: true, ..self }
    }
}

impl fmt::Display for Series {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}{}", self.minor.0, self.minor.1, if self.free_threaded { "t" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_version_and_build() {
        for name in ["3.12.4", "3.13.0t", "3.14.5rc1", "3.14.5rc1t"] {
            let build = Build::parse(name).unwrap();
            assert_eq!((build.to_string().as_str(), build.free_threaded), (name, name.ends_with('t')));
        }
        for name in ["3.13t-dev", "3.13-dev", "t", "pypy3.10", "3.13.0tt", ""] {
            assert_eq!(Build::parse(name), None, "{name}");
        }
        assert_eq!(Build::parse("3.13.0t").unwrap().series().to_string(), "3.13t");
    }

    #[test]
    fn a_program_tells_its_series() {
        let series = |name| Series::of_program(name).map(|series| series.to_string());
        assert_eq!(series("python3.11").as_deref(), Some("3.11"));
        assert_eq!(series("python3.12.exe").as_deref(), Some("3.12"));
        assert_eq!(series("python3.13t").as_deref(), Some("3.13t"));
        for odd in ["python3", "python", "python3.11-config", "pypy3.10", "mise", "pythont"] {
            assert_eq!(series(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_pre_release_comes_last_and_the_usual_build_first() {
        let mut found = ["3.13.0", "3.14.0t", "3.15.0a1", "3.9.18", "3.13.10"].map(|name| Build::parse(name).unwrap());
        found.sort_by(Build::best_first);
        assert_eq!(found.map(|build| build.to_string()), ["3.13.10", "3.13.0", "3.9.18", "3.14.0t", "3.15.0a1"]);
    }
}
