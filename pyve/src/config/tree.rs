//! YAML as a tree in which every node knows its place and every scalar its raw text.
//!
//! The raw text matters: read as a number, an unquoted `3.10` would become Python 3.1.

use std::collections::HashMap;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use super::problem::{Place, Problem};

/// Deeper than any setting; bounds what a hostile file can make of nested brackets.
const DEEPEST: usize = 16;

/// A value and where it was written. Aliases share what they stand for, so that a file full of them
/// stays as small as it is.
#[derive(Clone, Debug)]
pub struct Node {
    pub place: Place,
    pub value: Rc<Value>,
}

#[derive(Debug)]
pub enum Value {
    Scalar { text: String, plain: bool },
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Value {
    /// Nothing was written, or `~` or `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Scalar { text, plain: true } if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }

    /// What it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Scalar { .. } => "a single value",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

/// The only document of the text; `None` if there is nothing but blanks and comments.
pub fn parse(text: &str) -> Result<Option<Node>, Problem> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| syntax(text, &error))?;
        builder.take(event, span)?;
    }
    Ok(builder.root)
}

/// What is open while the events of the parser pass by.
#[derive(Default)]
struct Builder {
    documents: usize,
    open: Vec<Open>,
    anchors: HashMap<usize, Rc<Value>>,
    root: Option<Node>,
}

/// A list or mapping whose end has not come yet.
struct Open {
    place: Place,
    anchor: usize,
    is_map: bool,
    nodes: Vec<Node>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        let place = place_of(span);
        match event {
            Event::DocumentStart(_) => self.start_document(place),
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                self.add(place, anchor, Value::Scalar { text: text.into_owned(), plain });
                Ok(())
            }
            Event::SequenceStart(anchor, _) => self.start(place, anchor, false),
            Event::MappingStart(anchor, _) => self.start(place, anchor, true),
            Event::SequenceEnd | Event::MappingEnd => {
                self.end();
                Ok(())
            }
            Event::Alias(anchor) => self.alias(place, anchor),
            _ => Ok(()),
        }
    }

    fn start_document(&mut self, place: Place) -> Result<(), Problem> {
        self.documents += 1;
        if self.documents > 1 {
            return Err(Problem::new(
                place,
                "a second document begins here; the settings are one document",
                "remove the '---' and what does not belong to the settings",
            ));
        }
        Ok(())
    }

    fn start(&mut self, place: Place, anchor: usize, is_map: bool) -> Result<(), Problem> {
        if self.open.len() >= DEEPEST {
            return Err(Problem::new(
                place,
                format!("values are nested more than {DEEPEST} deep"),
                "remove the inner lists and mappings; settings need two levels",
            ));
        }
        self.open.push(Open { place, anchor, is_map, nodes: Vec::new() });
        Ok(())
    }

    fn end(&mut self) {
        let Some(Open { place, anchor, is_map, nodes }) = self.open.pop() else { return };
        self.add(place, anchor, if is_map { Value::Map(pairs(nodes)) } else { Value::List(nodes) });
    }

    fn alias(&mut self, place: Place, anchor: usize) -> Result<(), Problem> {
        let Some(value) = self.anchors.get(&anchor).cloned() else {
            return Err(Problem::new(place, "a value refers to itself", "write the value out in place of the '*'"));
        };
        self.place(Node { place, value });
        Ok(())
    }

    fn add(&mut self, place: Place, anchor: usize, value: Value) {
        let value = Rc::new(value);
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        self.place(Node { place, value });
    }

    fn place(&mut self, node: Node) {
        match self.open.last_mut() {
            Some(open) => open.nodes.push(node),
            None => self.root = Some(node),
        }
    }
}

/// The nodes of a mapping come as key, value, key, value.
fn pairs(nodes: Vec<Node>) -> Vec<(Node, Node)> {
    let mut pairs = Vec::with_capacity(nodes.len() / 2);
    let mut nodes = nodes.into_iter();
    while let (Some(key), Some(value)) = (nodes.next(), nodes.next()) {
        pairs.push((key, value));
    }
    pairs
}

fn place_of(span: Span) -> Place {
    Place { line: span.start.line(), column: span.start.col() + 1 }
}

/// The parser's own words, but for the tab, whose cause cannot be seen in an editor.
fn syntax(text: &str, error: &ScanError) -> Problem {
    let place = Place { line: error.marker().line(), column: error.marker().col() + 1 };
    let near =
        [place.line, place.line.saturating_sub(1)].into_iter().find_map(|line| Some((line, tab_in(text, line)?)));
    if let Some((line, column)) = near {
        let edit = format!("replace the tab in line {line} by spaces");
        return Problem::new(Place { line, column }, "a tab indents this line; YAML allows only spaces there", edit);
    }
    let edit = format!("correct line {}; a value with special characters needs quotes: key: \"value\"", place.line);
    Problem::new(place, format!("this is not YAML: {}", error.info()), edit)
}

/// The column of the first tab in the blanks that a line (from 1) begins with.
fn tab_in(text: &str, line: usize) -> Option<usize> {
    let line = text.lines().nth(line.checked_sub(1)?)?;
    line.chars().take_while(|letter| matches!(letter, ' ' | '\t')).position(|letter| letter == '\t').map(|at| at + 1)
}
