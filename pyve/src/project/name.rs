//! The names of a project's environments.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest name.
const LIMIT: usize = 64;

/// The name of an environment, which becomes part of paths and leads nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EnvironmentName(String);

/// Why a text is no name, with what one may consist of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidName;

impl EnvironmentName {
    /// Whether it is the one that is meant where none is named.
    pub fn is_default(&self) -> bool {
        self.0 == "default"
    }
}

impl Default for EnvironmentName {
    fn default() -> Self {
        Self("default".to_owned())
    }
}

impl FromStr for EnvironmentName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        if is_plain(text) { Ok(Self(text.to_owned())) } else { Err(InvalidName) }
    }
}

impl TryFrom<String> for EnvironmentName {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl From<EnvironmentName> for String {
    fn from(name: EnvironmentName) -> Self {
        name.0
    }
}

impl Deref for EnvironmentName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EnvironmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "use letters, digits, `.`, `_`, `-`, at most {LIMIT}, beginning with a letter or digit")
    }
}

impl std::error::Error for InvalidName {}

/// Whether a text can be part of a path and lead nowhere else.
pub fn is_plain(text: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    text.starts_with(|letter: char| letter.is_ascii_alphanumeric()) && text.len() <= LIMIT && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere() {
        for text in ["default", "dev", "3.12", "a-b_c.d"] {
            assert_eq!(text.parse::<EnvironmentName>().unwrap().to_string(), text);
        }
        let long = "x".repeat(LIMIT + 1);
        for text in ["", ".", "..", "../x", "a/b", "a\\b", "-x", "_x", "ä", "a b", "a\n", long.as_str()] {
            assert_eq!(text.parse::<EnvironmentName>(), Err(InvalidName), "{text:?}");
        }
        assert!(EnvironmentName::default().is_default() && is_plain(&EnvironmentName::default()));
        assert!(serde_json::from_str::<EnvironmentName>("\"../x\"").is_err());
    }
}
