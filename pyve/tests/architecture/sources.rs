//! The modules of a crate, and the paths in them. Unit tests and comments are left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::graph::Graph;

/// Source files by the path of their module (`steps::plan`).
#[derive(Default)]
pub struct Sources {
    files: BTreeMap<String, String>,
    pub lines: usize,
}

impl Sources {
    pub fn read(folder: &Path) -> Self {
        let mut sources = Self::default();
        sources.read_folder(folder, "");
        sources
    }

    /// Made-up ones.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(module, text)| ((*module).to_owned(), code(text)));
        Self { files: files.collect(), lines: 0 }
    }

    fn read_folder(&mut self, folder: &Path, module: &str) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let is_test = name == "tests" || name == "testing" || name.ends_with("_tests");
            if path.is_dir() {
                self.read_folder(&path, &join(module, name));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                self.lines += text.lines().count();
                if !is_test && !module.ends_with("tests") {
                    let is_root = ["mod", "main", "lib"].contains(&name);
                    let module = if is_root { module.to_owned() } else { join(module, name) };
                    self.files.insert(module, code(&text));
                }
            }
        }
    }

    /// Which file uses which.
    pub fn files(&self) -> Graph {
        let uses = |(file, text): (&String, &String)| {
            let targets = paths(text).into_iter().filter_map(|path| self.resolve(file, &path, 0));
            (file.clone(), targets.filter(|target| target != file).collect())
        };
        self.files.iter().map(uses).collect()
    }

    /// Which module at the root of the crate uses which.
    pub fn modules(&self) -> Graph {
        let mut modules = Graph::new();
        for (file, uses) in self.files().into_iter().filter(|(file, _)| !file.is_empty()) {
            let others =
                uses.iter().map(|other| root(other)).filter(|other| *other != root(&file) && !other.is_empty());
            modules.entry(root(&file).to_owned()).or_default().extend(others.map(str::to_owned));
        }
        modules
    }

    /// The words of a file, those of its texts among them.
    pub fn words(&self, file: &str) -> impl Iterator<Item = &str> {
        self.files[file].split(|letter: char| !is_word(letter))
    }

    /// The file that a path names, also through what a module exports of its own files.
    fn resolve(&self, from: &str, path: &[String], depth: usize) -> Option<String> {
        let mut module = match path.first()?.as_str() {
            "crate" => String::new(),
            "self" => from.to_owned(),
            "super" => parent(from).to_owned(),
            child if self.files.contains_key(&join(from, child)) => join(from, child),
            _ => return None,
        };
        for name in &path[1..] {
            let child = join(&module, name);
            if name == "super" {
                module = parent(&module).to_owned();
            } else if self.files.contains_key(&child) {
                module = child;
            } else {
                let exported = exports(&self.files[&module]).into_iter().find(|path| path.last() == Some(name));
                let file = exported.filter(|_| depth < 8).and_then(|path| self.resolve(&module, &path, depth + 1));
                return Some(file.filter(|file| root(file) == root(&module)).unwrap_or(module));
            }
        }
        Some(module)
    }
}

/// The module at the root of the crate that a file belongs to.
pub fn root(module: &str) -> &str {
    module.split("::").next().unwrap_or_default()
}

fn parent(module: &str) -> &str {
    module.rsplit_once("::").map_or("", |(parent, _)| parent)
}

fn join(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

/// The text without comments and without the unit tests at its end.
fn code(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let tests = lines.windows(2).position(|pair| {
        pair[0].starts_with("#[cfg(") && pair[0].contains("test") && pair[1].starts_with("mod tests {")
    });
    lines[..tests.unwrap_or(lines.len())].join("\n")
}

/// What a module exports of its own files.
fn exports(text: &str) -> Vec<Vec<String>> {
    let statements = text.split(';').filter_map(|statement| statement.rsplit_once("use "));
    statements.filter(|(before, _)| is_export(before)).flat_map(|(_, path)| tree(path)).collect()
}

fn is_export(before: &str) -> bool {
    before.trim_end().rsplit(char::is_whitespace).next().is_some_and(|word| word.starts_with("pub"))
}

/// Every path in the text, imported or written out. What a module exports of its own files it does not use by that.
fn paths(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for statement in text.split_inclusive(';') {
        let own = |path: &str| !path.starts_with("crate::") && !path.starts_with("super::");
        if statement.rsplit_once("use ").is_some_and(|(before, path)| is_export(before) && own(path)) {
            continue;
        }
        let mut rest = statement;
        while let Some(at) = rest.find("::") {
            let start = rest[..at].trim_end_matches(is_word).len();
            let end = start + length(&rest[start..]);
            found.extend(tree(&rest[start..end]));
            rest = &rest[end.max(at + 2)..];
        }
    }
    found
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// How long the path at the beginning of the text is, its braces included.
fn length(text: &str) -> usize {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' if depth > 0 || text[..at].ends_with("::") => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' if depth > 1 => depth -= 1,
            _ if depth > 0 || is_word(letter) || letter == ':' => {}
            _ => return at,
        }
    }
    text.len()
}

/// The paths of one `use`, with its braces taken apart.
fn tree(path: &str) -> Vec<Vec<String>> {
    let path = path.trim().split(" as ").next().unwrap_or_default();
    let names = |path: &str| -> Vec<String> {
        path.split("::").map(str::trim).filter(|name| !name.is_empty() && *name != "*").map(str::to_owned).collect()
    };
    let Some((head, group)) = path.split_once('{') else { return vec![names(path)] };
    let mut depth = 0;
    let members = group.rsplit_once('}').map_or(group, |(group, _)| group).split(|letter: char| {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        letter == ',' && depth == 0
    });
    let members = members.filter(|member| !member.trim().is_empty()).flat_map(tree);
    members.map(|member| [names(head), member].concat()).collect()
}
