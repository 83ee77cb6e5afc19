//! From the tree of a file to settings: every key known, every value of its kind.

use std::path::Path;

use pyve_formats::yaml::{Node, Position, Value};
use pyve_plugin_api::{Description, Setting, SettingValue};

use super::host::{self, HostSetting, Scope};
use super::problem::{Problem, quoted};
use super::{Config, Declared, Sourced, value};
use crate::project::EnvironmentName;
use crate::ui::suggest::did_you_mean;

/// What is read while walking through the tree, and what is wrong so far.
pub struct Check<'a> {
    scope: Scope,
    /// The file as origins name it.
    file: &'a str,
    known: &'a [Description],
    pub(super) root: &'a Path,
    pub config: Config,
    pub problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    pub fn of_project(file: &'a str, root: &'a Path, known: &'a [Description]) -> Self {
        Self { scope: Scope::Project, file, known, root, config: Config::default(), problems: Vec::new() }
    }

    pub fn of_user(file: &'a str) -> Self {
        let (known, root) = (&[], Path::new(""));
        Self { scope: Scope::User, file, known, root, config: Config::default(), problems: Vec::new() }
    }

    /// The whole document.
    pub fn document(&mut self, document: &Node) {
        if document.is_null() {
            return;
        }
        let sample = host::settings(self.scope).next().map(|setting| format!("{}: {}", setting.key, setting.sample));
        let edit = format!("write keys and values, such as `{}`", sample.unwrap_or_default());
        let entries = self.entries("file", document, &edit);
        let chosen = chosen(&entries);
        let is_project = self.scope == Scope::Project;
        // Before their sections, which may stand there already.
        let plugins = entries.iter().find(|(key, _)| is_project && key.text == host::PLUGINS);
        plugins.iter().for_each(|(_, node)| self.plugins(node));
        for (key, node) in &entries {
            if is_project && key.text == host::ENVS {
                self.environments(node, chosen);
            } else if is_project && key.text == host::PLUGINS {
            } else if !self.entry(key, node, chosen, host::settings(self.scope)) {
                self.unknown_top(key);
            }
        }
    }

    /// One key with one of these settings of the host's, of a section of its own or of a backend; whether it is known. A
    /// section of the `chosen` backend is left to the choice: it knows where plugins are looked for. One of a plugin that the
    /// project needs has its meaning once that is added.
    fn entry(
        &mut self,
        key: &Key,
        node: &Node,
        chosen: Option<&str>,
        mut settings: impl Iterator<Item = &'static HostSetting>,
    ) -> bool {
        let id = key.text.as_str();
        if let Some(setting) = settings.find(|setting| setting.key == id) {
            self.host(setting, node);
        } else if host::sections(self.scope).any(|section| section == id) {
            self.host_section(id, node);
        } else if let Some(description) = self.known.iter().find(|description| description.id == id) {
            self.section(description, node);
        } else {
            return chosen == Some(id) || self.config.plugins.iter().any(|plugin| plugin.id == id);
        }
        true
    }

    /// The environments by their names, each with keys as the whole file has them.
    fn environments(&mut self, node: &Node, chosen_for_all: Option<&str>) {
        for (key, node) in self.mapping(host::ENVS, node) {
            let name = match key.text.parse::<EnvironmentName>() {
                Ok(name) => name,
                Err(invalid) => {
                    let text = format!("invalid environment name {}", quoted(&key.text));
                    self.problems.push(Problem::new(key.position, text, invalid.to_string()));
                    continue;
                }
            };
            let place = format!("{}.{name}", host::ENVS);
            let origin = self.origin(key.position);
            let outer = std::mem::take(&mut self.config.layer);
            let entries = self.mapping(&place, &node);
            let chosen = chosen(&entries).or(chosen_for_all);
            for (key, node) in &entries {
                let is_known =
                    self.entry(key, node, chosen, host::settings(self.scope).filter(|setting| !setting.once));
                if !is_known && !self.is_of_the_other_file(key) {
                    let own = host::top_keys_of(host::settings(self.scope).filter(|setting| !setting.once));
                    let backends = self.known.iter().map(|description| description.id.as_str());
                    let keys: Vec<&str> = own.into_iter().chain(backends).collect();
                    self.unknown(&place, key, &keys);
                }
            }
            let layer = std::mem::replace(&mut self.config.layer, outer);
            self.config.environments.insert(name, Declared { origin, layer });
        }
    }

    /// A setting of the host's; nothing where nothing was written.
    fn host(&mut self, setting: &HostSetting, node: &Node) {
        if node.is_null() {
            return;
        }
        match setting.read(node) {
            Ok(value) => {
                let origin = self.origin(node.position);
                self.config.layer.values.insert(setting, Sourced { value, origin });
            }
            Err(problem) => self.problems.push(problem),
        }
    }

    fn host_section(&mut self, name: &str, node: &Node) {
        for (key, node) in self.mapping(name, node) {
            let mut settings = host::settings(self.scope).filter(|setting| setting.section() == Some(name));
            match settings.find(|setting| setting.name() == key.text) {
                Some(setting) => self.host(setting, &node),
                None => {
                    let settings = host::settings(self.scope).filter(|setting| setting.section() == Some(name));
                    let keys: Vec<&str> = settings.map(HostSetting::name).collect();
                    self.unknown(name, &key, &keys);
                }
            }
        }
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
        self.config.layer.sections.insert(id.to_owned(), section);
    }

    fn given(&mut self, id: &str, setting: &Setting, node: &Node) -> Option<SettingValue> {
        if node.is_null() {
            return None;
        }
        match value::values(&format!("{id}.{}", setting.key), setting.kind, node, self.root) {
            Ok(values) => Some(SettingValue::new(&setting.key, values, &self.origin(node.position))),
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
    pub(super) fn entries(&mut self, name: &str, node: &Node, edit: &str) -> Vec<(Key, Node)> {
        let Value::Map(entries) = &node.value else {
            let text = format!("invalid {name}: must be a mapping of keys to values, not {}", node.kind());
            self.problems.push(Problem::new(node.position, text, edit));
            return Vec::new();
        };
        let mut kept = Vec::new();
        for (key, value) in entries {
            let Value::Scalar { text, .. } = &key.value else {
                let text = format!("invalid key of {name}: must be a word, not {}", key.kind());
                self.problems.push(Problem::new(key.position, text, "write a word and a colon before the value"));
                continue;
            };
            kept.push((Key { text: text.clone(), position: key.position }, value.clone()));
        }
        kept
    }

    fn unknown_top(&mut self, key: &Key) {
        if self.is_of_the_other_file(key) {
            return;
        }
        let backends = self.known.iter().map(|description| description.id.as_str());
        let keys: Vec<&str> = host::top_keys(self.scope).into_iter().chain(backends).collect();
        let text = format!("unknown key {}{}", quoted(&key.text), did_you_mean(&key.text, keys.iter().copied()));
        let edit = format!("correct or remove it; the keys are {}", keys.join(", "));
        self.problems.push(Problem::new(key.position, text, edit));
    }

    /// Whether the key is one of the user's file in a project's, or the other way round; then that is told.
    fn is_of_the_other_file(&mut self, key: &Key) -> bool {
        let (other, whose, file) = match self.scope {
            Scope::Project => (Scope::User, "the user, for all projects", "~/.pyve/config"),
            Scope::User => (Scope::Project, "a project", ".pyve/config"),
        };
        let is_known = host::top_keys(other).contains(&key.text.as_str());
        if is_known {
            let text = format!("{} is a setting of {whose}", quoted(&key.text));
            self.problems.push(Problem::new(key.position, text, format!("move it to `{file}`")));
        }
        is_known
    }

    pub(super) fn unknown(&mut self, section: &str, key: &Key, keys: &[&str]) {
        let near = did_you_mean(&key.text, keys.iter().copied());
        let text = format!("unknown key {} in {section}{near}", quoted(&key.text));
        let edit = match keys {
            [] => format!("remove it; {section} has no settings"),
            keys => format!("correct or remove it; the keys of {section} are {}", keys.join(", ")),
        };
        self.problems.push(Problem::new(key.position, text, edit));
    }

    pub(super) fn origin(&self, position: Position) -> String {
        format!("{}:{}", self.file, position.line)
    }
}

/// A key and where it stands.
pub struct Key {
    pub text: String,
    pub position: Position,
}

/// The backend that the entries ask for.
fn chosen(entries: &[(Key, Node)]) -> Option<&str> {
    let (_, node) = entries.iter().find(|(key, _)| key.text == host::BACKEND)?;
    if let Value::Scalar { text, .. } = &node.value { Some(text) } else { None }
}
