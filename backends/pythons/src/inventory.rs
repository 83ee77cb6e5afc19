//! The Pythons that are here though none of them is the one asked for: those nearest to it are named.

use pyve_formats::sorted;
use std::path::PathBuf;

use pyve_formats::python_version::{Build, VersionRequest};

/// As many are named.
pub const NAMED: usize = 3;

/// A Python that was found, started or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// `asdf`, `pyenv`, `pyve`, `PATH`.
    pub origin: &'static str,
    /// What is known of its version: `3.12.4`, `3.12`, or the name of a program that was not started.
    pub version: String,
    pub path: PathBuf,
}

impl Known {
    /// `pyenv 3.12.4 (/home/me/.pyenv/versions/3.12.4/bin/python)`
    pub fn line(&self) -> String {
        format!("{} {} ({})", self.origin, self.version, self.path.display())
    }
}

/// The lines of those whose versions are nearest to the one of `request`, newer ones first among equals; where it names
/// none, the newest.
pub fn nearest(request: Option<&VersionRequest>, mut known: Vec<Known>) -> Vec<String> {
    let wanted = request.and_then(release_of_request);
    sorted::by_key(&mut known, |python| {
        let build = Build::parse(&python.version);
        let distance = build.map(|build| distance(build.version.release(), wanted.as_deref()));
        (distance.is_none(), distance)
    });
    known.iter().take(NAMED).map(Known::line).collect()
}

/// How far a release is from the one that is wanted, number by number.
pub fn distance(release: &[u64], wanted: Option<&[u64]>) -> [u64; 6] {
    let number = |place: usize| release.get(place).copied().unwrap_or_default();
    let apart = |place: usize| wanted.and_then(|it| it.get(place)).map_or(0, |wanted| number(place).abs_diff(*wanted));
    let newer = |place: usize| u64::MAX - number(place);
    [apart(0), newer(0), apart(1), newer(1), apart(2), newer(2)]
}

/// The release that a request is about: of a range that of its first bound.
pub fn release_of_request(request: &VersionRequest) -> Option<Vec<u64>> {
    match request.of_any_build() {
        VersionRequest::Release(version) | VersionRequest::Exact(version) => Some(version.release().to_vec()),
        VersionRequest::Range(range) => range.iter().next().map(|bound| bound.version().release().to_vec()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_are_named_first() {
        let versions = ["3.13.0", "3.9.18", "3.12.1", "python3", "3.11", "3.11.7", "2.7.18", "3.13.0t"];
        let known = |version: &&str| Known { origin: "PATH", version: (*version).to_owned(), path: "/p".into() };
        let told = |text: &str| {
            let request = VersionRequest::parse(text).unwrap();
            let lines = nearest(Some(&request), versions.iter().map(known).collect());
            lines.iter().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(told("3.99"), "3.13.0 3.13.0t 3.12.1");
        assert_eq!(told("3.12"), "3.12.1 3.13.0 3.13.0t");
        assert_eq!(told("3.10"), "3.11.7 3.11 3.9.18");
        assert_eq!(told("3.11.9"), "3.11.7 3.11 3.12.1");
        assert_eq!(told("<3.9"), "3.9.18 3.11.7 3.11");
        assert_eq!(told("pypy3.10"), "3.13.0 3.13.0t 3.12.1");
        assert_eq!(nearest(None, vec![known(&"3.12.1")]), ["PATH 3.12.1 (/p)"]);
    }
}
