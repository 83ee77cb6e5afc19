//! A package as an environment file of conda asks for it: `conda-forge::numpy >=1.26,<3 py312*`.
//!
//! Followed is micromamba, which installs from such files. Where it and conda differ, so they do here: of `numpy=2=py312*`
//! the version is any that begins with 2.

use std::str::FromStr;

use rattler_conda_version::{ParseStrictness, Version, VersionSpec};

use crate::conda_package::PackageFile;

/// Which packages a line of `dependencies` accepts.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchSpec {
    /// As it was written.
    pub text: String,
    /// In lower case; a pattern may hold `*`.
    pub name: String,
    version: VersionSpec,
    /// A pattern with `*`, or everything.
    build: String,
    /// Whether it says more than can be compared here: an address, a regular expression, a hash.
    opaque: bool,
}

/// The keys that may stand in `name[key=value]`.
const BRACKET_KEYS: [&str; 18] = [
    "version",
    "build",
    "build_number",
    "channel",
    "subdir",
    "fn",
    "url",
    "md5",
    "sha256",
    "license",
    "license_family",
    "features",
    "track_features",
    "optional",
    "target",
    "extras",
    "flags",
    "when",
];

impl MatchSpec {
    /// Parses `text`, or says in half a sentence what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if is_archive(text) {
            return Ok(Self::of_archive(text));
        }
        let (plain, bracket) = split_bracket(without_channel(text))?;
        let end = plain.find(|c: char| !name_char(c)).unwrap_or(plain.len());
        let (name, rest) = plain.split_at(end);
        if !name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '*') {
            return Err("it does not begin with a package's name".to_owned());
        }
        if let Some(odd) = rest.chars().next().filter(|c| !c.is_whitespace() && !"<>=!~".contains(*c)) {
            return Err(format!("'{odd}' cannot stand in a package's name"));
        }
        let (version, build) = split_constraint(rest.trim())?;
        let mut spec = Self {
            text: text.to_owned(),
            name: name.to_ascii_lowercase(),
            version: parse_version(&version)?,
            build,
            opaque: false,
        };
        bracket.into_iter().try_for_each(|(key, value)| spec.refine(&key, &value))?;
        spec.opaque |= spec.name.contains('*') || spec.build.starts_with('^');
        Ok(spec)
    }

    /// Whether it is about the machine (`__glibc>=2.17`): such packages count for the solver, and are never installed.
    pub fn is_virtual(&self) -> bool {
        self.name.starts_with("__")
    }

    /// Whether a package of exactly [`MatchSpec::name`] is in an environment that was made of it: not so of patterns, of what
    /// is said of the machine, and of addresses that name no package's file.
    pub fn is_of_one_package(&self) -> bool {
        !self.name.is_empty() && !self.name.contains('*') && !self.is_virtual()
    }

    /// A package given by its file: its name is in the file's name, and is empty if that is no package's.
    fn of_archive(text: &str) -> Self {
        let name = PackageFile::of_archive(text).map(|file| file.name).unwrap_or_default();
        Self { text: text.to_owned(), name, version: VersionSpec::Any, build: String::new(), opaque: true }
    }

    fn refine(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "version" => self.version = parse_version(value)?,
            "build" => self.build = value.to_owned(),
            "channel" | "subdir" | "optional" => {}
            _ if BRACKET_KEYS.contains(&key) => self.opaque = true,
            _ => return Err(format!("'{key}' is not a key that can stand in brackets")),
        }
        Ok(())
    }

    /// Whether a package of its name with this version and build is accepted; `None` if that cannot be told here.
    pub fn accepts(&self, version: &str, build: &str) -> Option<bool> {
        let version = Version::from_str(version).ok()?;
        if !self.version.matches(&version) {
            return Some(false);
        }
        if self.opaque {
            return None;
        }
        Some(self.build.is_empty() || glob(&self.build, build))
    }

    /// Whether the version alone is accepted, whatever else is asked for.
    pub fn accepts_version(&self, version: &Version) -> bool {
        self.version.matches(version)
    }
}

/// The parts of a spec as they are written: `conda-forge::numpy =1.26=py312*`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// `conda-forge`; empty where none is named.
    pub channel: String,
    /// In lower case.
    pub name: String,
    /// `=1.26`; empty for any.
    pub version: String,
    /// `py312*`; empty for any.
    pub build: String,
}

/// Divides a spec; `None` for an address, and for one with more in brackets than this.
///
/// ```
/// use pyve_formats::match_spec::divided;
/// let numpy = divided("conda-forge::NumPy =1.26=py312*").unwrap();
/// assert_eq!((numpy.channel.as_str(), numpy.name.as_str()), ("conda-forge", "numpy"));
/// assert_eq!((numpy.version.as_str(), numpy.build.as_str()), ("=1.26", "py312*"));
/// ```
pub fn divided(text: &str) -> Option<Parts> {
    let text = text.trim();
    if is_archive(text) || text.contains('[') || MatchSpec::parse(text).is_err() {
        return None;
    }
    let spec = without_channel(text);
    let channel = text.strip_suffix(spec)?.trim_end().trim_end_matches("::").to_owned();
    let (name, rest) = spec.split_at(spec.find(|c: char| !name_char(c)).unwrap_or(spec.len()));
    let (version, build) = split_constraint(rest.trim()).ok()?;
    Some(Parts { channel, name: name.to_ascii_lowercase(), version, build })
}

fn name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._-*".contains(c)
}

/// A package's own file, here or on a server, with or without the hash that explicit lists put behind it.
fn is_archive(text: &str) -> bool {
    let file = text.split('#').next().unwrap_or(text);
    let is_address = text.contains("://") && !text.contains("::") && !text.contains('[');
    is_address || file.ends_with(".conda") || file.ends_with(".tar.bz2")
}

/// What follows `conda-forge::`, or an address of a channel before `::`.
fn without_channel(text: &str) -> &str {
    let is_closed = |channel: &str| channel.matches('[').count() == channel.matches(']').count();
    text.rsplit_once("::").filter(|(channel, _)| is_closed(channel)).map_or(text, |(_, spec)| spec.trim())
}

/// Keys and values, as they were written.
type Pairs = Vec<(String, String)>;

/// `name[key=value, …]`: what stands before the brackets, and the pairs in them.
fn split_bracket(text: &str) -> Result<(&str, Pairs), String> {
    let Some((plain, rest)) = text.split_once('[') else {
        return Ok((text, Vec::new()));
    };
    let Some(inside) = rest.trim_end().strip_suffix(']') else {
        return Err("the bracket '[' is not closed".to_owned());
    };
    let mut pairs = Pairs::new();
    let mut left = inside.trim();
    while !left.is_empty() {
        let Some((key, value)) = left.split_once('=') else {
            return Err(format!("'{left}' in brackets is not of the form key=value"));
        };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '\'' | '"'));
        let (value, rest) = match quote {
            None if value.starts_with('[') => value[1..].split_once(']').ok_or("a list in brackets is not closed")?,
            Some(quote) => value[1..].split_once(quote).ok_or("a quote in brackets is not closed")?,
            None => value.split_once(',').unwrap_or((value, "")),
        };
        pairs.push((key.trim().to_owned(), value.trim().to_owned()));
        left = rest.trim_start().trim_start_matches(',').trim_start();
    }
    Ok((plain, pairs))
}

/// `>=1.26, <3 py312*` and `=1.26=py312*`: the version and the build.
pub(crate) fn split_constraint(rest: &str) -> Result<(String, String), String> {
    let joined = join_operators(rest);
    let mut words = joined.split_whitespace();
    let (version, build) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if words.next().is_some() {
        return Err(format!("'{rest}' has more parts than a version and a build"));
    }
    if !build.is_empty() {
        return Ok((version.to_owned(), build.trim_start_matches('=').to_owned()));
    }
    // The last `=` that is no part of an operator begins the build: `=1.26=py312*`, `>=1.26,<3=py312*`.
    let is_operator =
        |at: usize| version[..at].is_empty() || version[..at].ends_with(['<', '>', '=', '!', '~', ',', '|', '(']);
    match version.rfind('=').filter(|at| !is_operator(*at)) {
        Some(at) => Ok((version[..at].to_owned(), version[at + 1..].to_owned())),
        None => Ok((version.to_owned(), String::new())),
    }
}

/// Takes out the white space that stands beside an operator, so that what is left parts version from build.
fn join_operators(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = true;
            continue;
        }
        let glued = joined.ends_with(['<', '>', '=', '!', '~', ',', '|', '(']) || matches!(c, ',' | '|' | ')');
        if gap && !glued && !joined.is_empty() {
            joined.push(' ');
        }
        gap = false;
        joined.push(c);
    }
    joined
}

fn parse_version(text: &str) -> Result<VersionSpec, String> {
    match text {
        "" | "*" | "=*" | "==*" => Ok(VersionSpec::Any),
        _ => VersionSpec::from_str(text, ParseStrictness::Lenient)
            .map_err(|_| format!("'{text}' is not a version or a range of versions")),
    }
}

/// Whether `text` fits `pattern`, in which `*` stands for any run of characters.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut left) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return left.is_empty();
    };
    for part in parts {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(spec: &str, version: &str, build: &str) -> Option<bool> {
        MatchSpec::parse(spec).unwrap_or_else(|why| panic!("{spec}: {why}")).accepts(version, build)
    }

    #[test]
    fn versions_are_matched_by_condas_rules() {
        for (spec, version, fits) in [
            ("numpy", "1.26.4", true),
            ("numpy=1.26", "1.26.4", true),
            ("numpy=1.26", "1.260", false),
            ("numpy==1.26", "1.26.4", false),
            ("numpy==1.26.4", "1.26.4", true),
            ("numpy 1.26.*", "1.26.4", true),
            ("numpy 1.26", "1.26.4", false),
            ("numpy >=1.20, <2", "1.26.4", true),
            ("numpy>=1.20,<1.26", "1.26.4", false),
            ("numpy >= 1.20 , < 2", "1.26.4", true),
            ("numpy=1.20|=1.26", "1.26.4", true),
            ("numpy!=1.26.4", "1.26.4", false),
            ("numpy~=1.26.1", "1.26.4", true),
            ("python=3.1", "3.10.2", false),
            ("python=3.12.1", "3.12.10", false),
            ("conda-forge::numpy=1.26", "1.26.4", true),
            ("conda-forge/linux-64::numpy", "1.26.4", true),
            ("NumPy[version='>=1.20,<2', build=py*]", "1.26.4", true),
            ("numpy[version=\">2\"]", "1.26.4", false),
            ("numpy=*", "1.26.4", true),
            ("openssl>=1.1.1a", "1.1.1w", true),
        ] {
            assert_eq!(accepts(spec, version, "py312_0"), Some(fits), "{spec} {version}");
        }
    }

    #[test]
    fn builds_are_patterns() {
        assert_eq!(accepts("numpy=1.26.4=py312*", "1.26.4", "py312_0"), Some(true));
        assert_eq!(accepts("numpy=1.26.4=py311*", "1.26.4", "py312_0"), Some(false));
        assert_eq!(accepts("numpy=1.26=py312_0", "1.26.4", "py312_0"), Some(true), "any version that begins so");
        assert_eq!(accepts("numpy==1.26=py312_0", "1.26.4", "py312_0"), Some(false));
        assert_eq!(accepts("numpy 1.26 py312*", "1.26.4", "py312_0"), Some(false), "without a sign it is exact");
        assert_eq!(accepts("python=3.11=*_cpython", "3.11.9", "hab00c5b_0_cpython"), Some(true));
        assert_eq!(accepts("numpy>=1.2,<2=py312*", "1.26.4", "py312_0"), Some(true));
        assert_eq!(accepts("numpy>=1.2,<=1.3=py312*", "1.26.4", "py312_0"), Some(false));
        assert_eq!(accepts("numpy 1.26.4 *_0", "1.26.4", "py312_0"), Some(true));
        assert_eq!(accepts("numpy * *mkl*", "1.26.4", "py312_mkl_0"), Some(true));
        assert_eq!(accepts("numpy * *mkl*", "1.26.4", "py312_0"), Some(false));
    }

    #[test]
    fn what_cannot_be_compared_is_not_guessed() {
        let spec = MatchSpec::parse("https://host/linux-64/my-pkg-1.2-0.conda").unwrap();
        assert_eq!((spec.name.as_str(), spec.accepts("1.2", "0")), ("my-pkg", None));
        let spec = MatchSpec::parse("./my-pkg-1.2-0.tar.bz2#0123").unwrap();
        assert_eq!((spec.name.as_str(), spec.accepts("1.2", "0")), ("my-pkg", None));
        assert_eq!(accepts("numpy[md5=abc]", "1.0", "0"), None);
        assert_eq!(accepts("numpy[version='>2', md5=abc]", "1.0", "0"), Some(false));
        assert_eq!(accepts("numpy[build='^py3']", "1.0", "0"), None);
        assert_eq!(accepts("numpy[extras=[a, b], version='1.*']", "1.0", "0"), None);
        assert_eq!(accepts("numpy[flags=[cuda], version='1.*']", "2.0", "0"), Some(false));
    }

    #[test]
    fn a_channel_may_be_an_address() {
        for spec in [
            "file:///a b/channel::numpy=1",
            "https://host/t/token/channel/linux-64::numpy=1",
            "channel[linux-64,noarch]::numpy=1",
            "numpy[channel=file:///a/channel, version=1.*]",
            "numpy[channel='https://host/a::b', version='1.*']",
        ] {
            assert_eq!(accepts(spec, "1.2", "0"), Some(true), "{spec}");
            assert_eq!(accepts(spec, "2.0", "0"), Some(false), "{spec}");
        }
    }

    #[test]
    fn what_is_said_of_the_machine_is_no_package() {
        let spec = MatchSpec::parse("__glibc>=2.17").unwrap();
        assert_eq!((spec.name.as_str(), spec.is_virtual(), spec.accepts("2.36", "0")), ("__glibc", true, Some(true)));
        assert!(!MatchSpec::parse("_libgcc_mutex").unwrap().is_virtual());
    }

    #[test]
    fn only_what_names_one_package_can_be_missing() {
        let of_one = |text| MatchSpec::parse(text).unwrap().is_of_one_package();
        for text in ["numpy", "_libgcc_mutex", "file:///a/b::hello", "https://host/linux-64/my-pkg-1.2-0.conda"] {
            assert!(of_one(text), "{text}");
        }
        for text in ["__glibc>=2.17", "__unix", "*[build=mkl*]", "libblas*", "https://host/latest", "file:///a/b.conda"]
        {
            assert!(!of_one(text), "{text}");
        }
    }

    #[test]
    fn malformed_specs_say_what_is_wrong() {
        let why = |text| MatchSpec::parse(text).unwrap_err();
        assert_eq!(why("hello=>="), "'=>=' is not a version or a range of versions");
        assert_eq!(why(">=3"), "it does not begin with a package's name");
        assert_eq!(why("hello world/1.0"), "'world/1.0' is not a version or a range of versions");
        assert_eq!(why("hello@1.0"), "'@' cannot stand in a package's name");
        assert_eq!(why("hello 1 2 3"), "'1 2 3' has more parts than a version and a build");
        assert_eq!(why("hello[version=1"), "the bracket '[' is not closed");
        assert_eq!(why("hello[verison=1]"), "'verison' is not a key that can stand in brackets");
        assert_eq!(why("hello[version='1]"), "a quote in brackets is not closed");
        assert_eq!(why("hello[extras=[a, b]"), "a list in brackets is not closed");
        assert_eq!(why("hello[1]"), "'1' in brackets is not of the form key=value");
        assert_eq!(why("hello>=1.0,,<2"), "'>=1.0,,<2' is not a version or a range of versions");
    }
}
