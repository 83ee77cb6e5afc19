//! Whether two markers mean the same: each is tried on many an environment, since uv writes them in a form of its own.

use std::collections::BTreeSet;

use pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::{ExtraName, MarkerEnvironment, MarkerEnvironmentBuilder, MarkerTree};

/// `os.name`, `sys.platform`, `platform.system()` and `platform.machine()` of a machine.
type Platform = (String, String, String, String);

const PLATFORMS: [(&str, &str, &str, &str); 7] = [
    ("posix", "linux", "Linux", "x86_64"),
    ("posix", "linux", "Linux", "aarch64"),
    ("posix", "darwin", "Darwin", "x86_64"),
    ("posix", "darwin", "Darwin", "arm64"),
    ("nt", "win32", "Windows", "AMD64"),
    ("nt", "win32", "Windows", "ARM64"),
    ("posix", "emscripten", "Emscripten", "wasm32"),
];

const IMPLEMENTATIONS: [(&str, &str); 2] = [("cpython", "CPython"), ("pypy", "PyPy")];

/// The minor versions of Python 3 that are tried.
const MINORS: std::ops::RangeInclusive<u64> = 6..=17;

/// A marker, and the extra that it is for.
#[derive(Clone, Debug)]
pub struct Marked {
    pub tree: MarkerTree,
    /// As it is written.
    pub text: String,
    /// Of a line of an extra its name.
    pub extra: Option<String>,
}

impl Marked {
    pub fn of(text: &str) -> Option<Self> {
        let tree = if text.is_empty() { MarkerTree::TRUE } else { text.parse().ok()? };
        Some(Self { tree, text: text.to_owned(), extra: None })
    }

    /// With the extra, if it is for one.
    fn whole(&self) -> Option<MarkerTree> {
        let mut tree = self.tree.clone();
        if let Some(extra) = &self.extra {
            tree.and(format!("extra == '{extra}'").parse().ok()?);
        }
        Some(tree)
    }

    fn holds(&self, environment: &MarkerEnvironment, extra: Option<&ExtraName>) -> bool {
        let meant = self.extra.as_ref().is_none_or(|own| extra.is_some_and(|extra| extra.as_ref() == own));
        meant && self.tree.evaluate(environment, extra.map(std::slice::from_ref).unwrap_or_default())
    }
}

/// Compares within the Pythons that are locked for; `extras` are those of the project.
pub fn same(one: &Marked, other: &Marked, pythons: &VersionSpecifiers, extras: &[String]) -> bool {
    // Most are the same for every Python, or for those that are locked for: then nothing has to be tried.
    if let (Some(mut one), Some(mut other)) = (one.whole(), other.whole()) {
        if one == other {
            return true;
        }
        if let Some(bounds) = tree_of(pythons) {
            one.and(bounds.clone());
            other.and(bounds);
            if one == other {
                return true;
            }
        }
    }
    let extras: Vec<Option<ExtraName>> =
        std::iter::once(None).chain(extras.iter().filter_map(|extra| extra.parse().ok()).map(Some)).collect();
    let words: BTreeSet<&str> = quoted(&one.text).chain(quoted(&other.text)).collect();
    let (pythons, platforms) = (versions(&words, pythons), platforms(&words));
    let agree = |environment: &MarkerEnvironment| {
        extras.iter().all(|extra| one.holds(environment, extra.as_ref()) == other.holds(environment, extra.as_ref()))
    };
    pythons.iter().all(|python| {
        platforms.iter().all(|platform| {
            IMPLEMENTATIONS.iter().all(|kind| environment(platform, python, *kind).is_none_or(|it| agree(&it)))
        })
    })
}

/// The bounds as a marker; `None` where there are none.
fn tree_of(pythons: &VersionSpecifiers) -> Option<MarkerTree> {
    let one = |specifier: String| {
        let (operator, version) = specifier.split_at(specifier.find(|letter: char| letter.is_ascii_digit())?);
        Some(format!("python_full_version {} '{version}'", operator.trim()))
    };
    let bounds: Vec<String> = pythons.iter().filter_map(|specifier| one(specifier.to_string())).collect();
    bounds.join(" and ").parse().ok()
}

/// The words within quotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split(['"', '\'']).skip(1).step_by(2)
}

/// Some of every series, and those around each version that is named.
fn versions(words: &BTreeSet<&str>, pythons: &VersionSpecifiers) -> Vec<Version> {
    let mut found: BTreeSet<Version> =
        MINORS.flat_map(|minor| [0, 40].map(|patch| Version::new([3, minor, patch]))).collect();
    for word in words.iter().flat_map(|word| word.split_whitespace()) {
        let Ok(version) = word.trim_end_matches(".*").parse::<Version>() else { continue };
        let number = |at: usize| version.release().get(at).copied().unwrap_or_default();
        let near = |patch: u64| Version::new([number(0), number(1), patch]);
        found.extend([number(2).saturating_sub(1), number(2), number(2).saturating_add(1)].map(near));
    }
    found.into_iter().filter(|version| pythons.contains(version)).collect()
}

/// The usual ones, and each with the words that are named in the place of every name.
fn platforms(words: &BTreeSet<&str>) -> Vec<Platform> {
    let owned = |it: &(&str, &str, &str, &str)| (it.0.to_owned(), it.1.to_owned(), it.2.to_owned(), it.3.to_owned());
    let mut found: Vec<Platform> = PLATFORMS.iter().map(owned).collect();
    let known = |word: &str| PLATFORMS.iter().any(|it| [it.0, it.1, it.2, it.3].contains(&word));
    let is_name = |word: &&&str| word.starts_with(|letter: char| letter.is_ascii_alphabetic()) && !known(word);
    for word in words.iter().filter(is_name) {
        for (index, base) in PLATFORMS.iter().enumerate().filter(|(index, _)| index % 2 == 0) {
            let (mut system, mut machine) = (owned(base), owned(base));
            (system.1, machine.3) = ((*word).to_owned(), (*word).to_owned());
            found.extend([system, machine]);
            if index == 0 {
                found.push(((*word).to_owned(), (*word).to_owned(), (*word).to_owned(), (*word).to_owned()));
            }
        }
    }
    found
}

/// What Python says of itself on a machine.
pub fn environment(platform: &Platform, python: &Version, kind: (&str, &str)) -> Option<MarkerEnvironment> {
    let full = python.to_string();
    let short = format!("{}.{}", python.release().first()?, python.release().get(1).copied().unwrap_or_default());
    MarkerEnvironment::try_from(MarkerEnvironmentBuilder {
        implementation_name: kind.0,
        implementation_version: &full,
        os_name: &platform.0,
        platform_machine: &platform.3,
        platform_python_implementation: kind.1,
        platform_release: "",
        platform_system: &platform.2,
        platform_version: "",
        python_full_version: &full,
        python_version: &short,
        sys_platform: &platform.1,
    })
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agree(one: &str, other: &str, python: &str, extra: Option<&str>) -> bool {
        let asked = Marked { extra: extra.map(str::to_owned), ..Marked::of(one).unwrap() };
        let extras: Vec<String> = extra.map(str::to_owned).into_iter().collect();
        same(&asked, &Marked::of(other).unwrap(), &python.parse().unwrap(), &extras)
    }

    #[test]
    fn the_form_of_a_marker_does_not_count() {
        for (one, other, python) in [
            ("python_version < '3.11'", "python_full_version < '3.11'", ""),
            (
                "sys_platform=='linux' and python_version>'3.9'",
                "python_full_version >= '3.10' and sys_platform == 'linux'",
                "",
            ),
            ("python_version < '3.11'", "", "<3.11"),
            ("python_version >= '3.8'", "", ">=3.9"),
            ("platform_system == 'Haiku'", "'Haiku' == platform_system", ""),
        ] {
            assert!(agree(one, other, python, None), "{one} | {other}");
        }
        for (one, other) in [
            ("python_version < '3.11'", ""),
            ("python_full_version < '3.11.4'", "python_full_version < '3.11.5'"),
            ("sys_platform == 'linux'", "sys_platform != 'win32'"),
            ("platform_machine == 'riscv64'", "platform_machine == 'ppc64le'"),
            ("sys_platform == 'cygwin'", "sys_platform == 'haiku'"),
            ("implementation_name == 'cpython'", ""),
        ] {
            assert!(!agree(one, other, "", None), "{one} | {other}");
        }
    }

    #[test]
    fn bounds_are_a_marker() {
        let bounds: VersionSpecifiers = ">=3.10,!=3.11.*,<4".parse().unwrap();
        let marker = "python_full_version >= '3.10' and python_full_version != '3.11.*' and python_full_version < '4'";
        assert_eq!(tree_of(&bounds), marker.parse().ok());
        assert_eq!(tree_of(&VersionSpecifiers::empty()), None);
    }

    #[test]
    fn a_line_of_an_extra_is_for_that_extra() {
        assert!(agree("", "extra == 'cli'", "", Some("cli")));
        assert!(agree("python_version >= '3.9'", "python_full_version >= '3.9' and extra == 'cli'", "", Some("cli")));
        assert!(!agree("", "", "", Some("cli")));
        assert!(!agree("", "extra == 'gui'", "", Some("cli")));
    }
}
