//! TOML of which every value's line is known.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::Written;
use crate::read::{self, Limit, ReadError};

/// A file in TOML.
#[derive(Clone, Debug, Default)]
pub struct TomlFile {
    root: Vec<(Written, Item)>,
}

/// A value, and the line in which it begins.
#[derive(Clone, Debug)]
pub struct Item {
    /// From 1.
    pub line: usize,
    value: Value,
}

#[derive(Clone, Debug)]
enum Value {
    Text(String),
    Bool(bool),
    List(Vec<Item>),
    Table(Vec<(Written, Item)>),
    /// The name of its type; nothing in it is asked for here.
    Other(&'static str),
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TomlError {
    /// From 1.
    pub line: usize,
    /// Half a sentence, on one line.
    pub words: String,
}

impl fmt::Display for TomlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.words)
    }
}

impl std::error::Error for TomlError {}

/// Why a file of a project was not read.
#[derive(Debug)]
pub enum FileError {
    /// It is there and is no file of its kind.
    Read(ReadError),
    /// It is not what it should be.
    Toml {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        error: TomlError,
    },
}

impl FileError {
    /// What the user can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Read(error) => error.hint(),
            Self::Toml { path, error } => format!("correct line {} of {}", error.line, path.display()),
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => error.fmt(f),
            Self::Toml { path, error } => {
                write!(f, "{}:{} cannot be read: {}", path.display(), error.line, error.words)
            }
        }
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read(error) => Some(error),
            Self::Toml { error, .. } => Some(error),
        }
    }
}

impl TomlFile {
    /// Reads a file of a project; `None` where there is none.
    pub fn read(path: &Path) -> Result<Option<Self>, FileError> {
        let Some(bytes) = read::bytes(path, Limit::PROJECT).map_err(FileError::Read)? else { return Ok(None) };
        let parsed = Self::parse(&String::from_utf8_lossy(&bytes));
        parsed.map(Some).map_err(|error| FileError::Toml { path: path.to_owned(), error })
    }

    /// Reads the text of a file.
    pub fn parse(text: &str) -> Result<Self, TomlError> {
        let lines = Lines::of(text);
        let root = DeTable::parse(text).map_err(|error| {
            let line = error.span().map_or(1, |span| lines.at(span.start));
            TomlError { line, words: error.message().lines().next().unwrap_or_default().trim_end().to_owned() }
        })?;
        Ok(Self { root: entries(root.get_ref(), &lines) })
    }

    /// The line in which a key or a table first stands: `tool.uv` also where only `[tool.uv.sources]` is.
    pub fn line(&self, path: &str) -> Option<usize> {
        self.find(path).map(|(key, _)| key.line)
    }

    /// The text at a path such as `project.requires-python`; `None` where nothing is there.
    pub fn text(&self, path: &str) -> Result<Option<Written>, TomlError> {
        self.find(path).map(|(_, item)| item.written(path)).transpose()
    }

    /// The texts of the list at a path; none where nothing is there.
    pub fn texts(&self, path: &str) -> Result<Vec<Written>, TomlError> {
        match self.find(path) {
            None => Ok(Vec::new()),
            Some((_, item)) => item.texts(path),
        }
    }

    /// The keys of the table at a path, `""` for the whole file, in the order of their lines; none where no table is.
    pub fn keys(&self, path: &str) -> Vec<Written> {
        let entries = self.entries(path).unwrap_or_default();
        entries.into_iter().map(|(key, _)| key.clone()).collect()
    }

    /// The value at a path; `None` where nothing is there.
    pub fn item(&self, path: &str) -> Option<&Item> {
        self.find(path).map(|(_, item)| item)
    }

    /// The entries of the table at a path, or of the whole file where that is empty, in the order of the file.
    pub fn entries(&self, path: &str) -> Result<Vec<&(Written, Item)>, TomlError> {
        let mut entries: Vec<_> = match self.item(path) {
            None if path.is_empty() => self.root.iter().collect(),
            None => Vec::new(),
            Some(item) => item.entries(path)?.iter().collect(),
        };
        crate::sorted::by_key(&mut entries, |(key, _)| key.line);
        Ok(entries)
    }

    fn find(&self, path: &str) -> Option<&(Written, Item)> {
        let mut parts = path.split('.');
        let mut found = entry(&self.root, parts.next()?)?;
        for part in parts {
            let Value::Table(entries) = &found.1.value else { return None };
            found = entry(entries, part)?;
        }
        Some(found)
    }
}

fn entry<'a>(entries: &'a [(Written, Item)], key: &str) -> Option<&'a (Written, Item)> {
    entries.iter().find(|(known, _)| known.text == key)
}

impl Item {
    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Value::Bool(truth) = self.value { Some(truth) } else { None }
    }

    /// The items of an array, if it is one.
    pub fn as_list(&self) -> Option<&[Self]> {
        if let Value::List(items) = &self.value { Some(items) } else { None }
    }

    /// The value of a key, if it is a table and has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Value::Table(entries) = &self.value else { return None };
        entry(entries, key).map(|(_, item)| item)
    }

    /// The entries of a table; `path` is for the message of an error.
    pub fn entries(&self, path: &str) -> Result<&[(Written, Self)], TomlError> {
        match &self.value {
            Value::Table(entries) => Ok(entries),
            _ => Err(self.mistyped(path, "a table")),
        }
    }

    /// The texts of an array; `path` is for the message of an error.
    pub fn texts(&self, path: &str) -> Result<Vec<Written>, TomlError> {
        match &self.value {
            Value::List(items) => items.iter().map(|item| item.written(path)).collect(),
            _ => Err(self.mistyped(path, "an array")),
        }
    }

    fn of(value: &Spanned<DeValue>, lines: &Lines) -> Self {
        let inner = match value.get_ref() {
            DeValue::String(text) => Value::Text(text.clone().into_owned()),
            DeValue::Boolean(truth) => Value::Bool(*truth),
            DeValue::Array(items) => Value::List(items.iter().map(|item| Self::of(item, lines)).collect()),
            DeValue::Table(table) => Value::Table(entries(table, lines)),
            other => Value::Other(other.type_str()),
        };
        Self { line: lines.at(value.span().start), value: inner }
    }

    /// The text with its line; `path` is for the message of an error.
    pub fn written(&self, path: &str) -> Result<Written, TomlError> {
        match &self.value {
            Value::Text(text) => Ok(Written { text: text.clone(), line: self.line }),
            _ => Err(self.mistyped(path, "a string")),
        }
    }

    pub(crate) fn mistyped(&self, path: &str, wanted: &str) -> TomlError {
        let found = match &self.value {
            Value::Text(_) => "string",
            Value::Bool(_) => "boolean",
            Value::List(_) => "array",
            Value::Table(_) => "table",
            Value::Other(name) => name,
        };
        TomlError { line: self.line, words: format!("`{path}` must be {wanted}, not of the type {found}") }
    }
}

/// A text as a basic string of TOML, in quotes.
///
/// ```
/// assert_eq!(pyve_formats::toml_file::quoted("a \"b\"\n"), r#""a \"b\"\u000A""#);
/// ```
pub fn quoted(text: &str) -> String {
    let mut written = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => written.extend(['\\', letter]),
            letter if letter.is_control() => written.push_str(&format!("\\u{:04X}", u32::from(letter))),
            letter => written.push(letter),
        }
    }
    written.push('"');
    written
}

fn entries(table: &DeTable, lines: &Lines) -> Vec<(Written, Item)> {
    let written = |key: &Spanned<Cow<str>>| Written {
        text: key.get_ref().clone().into_owned(),
        line: lines.at(key.span().start),
    };
    table.iter().map(|(key, value)| (written(key), Item::of(value, lines))).collect()
}

/// Where the lines of a text end: counting them again for every value would take for ever in a large file.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    /// The line in which a byte stands, from 1.
    fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|end| *end < offset) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_has_its_line() {
        let text =
            "[project]\nname = \"a\"\nwords = [\n  'b',\n  \"c\",\n]\n\n[tool.uv.sources]\nx = \"[tool.other]\"\n";
        let file = TomlFile::parse(text).unwrap();
        let written = |text: &str, line| Written { text: text.to_owned(), line };
        assert_eq!(file.text("project.name").unwrap(), Some(written("a", 2)));
        assert_eq!(file.texts("project.words").unwrap(), [written("b", 4), written("c", 5)]);
        assert_eq!((file.line("tool.uv"), file.line("tool.other"), file.line("project")), (Some(8), None, Some(1)));
        assert_eq!(file.keys("project"), [written("name", 2), written("words", 3)]);
        assert_eq!(file.keys(""), [written("project", 1), written("tool", 8)]);
        assert_eq!((file.keys("none"), file.keys("project.name")), (vec![], vec![]));
        assert_eq!(file.item("tool.uv.sources").and_then(|table| table.get("x")?.as_text()), Some("[tool.other]"));
        assert_eq!((file.text("none.at.all").unwrap(), file.texts("project.none").unwrap()), (None, vec![]));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let error = TomlFile::parse("[project]\nname = \n").unwrap_err();
        assert_eq!(error.line, 2);
        let file = TomlFile::parse("a = 1\nb = 'x'\nc = ['x',\n 2]").unwrap();
        let told = |error: TomlError| error.to_string();
        assert_eq!(told(file.text("a").unwrap_err()), "line 1: `a` must be a string, not of the type integer");
        assert_eq!(told(file.texts("b").unwrap_err()), "line 2: `b` must be an array, not of the type string");
        assert_eq!(told(file.texts("c").unwrap_err()), "line 4: `c` must be a string, not of the type integer");
    }
}
