//! YAML as it was written: every value with its line and column, and scalars as text.
//!
//! The text matters: read as a number, an unquoted `3.10` would become Python 3.1.
//!
//! ```
//! use pyve_formats::yaml;
//!
//! # fn main() -> Result<(), yaml::YamlError> {
//! let document = yaml::parse("python:\n  version: 3.10\n")?;
//! let root = document.root.unwrap();
//! let version = root.get("python").and_then(|python| python.get("version")).unwrap();
//! assert_eq!((version.text(), version.position.line), (Some("3.10"), 2));
//! # Ok(())
//! # }
//! ```

mod error;
mod parse;
mod scalar;

pub use error::{YamlError, YamlErrorKind};
pub use parse::{DEEPEST, parse};
pub use scalar::scalar;

/// A line and a column, both from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// What a file holds: its first document, as every tool of the field reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// `None` where there is nothing but blanks and comments.
    pub root: Option<Node>,
    /// Keys that a mapping has already; their values are left out of it.
    pub repeated: Vec<RepeatedKey>,
    /// Where a second document begins, which was not read.
    pub second: Option<Position>,
}

/// A key that its mapping has already, which YAML forbids and readers take differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatedKey {
    /// The key.
    pub key: String,
    /// Where it stands once more.
    pub position: Position,
    /// Where it stands first.
    pub first: Position,
}

/// A value and where it was written. An alias is a copy of what it stands for, at its own position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where it begins.
    pub position: Position,
    /// What it is.
    pub value: Value,
}

/// The three kinds of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A single value.
    Scalar {
        /// As it was written, without the quotes.
        text: String,
        /// Whether it was written without quotes, so that YAML may mean a number, a bool or nothing by it.
        plain: bool,
    },
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order of the file; each key of text is there once.
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// Whether nothing was written, or `~` or `null`.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, plain: true } if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }

    /// A single value as text; `None` for one that is null, too.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }

    /// The items of a list.
    pub fn list(&self) -> Option<&[Self]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The keys and values of a mapping.
    pub fn map(&self) -> Option<&[(Self, Self)]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value below `key`, where this is a mapping that has it; a null one counts as not there.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.get_written(key).filter(|node| !node.is_null())
    }

    /// The value below `key`, where this is a mapping that has it, be it null.
    pub fn get_written(&self, key: &str) -> Option<&Self> {
        self.map()?.iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    /// What it is, for a message: `the text 'hello'`, `a list`.
    pub fn described(&self) -> String {
        self.text().map_or_else(|| self.kind().to_owned(), |text| format!("the text '{text}'"))
    }

    /// What kind of value it is, for a message: `a list`.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Scalar { .. } if self.is_null() => "empty",
            Value::Scalar { .. } => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }
}
