//! The architecture: which module uses which. `cargo test -p pyve --test architecture -- --nocapture` prints the figures; with
//! `PYVE_SOURCES=DIR` those of another tree.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What a node uses.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// The modules of a crate, by path (`steps::plan`), with their text; tests and comments are left out.
struct Sources(BTreeMap<String, String>);

#[test]
#[expect(clippy::print_stdout, reason = "who asks for the figures runs it with --nocapture")]
fn figures() {
    let folder = std::env::var_os("PYVE_SOURCES").map(PathBuf::from);
    let sources = Sources::read(&folder.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("src")));
    let (files, roots) = (sources.files(), sources.roots());
    let (between, inside) = (circles(&roots), inside_modules(&files));
    println!("root modules     {}", roots.len());
    println!("arrows           {}", roots.values().map(BTreeSet::len).sum::<usize>());
    println!("circles of roots {} {between:?}", between.len());
    println!(
        "circles inside   {}, the largest {} {:?}",
        inside.len(),
        inside.first().map_or(0, Vec::len),
        inside.first()
    );
    let all = circles(&files);
    println!("circles of files {}, the largest {}", all.len(), all.first().map_or(0, Vec::len));
    assert!(between.is_empty(), "modules use each other: {between:?}");
    assert!(inside.iter().all(|circle| circle.len() <= 21), "files use each other: {:?}", inside.first());
}

#[test]
fn modules_that_use_each_other_are_found() {
    let source = |module: &str, text: &str| (module.to_owned(), text.to_owned());
    let sources = Sources(BTreeMap::from([
        source("", "mod a;\nmod b;\nmod c;"),
        source("a", "mod one;\npub use one::{One, Other};\nuse crate::b::{Two, x::Three};"),
        source("a::one", "use std::fmt;\nuse super::super::c;\npub struct One;"),
        source("b", "fn two() -> crate::c::Four { c::four() }"),
        source("c", "use crate::a::One;"),
    ]));
    assert_eq!(circles(&sources.roots()), [["a", "b", "c"]]);
    assert_eq!(sources.files()["c"], BTreeSet::from(["a::one".to_owned()]));
    assert_eq!(
        circles(&Sources(BTreeMap::from([source("a", "use crate::b;"), source("b", "")])).roots()),
        [[""; 0]; 0]
    );
}

impl Sources {
    fn read(folder: &Path) -> Self {
        let mut sources = Self(BTreeMap::new());
        sources.read_folder(folder, "");
        sources
    }

    fn read_folder(&mut self, folder: &Path, module: &str) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            if path.is_dir() && name != "tests" {
                self.read_folder(&path, &join(module, name));
            } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test(name) {
                let module =
                    if ["mod", "main", "lib"].contains(&name) { module.to_owned() } else { join(module, name) };
                self.0.insert(module, code(&fs::read_to_string(&path).unwrap()));
            }
        }
    }

    /// Which file uses which.
    fn files(&self) -> Graph {
        let uses = |module: &String| {
            let paths = self.0[module].split_inclusive([';', '\n']).collect::<String>();
            let found = paths_of(&paths).into_iter().filter_map(|path| self.resolve(module, &path, 0));
            (module.clone(), found.filter(|target| target != module).collect())
        };
        self.0.keys().map(uses).collect()
    }

    /// Which module at the root of the crate uses which.
    fn roots(&self) -> Graph {
        let mut roots = Graph::new();
        for (file, uses) in self.files() {
            let own = root(&file);
            if !own.is_empty() {
                let uses = uses.iter().map(|module| root(module)).filter(|other| *other != own && !other.is_empty());
                roots.entry(own.to_owned()).or_default().extend(uses.map(str::to_owned));
            }
        }
        roots
    }

    /// The file that a path names, through what modules export of their children.
    fn resolve(&self, from: &str, path: &[String], depth: usize) -> Option<String> {
        let mut module = match path.first()?.as_str() {
            "crate" => String::new(),
            "self" => from.to_owned(),
            "super" => parent(from).to_owned(),
            child if self.0.contains_key(&join(from, child)) => join(from, child),
            _ => return None,
        };
        let mut rest = &path[1..];
        while let Some((name, further)) = rest.split_first() {
            let child = join(&module, name);
            match name.as_str() {
                "super" => module = parent(&module).to_owned(),
                _ if self.0.contains_key(&child) => module = child,
                _ => {
                    let exported = self.exports(&module).into_iter().find(|export| export.last() == Some(name));
                    let target =
                        exported.filter(|_| depth < 8).and_then(|path| self.resolve(&module, &path, depth + 1));
                    let own = target.filter(|target| root(target) == root(&module));
                    return Some(own.unwrap_or(module));
                }
            }
            rest = further;
        }
        Some(module)
    }

    fn exports(&self, module: &str) -> Vec<Vec<String>> {
        let statements = self.0[module].split(';').map(str::trim_start);
        let exports = statements.filter_map(|statement| {
            let (visibility, path) = statement.rsplit_once("use ")?;
            visibility.contains("pub").then(|| tree(path))
        });
        exports.flatten().collect()
    }
}

fn join(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

fn root(module: &str) -> &str {
    module.split("::").next().unwrap_or_default()
}

fn parent(module: &str) -> &str {
    module.rsplit_once("::").map_or("", |(parent, _)| parent)
}

fn is_test(name: &str) -> bool {
    name == "tests" || name == "testing" || name.ends_with("_tests")
}

/// The text without comments and without the unit tests at its end.
fn code(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let tests = |at: &usize| {
        lines[*at].starts_with("#[cfg(") && lines[*at].contains("test") && lines[*at + 1].starts_with("mod tests {")
    };
    let end = (0..lines.len().saturating_sub(1)).find(tests).unwrap_or(lines.len());
    lines.truncate(end);
    lines.join("\n")
}

/// Every path in the text, whether it is imported or written out; what a module exports of its children it does not use.
fn paths_of(text: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for statement in text.split_inclusive(';') {
        let statement = statement.trim_start();
        let exported = statement.rsplit_once("use ").is_some_and(|(before, _)| before.trim_end().ends_with("pub"));
        if exported && !statement.contains("crate::") && !statement.contains("super::") {
            continue;
        }
        let mut rest = statement;
        while let Some(at) = rest.find("::") {
            let head = rest[..at]
                .rfind(|letter: char| !is_word(letter))
                .map_or(0, |before| before + rest[before..].chars().next().unwrap().len_utf8());
            let end = end_of_path(&rest[head..]) + head;
            paths.extend(tree(&rest[head..end]));
            rest = &rest[end.max(at + 2)..];
        }
    }
    paths
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Where the path at the beginning of the text ends, braces and all.
fn end_of_path(text: &str) -> usize {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' if text[..at].ends_with("::") || depth > 0 => depth += 1,
            '}' if depth > 1 => depth -= 1,
            '}' if depth == 1 => return at + 1,
            _ if depth > 0 || is_word(letter) || letter == ':' => {}
            _ => return at,
        }
    }
    text.len()
}

/// The paths of one `use`, braces taken apart.
fn tree(path: &str) -> Vec<Vec<String>> {
    let path = path.trim().split(" as ").next().unwrap_or_default();
    let Some((head, group)) = path.split_once('{') else {
        return vec![
            path.split("::")
                .map(str::trim)
                .filter(|name| !name.is_empty() && *name != "*")
                .map(str::to_owned)
                .collect(),
        ];
    };
    let head: Vec<String> =
        head.split("::").map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let group = group.rsplit_once('}').map_or(group, |(group, _)| group);
    let mut depth = 0;
    let members = group.split(|letter: char| {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        letter == ',' && depth == 0
    });
    members
        .filter(|member| !member.trim().is_empty())
        .flat_map(tree)
        .map(|tail| [head.clone(), tail].concat())
        .collect()
}

/// Sets of nodes each of which is reached from each, the largest first.
fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> = graph.keys().map(|from| (from, reach(graph, from))).collect();
    let mut circles = BTreeSet::new();
    for (from, to) in &reached {
        let circle: Vec<String> =
            to.iter().filter(|other| reached[**other].contains(from)).map(|name| (**name).clone()).collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    let mut circles: Vec<_> = circles.into_iter().collect();
    circles.sort_by_key(|circle| std::cmp::Reverse(circle.len()));
    circles
}

fn reach<'a>(graph: &'a Graph, from: &'a String) -> BTreeSet<&'a String> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(next) = open.pop() {
        for other in graph.get(next).into_iter().flatten() {
            if let Some((other, _)) = graph.get_key_value(other)
                && reached.insert(other)
            {
                open.push(other);
            }
        }
    }
    reached
}

/// The circles of files within one module of the root.
fn inside_modules(files: &Graph) -> Vec<Vec<String>> {
    let within = |(file, uses): (&String, &BTreeSet<String>)| {
        (file.clone(), uses.iter().filter(|other| root(other) == root(file)).cloned().collect())
    };
    circles(&files.iter().map(within).collect())
}
