//! A package as an index lists it, and what a specification accepts.

use std::str::FromStr;

use rattler_conda_version::{ParseStrictness, Version, VersionSpec};
use serde_json::Value;

/// One package of a channel.
#[derive(Clone, Debug)]
pub struct Record {
    pub name: String,
    pub version: String,
    pub build: String,
    pub depends: Vec<String>,
    pub constrains: Vec<String>,
    pub url: String,
    pub file: String,
    pub sha256: String,
    pub channel: String,
    /// The index's own entry.
    pub entry: Value,
}

impl Record {
    pub fn parsed_version(&self) -> Version {
        Version::from_str(&self.version).unwrap_or_else(|_| Version::major(0))
    }

    pub fn is_noarch_python(&self) -> bool {
        self.entry["noarch"] == "python"
    }
}

/// A requirement: name, versions, build.
#[derive(Clone, Debug)]
pub struct Spec {
    pub name: String,
    version_text: String,
    version: VersionSpec,
    build: String,
}

impl Spec {
    /// What micromamba says of a bad one is the error.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.split('[').next().unwrap_or(text);
        let text = text.rsplit("::").next().unwrap_or(text).trim();
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c))).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let rest = rest.replace(", ", ",");
        let mut words = rest.split_whitespace();
        let (mut version, mut build) =
            (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
        // With a build behind `=1` the version is a beginning as well.
        let parted = version.rfind('=').filter(|at| *at > 0 && !version[..*at].ends_with(['=', '<', '>', '!', '~']));
        if let Some(at) = parted {
            (version, build) = (version[..at].to_owned(), version[at + 1..].to_owned());
        }
        let parsed = match version.as_str() {
            "" | "*" | "=*" => Ok(VersionSpec::Any),
            other => VersionSpec::from_str(other, ParseStrictness::Lenient),
        };
        let bad = version.trim_matches('=').to_owned();
        let says = |_| format!("Error parsing version \"{bad}\". Version contains invalid characters in {bad}.");
        Ok(Self { name: name.to_lowercase(), version: parsed.map_err(says)?, version_text: version, build })
    }

    /// Whether it is about the machine, which the real one looks at: it has whatever is asked for.
    pub fn is_virtual(&self) -> bool {
        self.name.starts_with("__")
    }

    /// Whether a machine of `platform` has it, as far as the variables say that solvers take for what the machine has.
    pub fn is_of_machine(&self, platform: &str) -> bool {
        let system = platform.split('-').next().unwrap_or_default();
        let is_there = match self.name.as_str() {
            "__unix" => system != "win",
            "__glibc" | "__linux" => system == "linux",
            "__osx" => system == "osx",
            "__win" => system == "win",
            _ => true,
        };
        let variable = format!("CONDA_OVERRIDE_{}", self.name.trim_start_matches('_').to_uppercase());
        let said = std::env::var(variable).ok().filter(|value| !value.is_empty() && self.name != "__archspec");
        // What nobody says, the machine is taken to have.
        let said = said.and_then(|value| Version::from_str(&value).ok());
        is_there && said.is_none_or(|version| self.version.matches(&version))
    }

    pub fn accepts(&self, record: &Record) -> bool {
        record.name == self.name
            && self.version.matches(&record.parsed_version())
            && (self.build.is_empty()
                || self.build == "*"
                || record.build.starts_with(self.build.trim_end_matches('*')))
    }
}

/// As it appears in explanations: `hello >=3 *`.
impl std::fmt::Display for Spec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let version = if self.version_text.is_empty() { "=*" } else { &self.version_text };
        let build = if self.build.is_empty() { "*" } else { &self.build };
        write!(f, "{} {version} {build}", self.name)
    }
}
