//! One requirement by PEP 508: a name, what versions fit, and where it applies.
//!
//! `pep508_rs` reads whole requirements as well, but that way brings the tables of all of Unicode's classes along, a
//! megabyte, for `${VARIABLE}` in URLs. So the line is divided here, and each part read by a library.

use std::path::Path;

use pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::{MarkerEnvironment, MarkerTree, PackageName};

/// What an index or a build leaves behind; a line that is only such a file is not a name.
const ARCHIVES: [&str; 7] = ["whl", "zip", "tar", "tgz", "tbz", "txz", "tlz"];
const COMPRESSED: [&str; 5] = ["gz", "bz2", "xz", "lz", "lzma"];

pub struct Requirement {
    pub name: PackageName,
    /// `None`: any version, or the one that a URL leads to, which only who follows it knows.
    versions: Option<VersionSpecifiers>,
    marker: MarkerTree,
}

impl Requirement {
    /// `None` where it is not PEP 508, such as the paths and URLs without a name that only pip understands.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let in_name = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        let (name, rest) = text.split_at(text.find(|letter| !in_name(letter)).unwrap_or(text.len()));
        let rest = without_extras(rest.trim_start())?.trim_start();
        let (requested, marker) = match rest.strip_prefix('@') {
            Some(url) => after_url(url.trim_start())?,
            None => divided(rest, rest.find(';')),
        };
        let is_url = rest.starts_with('@');
        if name.is_empty() || requested.is_empty() && is_archive(name) {
            return None;
        }
        Some(Self {
            name: name.parse().ok()?,
            versions: if is_url || requested.is_empty() { None } else { Some(bare(requested)?.parse().ok()?) },
            marker: marker.map_or(Some(MarkerTree::TRUE), |marker| marker.parse().ok())?,
        })
    }

    pub fn applies(&self, environment: &MarkerEnvironment) -> bool {
        self.marker.evaluate(environment, &[])
    }

    pub fn fits(&self, version: &Version) -> bool {
        self.versions.as_ref().is_none_or(|requested| requested.contains(version))
    }
}

/// What follows `[socks, http2]`.
fn without_extras(text: &str) -> Option<&str> {
    match text.strip_prefix('[') {
        Some(extras) => extras.split_once(']').map(|(_, rest)| rest),
        None => Some(text),
    }
}

/// A URL may have semicolons of its own: the one before a marker has a space beside it.
fn after_url(text: &str) -> Option<(&str, Option<&str>)> {
    let beside_space = |(at, _): &(usize, &str)| {
        let spaced = |letter: Option<char>| letter.is_some_and(char::is_whitespace);
        spaced(text[..*at].chars().next_back()) || spaced(text[at + 1..].chars().next())
    };
    let (url, marker) = divided(text, text.match_indices(';').find(beside_space).map(|(at, _)| at));
    (!url.is_empty()).then_some((url, marker))
}

/// The text before and after the semicolon.
fn divided(text: &str, at: Option<usize>) -> (&str, Option<&str>) {
    match at {
        Some(at) => (text[..at].trim_end(), Some(&text[at + 1..])),
        None => (text.trim_end(), None),
    }
}

/// Version specifiers may stand in parentheses.
fn bare(specifiers: &str) -> Option<&str> {
    match specifiers.strip_prefix('(') {
        Some(inner) => inner.strip_suffix(')'),
        None => Some(specifiers),
    }
}

fn is_archive(name: &str) -> bool {
    let extension =
        |name: &str| Path::new(name).extension().and_then(|end| end.to_str()).unwrap_or_default().to_owned();
    let last = extension(name);
    let before = name.strip_suffix(&format!(".{last}")).map(extension);
    ARCHIVES.contains(&last.as_str()) || before.as_deref() == Some("tar") && COMPRESSED.contains(&last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use pep508_rs::MarkerEnvironmentBuilder;
    use std::str::FromStr;

    fn environment() -> MarkerEnvironment {
        let builder = MarkerEnvironmentBuilder {
            implementation_name: "cpython",
            implementation_version: "3.11.2",
            os_name: "posix",
            platform_machine: "x86_64",
            platform_python_implementation: "CPython",
            platform_release: "",
            platform_system: "Linux",
            platform_version: "",
            python_full_version: "3.11.2",
            python_version: "3.11",
            sys_platform: "linux",
        };
        MarkerEnvironment::try_from(builder).unwrap()
    }

    /// What the library reads out of the whole line.
    fn by_the_library(text: &str, version: &Version) -> Option<(String, bool, bool)> {
        let read = pep508_rs::Requirement::<pep508_rs::VerbatimUrl>::from_str(text).ok()?;
        let fits = match &read.version_or_url {
            Some(pep508_rs::VersionOrUrl::VersionSpecifier(requested)) => requested.contains(version),
            _ => true,
        };
        Some((read.name.to_string(), read.evaluate_markers(&environment(), &[]), fits))
    }

    fn by_us(text: &str, version: &Version) -> Option<(String, bool, bool)> {
        let read = Requirement::read(text)?;
        Some((read.name.to_string(), read.applies(&environment()), read.fits(version)))
    }

    #[test]
    fn lines_mean_what_the_library_reads_out_of_them() {
        let lines = [
            "six",
            " six ",
            "Foo.Bar_baz",
            "six==1.16",
            "six == 1.16",
            "six>=1,<2",
            "six >= 1, < 2",
            "six(>=1)",
            "six (>=1, <2)",
            "six~=1.4.2",
            "six!=1.16",
            "six==1.*",
            "six===1.16",
            "requests[socks]",
            "requests[socks,http2] >= 2",
            "requests [socks] (>=2) ; python_version < '3'",
            "six;python_version<'3'",
            "six ; python_version >= '3'",
            "six>=1; sys_platform == 'win32' and (python_version < '3' or os_name == 'nt')",
            "six; extra == 'test'",
            "six @ https://example.com/six-1.16.tar.gz",
            "six@https://example.com/six.zip ; python_version < '3'",
            "six @ https://example.com/a;b/six.zip",
            "six @ git+https://example.com/six.git@main#egg=six",
            "requests-2.26.0.tar.gz",
            "six.whl",
            "six.zip==1",
            "./local",
            "/abs",
            "a/b",
            "https://example.com/six.zip",
            "",
            "-six",
            "six-",
            "oh no",
            "six=1",
            "six>",
            "six>=",
            "six>=1,",
            "six(>=1",
            "six)",
            "six[",
            "six[a",
            "six; ",
            "six;",
            "six; nonsense",
            "six; python_version",
            "six @",
            "six @ ",
            "six>=1 extra",
            "six[a]b",
            "é",
            "six é",
            "six==é",
            "six @ https://x/y z",
            "six==1 ; python_version < '3' trailing",
        ];
        for version in ["1.16", "1.4.9", "2.5"] {
            let version = Version::from_str(version).unwrap();
            for line in lines {
                assert_eq!(by_us(line, &version), by_the_library(line, &version), "{line}");
            }
        }
    }

    #[test]
    fn a_url_may_hold_what_only_its_user_can_fill_in() {
        for line in ["six @ ${WHERE}/six.zip", "six @ ./wheels/six.whl"] {
            assert!(Requirement::read(line).is_some(), "{line}");
        }
    }
}
