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

/// A text is no name of an environment: what one may consist of, and the nearest that is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidName {
    near: Option<String>,
}

/// A text is no id of a backend: what one may consist of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidId;

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
        if is_plain(text) { Ok(Self(text.to_owned())) } else { Err(InvalidName { near: near(text) }) }
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
        InvalidId.fmt(f)?;
        self.near.as_ref().map_or(Ok(()), |near| write!(f, "; did you mean `{near}`?"))
    }
}

impl std::error::Error for InvalidName {}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "use letters, digits, `.`, `_`, `-`, at most {LIMIT}, beginning with a letter or digit")
    }
}

impl std::error::Error for InvalidId {}

/// The text with a `-` for each run of what no name has, if that is one.
fn near(text: &str) -> Option<String> {
    let parts = text.split(|letter: char| !is_letter(letter)).filter(|part| part.contains(char::is_alphanumeric));
    let joined = parts.collect::<Vec<_>>().join("-");
    let near: String =
        joined.trim_start_matches(|letter: char| !letter.is_ascii_alphanumeric()).chars().take(LIMIT).collect();
    is_plain(&near).then_some(near)
}

fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "._-".contains(letter)
}

/// Whether a text can be part of a path and lead nowhere else.
pub fn is_plain(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        && text.len() <= LIMIT
        && text.chars().all(is_letter)
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
            assert!(text.parse::<EnvironmentName>().is_err(), "{text:?}");
        }
        let near = |text: &str| text.parse::<EnvironmentName>().unwrap_err().near;
        let nearest = ["../x", "a/b", "my env", "-x", "a\n", "..", "ä", ""].map(near);
        let expected = [Some("x"), Some("a-b"), Some("my-env"), Some("x"), Some("a"), None, None, None];
        assert_eq!(nearest, expected.map(|near| near.map(str::to_owned)));
        assert_eq!(near(&long), Some("x".repeat(LIMIT)));
        assert!(EnvironmentName::default().is_default() && is_plain(&EnvironmentName::default()));
        assert!(serde_json::from_str::<EnvironmentName>("\"../x\"").is_err());
    }
}
