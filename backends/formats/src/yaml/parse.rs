//! From the parser's events to a tree, as small as the file that it comes from.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use super::error::{YamlError, YamlErrorKind};
use super::{Document, Node, Position, RepeatedKey, Value};

/// Deeper than any file of the field; bounds what a hostile one can make of nested brackets.
pub const DEEPEST: usize = 16;

/// In bytes: as much may be copied by aliases. A file that is nothing but copies of copies is stopped here.
pub(super) const ALIAS_LIMIT: usize = 256 * 1024;

/// Of a mapping with more keys than this, they are looked up in a table.
const FEW: usize = 16;

/// Reads a text, with or without a byte order mark, up to the end of its first document.
pub fn parse(text: &str) -> Result<Document, YamlError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| syntax(text, &error))?;
        builder.take(event, span)?;
        if builder.document.second.is_some() {
            break;
        }
    }
    let is_empty = builder.document.root.as_ref().is_some_and(Node::is_null);
    Ok(if is_empty { Document { root: None, ..builder.document } } else { builder.document })
}

/// What is open while the events of the parser pass by.
#[derive(Default)]
struct Builder {
    documents: usize,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    copied: usize,
    document: Document,
}

/// A list or mapping whose end has not come yet.
struct Open {
    position: Position,
    anchor: usize,
    is_map: bool,
    nodes: Vec<Node>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), YamlError> {
        let position = Position { line: span.start.line().max(1), column: span.start.col() + 1 };
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                self.document.second = (self.documents > 1).then_some(position);
            }
            Event::Scalar(text, style, anchor, _) => {
                let value = Value::Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain };
                self.add(Node { position, value }, anchor);
            }
            Event::SequenceStart(anchor, _) => self.start(position, anchor, false)?,
            Event::MappingStart(anchor, _) => self.start(position, anchor, true)?,
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.copy(position, anchor)?,
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, position: Position, anchor: usize, is_map: bool) -> Result<(), YamlError> {
        if self.open.len() >= DEEPEST {
            return Err(YamlError { position, kind: YamlErrorKind::TooDeep });
        }
        self.open.push(Open { position, anchor, is_map, nodes: Vec::new() });
        Ok(())
    }

    fn end(&mut self) {
        let Some(Open { position, anchor, is_map, nodes }) = self.open.pop() else { return };
        let value = if is_map { Value::Map(self.entries(nodes)) } else { Value::List(nodes) };
        self.add(Node { position, value }, anchor);
    }

    fn copy(&mut self, position: Position, anchor: usize) -> Result<(), YamlError> {
        let Some(node) = self.anchors.get(&anchor) else {
            return Err(YamlError { position, kind: YamlErrorKind::SelfReference });
        };
        self.copied = self.copied.saturating_add(size(node));
        if self.copied > ALIAS_LIMIT {
            return Err(YamlError { position, kind: YamlErrorKind::TooManyCopies });
        }
        let value = node.value.clone();
        self.add(Node { position, value }, 0);
        Ok(())
    }

    fn add(&mut self, node: Node, anchor: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            Some(open) => open.nodes.push(node),
            None => self.document.root = Some(node),
        }
    }

    /// The nodes of a mapping come as key, value, key, value.
    fn entries(&mut self, nodes: Vec<Node>) -> Vec<(Node, Node)> {
        let mut entries: Vec<(Node, Node)> = Vec::with_capacity(nodes.len() / 2);
        let mut known: HashMap<String, Position> = HashMap::new();
        let many = nodes.len() / 2 > FEW;
        let mut nodes = nodes.into_iter();
        while let (Some(key), Some(value)) = (nodes.next(), nodes.next()) {
            if let Value::Scalar { text, .. } = &key.value {
                let first = match many {
                    true => known.insert(text.clone(), key.position),
                    false => entries.iter().find(|(known, _)| is_text(known, text)).map(|(known, _)| known.position),
                };
                if let Some(first) = first {
                    known.insert(text.clone(), first);
                    self.document.repeated.push(RepeatedKey { key: text.clone(), position: key.position, first });
                    continue;
                }
            }
            entries.push((key, value));
        }
        entries
    }
}

fn is_text(key: &Node, wanted: &str) -> bool {
    matches!(&key.value, Value::Scalar { text, .. } if text == wanted)
}

/// How many bytes a copy takes.
fn size(node: &Node) -> usize {
    let inside = match &node.value {
        Value::Scalar { text, .. } => text.len(),
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|(key, value)| size(key) + size(value)).sum(),
    };
    size_of::<Node>() + inside
}

/// The parser's own words, but for the tab, whose cause cannot be seen.
fn syntax(text: &str, error: &ScanError) -> YamlError {
    let position = Position { line: error.marker().line().max(1), column: error.marker().col() + 1 };
    let lines = [position.line, position.line - 1];
    match lines.into_iter().find_map(|line| Some(Position { line, column: tab_in(text, line)? })) {
        Some(position) => YamlError { position, kind: YamlErrorKind::Tab },
        None => YamlError { position, kind: YamlErrorKind::Syntax(error.info().to_owned()) },
    }
}

/// The column of the first tab in the blanks that a line (from 1) begins with.
fn tab_in(text: &str, line: usize) -> Option<usize> {
    let line = text.lines().nth(line.checked_sub(1)?)?;
    line.chars().take_while(|letter| matches!(letter, ' ' | '\t')).position(|letter| letter == '\t').map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let error = parse(text).unwrap_err();
        format!("{error}\n{}", error.hint())
    }

    #[test]
    fn scalars_keep_their_text_and_place() {
        let root = parse("\u{feff}# head\nname: 3.10\nlist:\n  - a\n  - ~\n  - 'null'\n").unwrap().root.unwrap();
        assert_eq!(root.get("name").unwrap().text(), Some("3.10"));
        let list = root.get("list").unwrap().list().unwrap();
        assert_eq!(list[0].position, Position { line: 4, column: 5 });
        assert!(list[1].is_null() && !list[2].is_null());
        assert_eq!((list[1].text(), list[2].text()), (None, Some("null")));
    }

    #[test]
    fn nothing_but_comments_is_no_document() {
        for text in ["", "  \n", "# only this\n", "---\n", "~", "\u{feff}"] {
            assert_eq!(parse(text).unwrap(), Document::default(), "{text:?}");
        }
    }

    #[test]
    fn what_is_there_twice_is_there_once() {
        for keys in [2, 40] {
            let others: String = (0..keys).map(|key| format!("k{key}: 0\n")).collect();
            let document = parse(&format!("{others}k1: 1\nk1: 2\n? [a]\n: 3\n? [a]\n: 4\n")).unwrap();
            let at = |line| Position { line, column: 1 };
            let again = |line| RepeatedKey { key: "k1".to_owned(), position: at(line), first: at(2) };
            assert_eq!(document.repeated, [again(keys + 1), again(keys + 2)]);
            let root = document.root.unwrap();
            assert_eq!((root.get("k1").unwrap().text(), root.map().unwrap().len()), (Some("0"), keys + 2));
        }
    }

    #[test]
    fn only_the_first_document_is_read() {
        let document = parse("a: 1\n---\n[: not YAML\n").unwrap();
        assert_eq!(document.root.unwrap().get("a").unwrap().text(), Some("1"));
        assert_eq!(document.second, Some(Position { line: 2, column: 1 }));
    }

    #[test]
    fn mistakes_have_a_place_and_words() {
        assert_eq!(
            refused("name: x\nchannels: [a, b\ndependencies:\n  - c\n"),
            "3:13: illegal placement of ':' indicator\ncorrect line 3; a value with special characters needs quotes: \
             key: \"value\""
        );
        assert_eq!(
            refused("python:\n\tversion: 3.12"),
            "2:1: a tab indents this line; YAML allows only spaces there\nreplace the tab in line 2 by spaces"
        );
        assert_eq!(refused("a: &a [*a]"), "1:8: a value refers to itself\nwrite the value out in place of the '*'");
    }

    #[test]
    fn aliases_are_copies_where_they_stand() {
        let root = parse("- &a {b: c}\n- *a\n").unwrap().root.unwrap();
        let list = root.list().unwrap();
        assert_eq!((&list[0].value, list[1].position), (&list[1].value, Position { line: 2, column: 3 }));
    }

    #[test]
    fn a_small_file_stays_small() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let inner = format!("*a{}", level - 1);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![inner; 10].join(", ")));
        }
        let long = format!("[&a {}{}]", "x".repeat(100_000), ", *a".repeat(10_000));
        for text in [bomb, long] {
            let error = refused(&text);
            assert!(error.contains(": aliases stand for more than 256 KiB\n"), "{error}");
        }
        let deep = refused(&"[".repeat(40));
        assert_eq!(deep, "1:17: values are nested more than 16 deep\nremove the inner lists and mappings of line 1");
        assert!(parse(&"[".repeat(1_000_000)).is_err() && parse(&"- ".repeat(500_000)).is_err());
    }
}
