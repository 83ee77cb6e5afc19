//! Versions of Python: how people ask for one, and which installed ones are meant.

mod build;
pub mod files;
mod request;

use pep440_rs::{Version, VersionSpecifiers};

pub use build::{Build, Series};
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
}
