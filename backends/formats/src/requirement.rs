//! One requirement: a name, what versions fit, and where it applies (PEP 508), or what pip takes for one beside it.
//!
//! `pep508_rs` reads whole requirements as well, but that way brings the tables of all of Unicode's classes along, a
//! megabyte, for `${VARIABLE}` in URLs. So the line is divided here, and each part read by a library.

use std::path::Path;

use pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::{ExtraName, MarkerEnvironment, MarkerTree, PackageName};

use crate::python_name::normalized;

/// What an index or a build leaves behind; a line that is only such a file is not a name.
const ARCHIVES: [&str; 7] = ["whl", "zip", "tar", "tgz", "tbz", "txz", "tlz"];
const COMPRESSED: [&str; 5] = ["gz", "bz2", "xz", "lz", "lzma"];

/// The schemes that pip knows as an address, alone or behind those of version control.
const SCHEMES: [&str; 4] = ["http", "https", "file", "ftp"];
const VERSION_CONTROL: [&str; 4] = ["git", "hg", "svn", "bzr"];

/// A package that is asked for by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// As indexes compare it: `zope-interface`.
    pub name: String,
    /// As indexes compare them, in order.
    pub extras: Vec<String>,
    /// `None`: any version, or the one that an address leads to, which only who follows it knows.
    pub versions: Option<VersionSpecifiers>,
    /// The address that it is to come from.
    pub url: Option<String>,
    /// Where it applies.
    pub marker: MarkerTree,
}

impl Requirement {
    /// Reads a requirement by PEP 508, such as those of a `pyproject.toml`; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (_, _, rest) = head(text)?;
        let before = text.len() - rest.len();
        let at = match rest.starts_with('@') {
            // A URL may have semicolons of its own: the one before a marker has a space beside it.
            true => rest.match_indices(';').map(|(at, _)| before + at).find(|at| is_beside_space(text, *at)),
            false => rest.find(';').map(|at| before + at),
        };
        let (wanted, marker) = at.map_or((text, None), |at| (&text[..at], Some(&text[at + 1..])));
        Self::of_parts(wanted.trim_end(), marker.map_or(Some(MarkerTree::TRUE), |marker| marker.parse().ok())?)
    }

    /// Reads a line of requirements as pip does: a wheel is a name, too, and so is the `#egg=` of an address. `None`
    /// for other paths and addresses, which nobody knows the name of before they are built.
    pub fn of_line(text: &str) -> Option<Self> {
        let separator = if is_address(text) { "; " } else { ";" };
        let (wanted, marker) = text.split_once(separator).unwrap_or((text, ""));
        let (wanted, marker) = (wanted.trim(), marker.trim());
        let marker = if marker.is_empty() { MarkerTree::TRUE } else { marker.parse().ok()? };
        let found = if is_address(wanted) || is_archive(wanted) && !is_behind_name(wanted) {
            Self::of_address(wanted)
        } else {
            let found = Self::of_parts(wanted, MarkerTree::TRUE);
            found.filter(|found| found.url.as_ref().is_none_or(|url| !url.contains(char::is_whitespace)))
        };
        found.map(|found| Self { marker, ..found })
    }

    /// The package that a path or an address names itself: by a wheel, by `#egg=`, or by `name @` before it.
    pub fn of_address(text: &str) -> Option<Self> {
        if !is_address(text) && is_behind_name(text) {
            return Self::of_parts(text, MarkerTree::TRUE);
        }
        let (place, fragment) = text.split_once('#').unwrap_or((text, ""));
        let found = Self::of_wheel(place).or_else(|| {
            let egg = fragment.split('&').find_map(|part| part.strip_prefix("egg="))?;
            Self::of_parts(egg, MarkerTree::TRUE)
        });
        found.map(|found| Self { url: Some(text.to_owned()), ..found })
    }

    /// `tiny==1.0` of `./wheels/tiny-1.0-py3-none-any.whl` (PEP 427).
    fn of_wheel(place: &str) -> Option<Self> {
        // pip takes extras behind a path for those of the package.
        let (path, extras) = match without_trailing_extras(place) {
            path if is_address(place) => (place, &path[path.len()..]),
            path => (path, &place[path.len()..]),
        };
        let file = path.rsplit(['/', '\\']).next()?;
        let parts: Vec<&str> = file.strip_suffix(".whl")?.split('-').collect();
        let [name, version, ..] = parts[..] else { return None };
        if !matches!(parts.len(), 5 | 6) {
            return None;
        }
        let version = percent_encoding::percent_decode_str(version).decode_utf8_lossy().replace('_', "-");
        let found = Self::of_parts(&format!("{name}{extras}"), MarkerTree::TRUE)?;
        Some(Self { versions: format!("=={version}").parse().ok(), ..found })
    }

    /// A requirement without its marker.
    fn of_parts(text: &str, marker: MarkerTree) -> Option<Self> {
        let (name, extras, rest) = head(text)?;
        let url = rest.strip_prefix('@').map(str::trim);
        if name.is_empty() || url.is_some_and(str::is_empty) || rest.is_empty() && extras.is_empty() && is_archive(name)
        {
            return None;
        }
        let name = normalized(name.parse::<PackageName>().ok()?.as_ref());
        let versions = if url.is_some() || rest.is_empty() { None } else { Some(bare(rest)?.parse().ok()?) };
        Some(Self { name, extras, versions, url: url.map(str::to_owned), marker })
    }

    /// Whether it is wanted by a Python of this kind.
    pub fn applies(&self, environment: &MarkerEnvironment) -> bool {
        self.marker.evaluate(environment, &[])
    }

    /// Whether an installed version is one that is asked for. One that does not follow PEP 440 cannot be compared.
    pub fn may_be(&self, version: &str) -> bool {
        let fits =
            |wanted: &VersionSpecifiers| version.parse::<Version>().map_or(true, |version| wanted.contains(&version));
        self.versions.as_ref().is_none_or(fits)
    }
}

/// Whether pip takes a text for an address.
fn is_address(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else { return false };
    let scheme = scheme.to_ascii_lowercase();
    let control = scheme.split_once('+').map_or(scheme.as_str(), |(control, _)| control);
    SCHEMES.contains(&scheme.as_str()) || VERSION_CONTROL.contains(&control)
}

/// Whether a name stands before the path: `tiny @ file:///tiny.whl`.
fn is_behind_name(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, _)| !name.contains('/') && !name.starts_with('.'))
}

/// The name, the extras behind it, and what follows them: `requests`, `socks`, `>=2` of `requests[socks] >=2`.
fn head(text: &str) -> Option<(&str, Vec<String>, &str)> {
    let in_name = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let (name, rest) = text.split_at(text.find(|letter| !in_name(letter)).unwrap_or(text.len()));
    let Some(inside) = rest.trim_start().strip_prefix('[') else { return Some((name, Vec::new(), rest.trim_start())) };
    let (inside, rest) = inside.split_once(']')?;
    let known = |word: &str| word.trim().parse::<ExtraName>().ok().map(|name| normalized(name.as_ref()));
    let mut extras: Vec<String> = match inside.trim() {
        "" => Vec::new(),
        _ => inside.split(',').map(known).collect::<Option<_>>()?,
    };
    extras.sort();
    extras.dedup();
    Some((name, extras, rest.trim_start()))
}

fn without_trailing_extras(place: &str) -> &str {
    match place.strip_suffix(']').and_then(|inside| inside.rsplit_once('[')) {
        Some((place, _)) => place,
        None => place,
    }
}

fn is_beside_space(text: &str, at: usize) -> bool {
    let spaced = |letter: Option<char>| letter.is_some_and(char::is_whitespace);
    spaced(text[..at].chars().next_back()) || spaced(text[at + 1..].chars().next())
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
    let name = without_trailing_extras(name);
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
        let read = Requirement::parse(text)?;
        Some((read.name.clone(), read.applies(&environment()), read.may_be(&version.to_string())))
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
            assert!(Requirement::parse(line).is_some(), "{line}");
        }
    }

    #[test]
    fn pip_takes_more_than_the_standard() {
        let told = |line: &str| {
            let found = Requirement::of_line(line)?;
            let versions = found.versions.map(|versions| versions.to_string()).unwrap_or_default();
            let extras = if found.extras.is_empty() { String::new() } else { format!("[{}]", found.extras.join(",")) };
            Some(format!("{}{extras}{versions}", found.name))
        };
        for (line, named) in [
            ("six;", "six"),
            ("Six_Pkg[B, a] >= 1 ; python_version >= '3'", "six-pkg[a,b]>=1"),
            ("./wheels/Tiny_Pkg-1.0-py3-none-any.whl", "tiny-pkg==1.0"),
            ("tiny-1.0-1-py3-none-any.whl[extra] ; python_version > '3'", "tiny[extra]==1.0"),
            ("https://h/tiny-1.0%2Bcpu-py3-none-any.whl#sha256=00", "tiny==1.0+cpu"),
            ("git+https://h/x.git@main#egg=tiny[a]&subdirectory=b", "tiny[a]"),
            ("tiny @ file:///w/tiny.whl", "tiny"),
        ] {
            assert_eq!(told(line).as_deref(), Some(named), "{line}");
        }
        for line in
            ["./tiny", "tiny-1.0.tar.gz", "https://h/x.zip", "git+https://h/x", "lib/pkg", "x.whl", "a @ b;c", ""]
        {
            assert_eq!(told(line), None, "{line}");
        }
        assert_eq!(Requirement::of_address("git+https://h/x#egg=tiny").unwrap().name, "tiny");
        assert_eq!(Requirement::of_address("tiny @ git+https://h/x").unwrap().name, "tiny");
        assert_eq!(Requirement::of_address("."), None);
    }

    #[test]
    fn versions_of_another_time_are_not_compared() {
        let six = Requirement::parse("six>=2").unwrap();
        assert!(six.may_be("2.0") && six.may_be("2004d") && !six.may_be("1.0"));
    }
}
