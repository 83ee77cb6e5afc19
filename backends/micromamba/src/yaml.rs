//! YAML as it was written: every value with its line and column, scalars as text (`3.10` stays `3.10`).

use std::fs;
use std::path::Path;

use pyve_plugin_api::{Error, Result};
use saphyr::{MarkedYaml, ScanError, YamlData, YamlLoader};
use saphyr_parser::{Parser, ScalarStyle};

/// Lock files have a few MB; what is bigger is something else.
const SIZE_LIMIT: u64 = 32 << 20;

#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
    pub value: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Node {
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    pub fn map(&self) -> Option<&[(Node, Node)]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value below `key`, where this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.map()?.iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    /// What it is, for a message: `the text 'hello'`.
    pub fn kind(&self) -> String {
        match &self.value {
            Value::Null => "empty".to_owned(),
            Value::Text(text) => format!("the text '{text}'"),
            Value::List(_) => "a list".to_owned(),
            Value::Map(_) => "a mapping".to_owned(),
        }
    }
}

/// The text of a file of the project; `shown` is its name in messages.
pub fn read(path: &Path, shown: &str) -> Result<String> {
    let unreadable = |why: String| Error::new(format!("cannot read {shown}: {why}")).detail(path.display().to_string());
    let data = fs::metadata(path).map_err(|error| unreadable(crate::reason(&error)))?;
    if !data.is_file() {
        return Err(unreadable("it is not a file".to_owned()).remedy(format!("put a file in place of {shown}")));
    }
    if data.len() > SIZE_LIMIT {
        return Err(unreadable(format!("it has {} bytes, more than the {SIZE_LIMIT} that pyve reads", data.len())));
    }
    let bytes = fs::read(path).map_err(|error| unreadable(crate::reason(&error)))?;
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Error::new(format!("{shown}:{line} is not UTF-8 text")).remedy(format!("save {shown} as UTF-8"))
    })
}

/// The document in `text`; none if there is nothing but white space and comments.
pub fn parse(text: &str, shown: &str) -> Result<Option<Node>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let invalid = |error: &ScanError| {
        let (line, column) = (error.marker().line().max(1), error.marker().col() + 1);
        Error::new(format!("{shown}:{line}:{column} is not valid YAML: {}", error.info()))
            .remedy(format!("correct line {line} of {shown}"))
    };
    let mut loader = YamlLoader::<MarkedYaml>::default();
    loader.early_parse(false);
    Parser::new_from_str(text).load(&mut loader, true).map_err(|error| invalid(&error))?;
    if let Some(error) = loader.error() {
        return Err(invalid(error));
    }
    let first = loader.into_documents().into_iter().next();
    Ok(first.map(|document| node(&document)).filter(|node| node.value != Value::Null))
}

fn node(yaml: &MarkedYaml) -> Node {
    let start = yaml.span.start;
    Node { line: start.line(), column: start.col() + 1, value: value(&yaml.data) }
}

fn value<'a>(data: &YamlData<'a, MarkedYaml<'a>>) -> Value {
    match data {
        YamlData::Representation(text, ScalarStyle::Plain, _) if matches!(&**text, "" | "~" | "null") => Value::Null,
        YamlData::Representation(text, ..) => Value::Text(text.to_string()),
        YamlData::Value(scalar) => scalar.as_str().map_or(Value::Null, |text| Value::Text(text.to_owned())),
        YamlData::Sequence(items) => Value::List(items.iter().map(node).collect()),
        YamlData::Mapping(entries) => Value::Map(entries.iter().map(|(key, item)| (node(key), node(item))).collect()),
        YamlData::Tagged(_, inner) => node(inner).value,
        YamlData::Alias(_) | YamlData::BadValue => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_cannot_be_read_say_why() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("environment.yml");
        let refused = || {
            let error = read(&path, "environment.yml").unwrap_err();
            crate::shown(&error).replace(&folder.path().display().to_string(), "[FOLDER]")
        };
        insta::assert_snapshot!(refused(), @"
        cannot read environment.yml: no such file or directory
          [FOLDER]/environment.yml
        =>
        ");
        fs::create_dir(&path).unwrap();
        insta::assert_snapshot!(refused(), @"
        cannot read environment.yml: it is not a file
          [FOLDER]/environment.yml
        => put a file in place of environment.yml
        ");
        fs::remove_dir(&path).unwrap();
        fs::write(&path, b"name: x\nchannels: [\xff]\n").unwrap();
        insta::assert_snapshot!(refused(), @"
        environment.yml:2 is not UTF-8 text
        => save environment.yml as UTF-8
        ");
        fs::File::create(&path).unwrap().set_len(SIZE_LIMIT + 1).unwrap();
        insta::assert_snapshot!(refused(), @"
        cannot read environment.yml: it has 33554433 bytes, more than the 33554432 that pyve reads
          [FOLDER]/environment.yml
        =>
        ");
    }

    #[test]
    fn scalars_keep_their_text_and_place() {
        let root = parse("# head\nname: 3.10\nlist:\n  - a\n  - ~\n", "f.yml").unwrap().unwrap();
        assert_eq!(root.get("name").unwrap().text(), Some("3.10"));
        let list = root.get("list").unwrap().list().unwrap();
        assert_eq!((list[0].line, list[0].column), (4, 5));
        assert_eq!(list[1].value, Value::Null);
    }

    #[test]
    fn nothing_but_comments_is_no_document() {
        for text in ["", "  \n", "# only this\n", "---\n"] {
            assert_eq!(parse(text, "f.yml").unwrap(), None, "{text:?}");
        }
    }

    #[test]
    fn mistakes_have_a_line_and_a_column() {
        let error = parse("name: x\nchannels: [a, b\ndependencies:\n  - c\n", "environment.yml").unwrap_err();
        insta::assert_snapshot!(crate::shown(&error), @"
        environment.yml:3:13 is not valid YAML: illegal placement of ':' indicator
        => correct line 3 of environment.yml
        ");
        let error = parse("name: x\nname: y\n", "environment.yml").unwrap_err();
        insta::assert_snapshot!(crate::shown(&error), @"
        environment.yml:2:1 is not valid YAML: duplicated key in mapping
        => correct line 2 of environment.yml
        ");
    }

    #[test]
    fn aliases_cannot_swell_without_end() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let inner = format!("*a{}", level - 1);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![inner; 10].join(", ")));
        }
        assert!(parse(&bomb, "f.yml").unwrap_err().message.contains("billion-laughs"));
    }
}
