//! YAML as it was written: every value with its line and column, scalars as text (`3.10` stays `3.10`).

use std::collections::HashMap;
use std::path::Path;

use pyve_formats::read::{self, Limit, Problem};
use pyve_plugin_api::{Error, Result};
use saphyr_parser::{Event, Parser, ScalarStyle, Span, SpannedEventReceiver};

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

    /// How many values it is made of.
    fn size(&self) -> usize {
        match &self.value {
            Value::Null | Value::Text(_) => 1,
            Value::List(items) => 1 + items.iter().map(Self::size).sum::<usize>(),
            Value::Map(entries) => 1 + entries.iter().map(|(key, value)| key.size() + value.size()).sum::<usize>(),
        }
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
    let unreadable =
        |why: &str| Error::new(format!("could not read `{shown}`: {why}")).detail(path.display().to_string());
    let limit = if crate::lock::is_lock_name(shown) { Limit::LOCK } else { Limit::PROJECT };
    match read::text(path, limit) {
        Ok(Some(text)) => Ok(text),
        Ok(None) => Err(unreadable("it does not exist")),
        Err(error) => Err(match error.problem() {
            Problem::NotUtf8 { line } => {
                Error::new(format!("{shown}:{line} is not UTF-8 text")).remedy(format!("save {shown} as UTF-8"))
            }
            _ => unreadable(&error.reason()).remedy(error.hint()),
        }),
    }
}

/// The first document in `text`; none if there is nothing but white space and comments.
pub fn parse(text: &str, shown: &str) -> Result<Option<Node>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let invalid = |line: usize, column: usize, why: &str| {
        Error::new(format!("{shown}:{line}:{column} is not valid YAML: {why}"))
            .remedy(format!("correct line {line} of {shown}"))
    };
    let mut builder = Builder::default();
    let parsed = Parser::new_from_str(text).load(&mut builder, false);
    parsed.map_err(|error| invalid(error.marker().line().max(1), error.marker().col() + 1, error.info()))?;
    if let Some((line, column, why)) = builder.fault {
        return Err(invalid(line, column, &why));
    }
    Ok(builder.root.filter(|root| root.value != Value::Null))
}

/// Aliases are copied; a file that is nothing but copies of copies is stopped here.
const ALIAS_LIMIT: usize = 100_000;

/// Builds the tree from the parser's events.
#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    copied: usize,
    root: Option<Node>,
    fault: Option<(usize, usize, String)>,
}

/// A list or a mapping whose end is yet to come.
struct Open {
    node: Node,
    anchor: usize,
    /// A key that waits for its value.
    key: Option<Node>,
}

impl<'input> SpannedEventReceiver<'input> for Builder {
    fn on_event(&mut self, event: Event<'input>, span: Span) {
        let (line, column) = (span.start.line(), span.start.col() + 1);
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null");
                let value = if null { Value::Null } else { Value::Text(text.into_owned()) };
                self.finished(Node { line, column, value }, anchor);
            }
            Event::SequenceStart(anchor, _) => self.begin(Value::List(Vec::new()), anchor, line, column),
            Event::MappingStart(anchor, _) => self.begin(Value::Map(Vec::new()), anchor, line, column),
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    self.finished(open.node, open.anchor);
                }
            }
            Event::Alias(anchor) => self.copy(anchor, line, column),
            _ => {}
        }
    }
}

impl Builder {
    fn begin(&mut self, value: Value, anchor: usize, line: usize, column: usize) {
        self.open.push(Open { node: Node { line, column, value }, anchor, key: None });
    }

    fn finished(&mut self, node: Node, anchor: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return;
        };
        match (&mut open.node.value, open.key.take()) {
            (Value::List(items), _) => items.push(node),
            (Value::Map(entries), Some(key)) => entries.push((key, node)),
            (Value::Map(entries), None) => {
                if entries.iter().any(|(key, _)| key.value == node.value) {
                    let why = format!("{} is a key for the second time", node.kind());
                    self.fault.get_or_insert((node.line, node.column, why));
                }
                open.key = Some(node);
            }
            (Value::Null | Value::Text(_), _) => {}
        }
    }

    fn copy(&mut self, anchor: usize, line: usize, column: usize) {
        let Some(node) = self.anchors.get(&anchor) else { return };
        self.copied = self.copied.saturating_add(node.size());
        if self.copied > ALIAS_LIMIT {
            let why = format!("its aliases stand for more than {ALIAS_LIMIT} values");
            self.fault.get_or_insert((line, column, why));
            return self.finished(Node { line, column, value: Value::Null }, 0);
        }
        self.finished(Node { line, column, ..node.clone() }, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn files_that_cannot_be_read_say_why() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("environment.yml");
        let refused = || {
            let error = read(&path, "environment.yml").unwrap_err();
            crate::shown(&error).replace(&folder.path().display().to_string(), "[FOLDER]")
        };
        insta::assert_snapshot!(refused(), @"
        could not read `environment.yml`: it does not exist
          [FOLDER]/environment.yml
        =>
        ");
        fs::create_dir(&path).unwrap();
        insta::assert_snapshot!(refused(), @"
        could not read `environment.yml`: it is a directory, not a regular file
          [FOLDER]/environment.yml
        => rename or move `[FOLDER]/environment.yml`
        ");
        fs::remove_dir(&path).unwrap();
        fs::write(&path, b"name: x\nchannels: [\xff]\n").unwrap();
        insta::assert_snapshot!(refused(), @"
        environment.yml:2 is not UTF-8 text
        => save environment.yml as UTF-8
        ");
        fs::File::create(&path).unwrap().set_len(Limit::PROJECT.bytes() + 1).unwrap();
        insta::assert_snapshot!(refused(), @"
        could not read `environment.yml`: it is larger than 16 MiB
          [FOLDER]/environment.yml
        => reduce `[FOLDER]/environment.yml` to at most 16 MiB, or remove it
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
        environment.yml:2:1 is not valid YAML: the text 'name' is a key for the second time
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
        assert!(parse(&bomb, "f.yml").unwrap_err().message.contains("its aliases stand for more than 100000 values"));
    }
}
