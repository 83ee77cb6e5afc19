//! Why a text is not read as YAML, in words that fit a message.

use std::fmt;

use super::Position;
use super::parse::{ALIAS_LIMIT, DEEPEST};

/// A text that is not YAML, or more than is read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    /// Where.
    pub position: Position,
    /// What is wrong there.
    pub kind: YamlErrorKind,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum YamlErrorKind {
    /// The parser's own words.
    Syntax(String),
    /// A tab indents a line, which cannot be seen in an editor.
    Tab,
    /// Lists and mappings are nested more than [`DEEPEST`] deep.
    TooDeep,
    /// A value stands for itself.
    SelfReference,
    /// A few bytes stand for many.
    TooManyCopies,
}

impl YamlError {
    /// What the user can do about it.
    pub fn hint(&self) -> String {
        let line = self.position.line;
        match self.kind {
            YamlErrorKind::Syntax(_) => {
                format!("correct line {line}; a value with special characters needs quotes: key: \"value\"")
            }
            YamlErrorKind::Tab => format!("replace the tab in line {line} by spaces"),
            YamlErrorKind::TooDeep => format!("remove the inner lists and mappings of line {line}"),
            YamlErrorKind::SelfReference => "write the value out in place of the '*'".to_owned(),
            YamlErrorKind::TooManyCopies => "write the values out in place of the '*'".to_owned(),
        }
    }
}

/// What is wrong, without the place.
impl fmt::Display for YamlErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(words) => f.write_str(words),
            Self::Tab => f.write_str("a tab indents this line; YAML allows only spaces there"),
            Self::TooDeep => write!(f, "values are nested more than {DEEPEST} deep"),
            Self::SelfReference => f.write_str("a value refers to itself"),
            Self::TooManyCopies => write!(f, "aliases stand for more than {} KiB", ALIAS_LIMIT / 1024),
        }
    }
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.position.line, self.position.column, self.kind)
    }
}

impl std::error::Error for YamlError {}
