//! From the tree of the file to settings: every key known, every value of its kind.

use std::path::Path;

use pyve_formats::yaml::{Node, Position, Value};
use pyve_plugin_api::{Description, RString, Setting, SettingValue};

use super::problem::{Problem, printable, quoted};
use super::prompt::{PLACEHOLDERS, UnknownPlaceholder, unknown_placeholder};
use super::{Config, FILE, Sourced, value};
use crate::ui::suggest::did_you_mean;

/// The keys of the host; no backend can have a section of such a name.
pub const HOST_KEYS: [&str; 4] = ["backend", "pyve_version", "python", "prompt"];

/// What is read while walking through the tree, and what is wrong so far.
pub struct Check<'a> {
    known: &'a [Description],
    root: &'a Path,
    pub config: Config,
    pub problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    pub fn new(known: &'a [Description], root: &'a Path, problems: Vec<Problem>) -> Self {
        Self { known, root, config: Config::default(), problems }
    }

    /// The whole document.
    pub fn document(&mut self, document: &Node) {
        let entries = self.top(document, "write keys and values: 'backend: NAME'");
        // A section of the chosen backend is left to the choice: it knows where plugins are looked for.
        let chosen = entries.iter().find(|(key, _)| key.text == "backend").map(|(_, node)| node.value.clone());
        for (key, node) in &entries {
            match key.text.as_str() {
                "backend" => self.config.backend = self.text("backend", node),
                "pyve_version" => self.config.pyve_version = self.text("pyve_version", node),
                "python" => self.python(node),
                "prompt" => self.prompt(node),
                id => match self.known.iter().find(|description| description.id == id) {
                    Some(description) => self.section(description, node),
                    None if is_text(chosen.as_ref(), id) => {}
                    None => self.unknown_top(key),
                },
            }
        }
    }

    /// The entries of a file's top level; `edit` is what helps where it has none.
    pub fn top(&mut self, document: &Node, edit: &str) -> Vec<(Key, Node)> {
        if document.is_null() { Vec::new() } else { self.entries("the file", document, edit) }
    }

    fn python(&mut self, node: &Node) {
        for (key, node) in self.mapping("python", node) {
            match key.text.as_str() {
                "version" => {
                    let said = self.text("python.version", &node);
                    self.config.python = said.map(|said| Sourced { value: said.value.trim().to_owned(), ..said });
                }
                _ => self.unknown("python", &key, &["version"]),
            }
        }
    }

    fn prompt(&mut self, node: &Node) {
        for (key, node) in self.mapping("prompt", node) {
            match key.text.as_str() {
                "show" if node.is_null() => {}
                "show" => match value::boolean("prompt.show", &node) {
                    Ok(show) => self.config.prompt.show = Some(Sourced { value: show, origin: origin(node.position) }),
                    Err(problem) => self.problems.push(problem),
                },
                "format" => self.format(&node),
                _ => self.unknown("prompt", &key, &["show", "format"]),
            }
        }
    }

    fn format(&mut self, node: &Node) {
        let Some(format) = self.text("prompt.format", node) else { return };
        let wrong = match unknown_placeholder(&format.value) {
            None => {
                self.config.prompt.format = Some(format);
                return;
            }
            Some(UnknownPlaceholder::Word(word)) => {
                let near = did_you_mean(word, PLACEHOLDERS);
                format!(
                    "prompt.format is {}, and {{{}}} stands for nothing{near}",
                    quoted(&format.value),
                    printable(word)
                )
            }
            Some(UnknownPlaceholder::Brace(brace)) => {
                format!("prompt.format is {}, with a '{brace}' that has no partner", quoted(&format.value))
            }
        };
        self.problems.push(Problem::new(node.position, wrong, "use {backend} and {env_name}, and no other braces"));
    }

    fn section(&mut self, description: &Description, node: &Node) {
        let id = description.id.as_str();
        let mut section = Vec::new();
        for (key, node) in self.mapping(id, node) {
            match description.settings.iter().find(|setting| setting.key == key.text.as_str()) {
                Some(setting) => section.extend(self.given(id, setting, &node)),
                None => {
                    let keys: Vec<&str> = description.settings.iter().map(|setting| setting.key.as_str()).collect();
                    self.unknown(id, &key, &keys);
                }
            }
        }
        self.config.sections.insert(id.to_owned(), section);
    }

    fn given(&mut self, id: &str, setting: &Setting, node: &Node) -> Option<SettingValue> {
        if node.is_null() {
            return None;
        }
        match value::values(&format!("{id}.{}", setting.key), setting.kind, node, self.root) {
            Ok(values) => Some(SettingValue {
                key: setting.key.clone(),
                values: values.into_iter().map(RString::from).collect(),
                origin: origin(node.position).into(),
            }),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    /// A single text; nothing where nothing was written.
    fn text(&mut self, name: &str, node: &Node) -> Option<Sourced<String>> {
        if node.is_null() {
            return None;
        }
        match value::text(name, node) {
            Ok(value) => Some(Sourced { value, origin: origin(node.position) }),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    /// The entries of a section; none where nothing was written.
    fn mapping(&mut self, name: &str, node: &Node) -> Vec<(Key, Node)> {
        if node.is_null() {
            return Vec::new();
        }
        self.entries(name, node, &format!("indent the keys of {name} below it"))
    }

    /// The entries of a mapping.
    fn entries(&mut self, name: &str, node: &Node, edit: &str) -> Vec<(Key, Node)> {
        let Value::Map(entries) = &node.value else {
            let text = format!("{name} is {}; it must be a mapping of keys to values", node.kind());
            self.problems.push(Problem::new(node.position, text, edit));
            return Vec::new();
        };
        let mut kept = Vec::new();
        for (key, value) in entries {
            let Value::Scalar { text, .. } = &key.value else {
                let text = format!("a key of {name} is {}; it must be a word", key.kind());
                self.problems.push(Problem::new(key.position, text, "write a word and a colon before the value"));
                continue;
            };
            kept.push((Key { text: text.clone(), position: key.position }, value.clone()));
        }
        kept
    }

    fn unknown_top(&mut self, key: &Key) {
        let backends = self.known.iter().map(|description| description.id.as_str());
        let keys: Vec<&str> = HOST_KEYS.into_iter().chain(backends).collect();
        let text = format!("unknown key {}{}", quoted(&key.text), did_you_mean(&key.text, keys.iter().copied()));
        let edit = format!("correct or remove it; the keys are {}", keys.join(", "));
        self.problems.push(Problem::new(key.position, text, edit));
    }

    fn unknown(&mut self, section: &str, key: &Key, keys: &[&str]) {
        let near = did_you_mean(&key.text, keys.iter().copied());
        let text = format!("unknown key {} in {section}{near}", quoted(&key.text));
        let edit = match keys {
            [] => format!("remove it; {section} has no settings"),
            keys => format!("correct or remove it; the keys of {section} are {}", keys.join(", ")),
        };
        self.problems.push(Problem::new(key.position, text, edit));
    }
}

/// A key and where it stands.
pub struct Key {
    pub text: String,
    pub position: Position,
}

fn origin(position: Position) -> String {
    format!("{FILE}:{}", position.line)
}

fn is_text(value: Option<&Value>, wanted: &str) -> bool {
    matches!(value, Some(Value::Scalar { text, .. }) if text == wanted)
}
