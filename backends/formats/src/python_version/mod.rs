//! Versions of Python: how people ask for one, and which installed ones are meant.

pub mod files;
mod request;

use pep440_rs::{Version, VersionSpecifiers};

pub use request::VersionRequest;

/// The name of an installation or an answer of an interpreter as a version; `3.13-dev` and `3.13t` are none.
pub fn parse_installed(text: &str) -> Option<Version> {
    let version: Version = text.parse().ok()?;
    let plain = text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains(['!', '+', '-']);
    (plain && !version.is_dev() && !version.is_post()).then_some(version)
}

/// The first two numbers.
pub fn minor_of(version: &Version) -> (u64, u64) {
    let release = version.release();
    (release.first().copied().unwrap_or(0), release.get(1).copied().unwrap_or(0))
}

/// Finished releases before pre-releases, newer before older.
pub fn best_first(a: &Version, b: &Version) -> std::cmp::Ordering {
    (a.any_prerelease().cmp(&b.any_prerelease())).then_with(|| b.cmp(a))
}

/// A constraint such as `requires-python`, as `packaging` reads it: white space and commas with nothing beside them do
/// not count. On error in half a sentence what is wrong.
pub fn constraint(text: &str) -> Result<VersionSpecifiers, String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let parsed = parts.join(",").parse::<VersionSpecifiers>();
    parsed.map_err(|error| error.to_string().lines().next().unwrap_or_default().trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_are_read_as_packaging_reads_them() {
        for text in [">=3.9,<3.14", ">= 3.9, < 3.14", " >=3.9 ,<3.14,", ",>=3.9,,<3.14"] {
            assert_eq!(constraint(text).unwrap().to_string(), ">=3.9, <3.14", "{text}");
        }
        assert_eq!(constraint("").unwrap().to_string(), "");
        for text in [">=3.9 <3.14", "3.9", ">=", ">=3.9.*"] {
            assert!(constraint(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_pre_release_comes_last() {
        let version = |text| parse_installed(text).unwrap();
        let mut found = [version("3.13.0"), version("3.15.0a1"), version("3.9.18"), version("3.13.10")];
        found.sort_by(best_first);
        assert_eq!(found.map(|v| v.to_string()), ["3.13.10", "3.13.0", "3.9.18", "3.15.0a1"]);
    }
}
