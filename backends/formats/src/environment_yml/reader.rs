//! From the tree of the file to what it asks for, with all of its mistakes at once.

use std::path::Path;

use super::{EnvironmentError, EnvironmentFile, Fault, KEYS, Note, NoteKind, SET_BY_ACTIVATION};
use crate::Written;
use crate::conda_platform;
use crate::match_spec::MatchSpec;
use crate::requirements::{self, FaultKind, Origin};
use crate::yaml::{Node, Value};

pub(super) fn read(root: &Node, text: &str, path: &Path, platform: &str) -> Result<EnvironmentFile, EnvironmentError> {
    let Some(entries) = root.map() else {
        return Err(EnvironmentError::NotMapping(root.described()));
    };
    let result = EnvironmentFile { path: path.to_owned(), ..EnvironmentFile::default() };
    let mut reader = Reader { platform, faults: Vec::new(), result };
    entries.iter().for_each(|(key, _)| reader.key(key));
    reader.head(root);
    reader.dependencies(root.get_written("dependencies"))?;
    reader.comment_selectors(text);
    if reader.faults.is_empty() { Ok(reader.result) } else { Err(EnvironmentError::Faults(reader.faults)) }
}

struct Reader<'a> {
    platform: &'a str,
    faults: Vec<Fault>,
    result: EnvironmentFile,
}

impl Reader<'_> {
    /// `{line}` in the edit stands for the line of the node.
    fn fault(&mut self, node: &Node, what: String, edit: &str) {
        let edit = edit.replace("{line}", &node.position.line.to_string());
        self.faults.push(Fault { position: node.position, what, edit });
    }

    fn note(&mut self, line: usize, kind: NoteKind) {
        self.result.notes.push(Note { line, kind });
    }

    fn key(&mut self, key: &Node) {
        let name = key.text().unwrap_or_default();
        if !KEYS.contains(&name) {
            self.note(key.position.line, NoteKind::UnknownKey(name.to_owned()));
        }
    }

    fn head(&mut self, root: &Node) {
        if let Some(node) = root.get("name") {
            match node.text() {
                Some(text) => {
                    self.result.name = Some(Written { text: text.to_owned(), line: node.position.line });
                }
                None => self.fault(node, format!("'name' must be a text, not {}", node.described()), NAME_EDIT),
            }
        }
        if let Some(node) = root.get_written("channels") {
            self.channels(node);
        }
        if let Some(node) = root.get("variables") {
            self.variables(node);
        }
    }

    fn channels(&mut self, node: &Node) {
        let Some(items) = node.list() else {
            let what = format!("'channels' must be a list, not {}", node.described());
            return self.fault(node, what, "write each channel as a line '  - conda-forge' below 'channels:'");
        };
        for item in items {
            match item.text() {
                Some(channel) => self.result.channels.push(channel.to_owned()),
                None => self.fault(item, format!("a channel must be a text, not {}", item.described()), LINE_EDIT),
            }
        }
    }

    fn variables(&mut self, node: &Node) {
        let Some(entries) = node.map() else {
            let what = format!("'variables' must be a mapping of names to values, not {}", node.described());
            return self.fault(node, what, "write each variable as a line '  NAME: value' below 'variables:'");
        };
        for (key, value) in entries {
            match key.text() {
                Some(name) => self.variable(name, key, value),
                None => self.fault(key, "a variable's name must be a text".to_owned(), LINE_EDIT),
            }
        }
    }

    fn variable(&mut self, name: &str, key: &Node, value: &Node) {
        // What no shell can export would keep the activation from what comes after it.
        if !is_variable(name) {
            let what = format!("'{name}' cannot be the name of a variable");
            return self.fault(key, what, "name the variable on line {line} with letters, digits and '_'");
        }
        let text = match value.text() {
            Some(text) => text,
            None if value.is_null() => {
                self.note(key.position.line, NoteKind::NullVariable(name.to_owned()));
                "null"
            }
            None => {
                let what = format!("the value of the variable '{name}' must be a text, not {}", value.described());
                return self.fault(value, what, LINE_EDIT);
            }
        };
        if text.contains('\0') {
            return self.fault(value, format!("the value of the variable '{name}' has a NUL in it"), LINE_EDIT);
        }
        if SET_BY_ACTIVATION.contains(&name.to_uppercase().as_str()) {
            self.note(key.position.line, NoteKind::VariableWithoutEffect(name.to_owned()));
        }
        self.result.variables.insert(name.to_owned(), text.to_owned());
    }

    fn dependencies(&mut self, node: Option<&Node>) -> Result<(), EnvironmentError> {
        let node = node.ok_or(EnvironmentError::NoDependencies)?;
        let Some(items) = node.list() else {
            let (position, found) = (node.position, node.described());
            let text = node.text().map(str::to_owned);
            return Err(EnvironmentError::DependenciesNotList { position, found, text });
        };
        if items.is_empty() {
            self.note(node.position.line, NoteKind::NoDependencies);
        }
        items.iter().for_each(|item| self.dependency(item));
        Ok(())
    }

    fn dependency(&mut self, item: &Node) {
        match &item.value {
            Value::Scalar { text, .. } if !item.is_null() => self.package(item, text),
            Value::Map(entries) => entries.iter().for_each(|(key, value)| self.table(key, value)),
            _ if item.is_null() => self.note(item.position.line, NoteKind::EmptyDependency),
            _ => self.fault(item, format!("a dependency must be a text, not {}", item.described()), LINE_EDIT),
        }
    }

    fn package(&mut self, item: &Node, text: &str) {
        match MatchSpec::parse(text) {
            Ok(spec) => self.result.packages.push(spec),
            Err(why) => {
                let what = format!("'{text}' is not a package specification: {why}");
                self.fault(item, what, "write line {line} like 'numpy', 'numpy=1.26' or 'numpy>=1.26,<3'");
            }
        }
    }

    /// `pip: […]` and `sel(linux): …`.
    fn table(&mut self, key: &Node, value: &Node) {
        let name = key.text().unwrap_or_default();
        if name == "pip" {
            return self.pip(value);
        }
        let Some(selector) = name.strip_prefix("sel(").and_then(|rest| rest.strip_suffix(')')) else {
            let what = format!("'{name}:' cannot stand in the list of dependencies; only 'pip:' and 'sel(…):' can");
            return self.fault(key, what, LINE_EDIT);
        };
        match conda_platform::selected(selector, self.platform) {
            None => {
                let what = format!("'{selector}' is no selector; there are linux, osx, win, unix and platforms");
                self.fault(key, what, LINE_EDIT);
            }
            Some(false) => {}
            Some(true) => match value.list() {
                Some(items) => items.iter().for_each(|item| self.dependency(item)),
                None => self.dependency(value),
            },
        }
    }

    fn pip(&mut self, node: &Node) {
        let Some(items) = node.list() else {
            let what = format!("'pip' must be a list, not {}", node.described());
            return self.fault(node, what, "write each requirement as a line '      - name' below '  - pip:'");
        };
        for item in items {
            match item.text() {
                Some(text) => {
                    self.result.pip.push(text.to_owned());
                    self.requirement(item, text);
                }
                None => {
                    let what = format!("a pip requirement must be a text, not {}", item.described());
                    self.fault(item, what, LINE_EDIT);
                }
            }
        }
    }

    /// What a line asks pip for; a file that pip would look for in vain, or never come to the end of, is a mistake.
    fn requirement(&mut self, item: &Node, text: &str) {
        let mut found = match requirements::of_text(text, &self.result.path, &|_| None) {
            Ok(found) => found,
            Err(error) => return self.fault(item, error.to_string(), LINE_EDIT),
        };
        for fault in &found.faults {
            // Of options pip may know more than is known here.
            if let FaultKind::Missing(missing) = &fault.kind {
                self.missing(item, missing, &fault.origin);
            }
        }
        self.result.requirements.entries.append(&mut found.entries);
        self.result.requirements.files.append(&mut found.files);
    }

    fn missing(&mut self, item: &Node, missing: &Path, by: &Origin) {
        let path = &self.result.path;
        let folder = path.parent().unwrap_or(Path::new("/"));
        let shown = |path: &Path| path.strip_prefix(folder).unwrap_or(path).display().to_string();
        let (missing, by_file) = (shown(missing), shown(&by.file));
        let what = if by.file == *path {
            format!("the requirements file '{missing}' does not exist beside {by_file}")
        } else {
            format!("the requirements file '{missing}' does not exist, and {by_file}:{} includes it", by.line)
        };
        self.fault(item, what, LINE_EDIT);
    }

    fn comment_selectors(&mut self, text: &str) {
        for (index, line) in text.lines().enumerate() {
            let Some((item, comment)) = line.split_once('#') else { continue };
            let selector = comment.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            if let (Some(package), Some(selector)) = (item.trim().strip_prefix("- "), selector) {
                let (package, selector) = (package.trim().to_owned(), selector.to_owned());
                self.note(index + 1, NoteKind::CommentSelector { package, selector });
            }
        }
    }
}

/// Whether a shell can have a variable of that name.
fn is_variable(name: &str) -> bool {
    !name.starts_with(|letter: char| letter.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

const NAME_EDIT: &str = "write line {line} as 'name: myproject'";
const LINE_EDIT: &str = "correct line {line}";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn parse(text: &str, path: &Path, platform: &str) -> Result<EnvironmentFile, EnvironmentError> {
        read(&yaml::parse(text).unwrap().root.unwrap(), text, path, platform)
    }

    fn names(text: &str, platform: &str) -> Vec<String> {
        let file = parse(text, Path::new("/nowhere/environment.yml"), platform).unwrap();
        file.packages.into_iter().map(|package| package.name).collect()
    }

    #[test]
    fn a_whole_file_is_understood() {
        let text = "name: My Env\nchannels: [conda-forge, defaults]\ndependencies:\n  - python=3.12\n  - numpy >=1.26, <3\n  \
                    - pip:\n      - requests>=2\nvariables:\n  MODE: 'on'\n  N: 3\n";
        let file = parse(text, Path::new("/nowhere/environment.yml"), "linux-64").unwrap();
        assert_eq!(file.name, Some(Written { text: "My Env".into(), line: 1 }));
        assert_eq!(file.channels, ["conda-forge", "defaults"]);
        assert_eq!(names(text, "linux-64"), ["python", "numpy"]);
        assert_eq!(file.pip, ["requests>=2"]);
        assert_eq!(file.own_requirements().next().unwrap().requirement().unwrap().name, "requests");
        assert_eq!((file.variables["MODE"].as_str(), file.variables["N"].as_str()), ("on", "3"));
        assert!(file.package("python").is_some() && file.notes.is_empty(), "{:?}", file.notes);
    }

    #[test]
    fn selectors_decide_by_the_platform() {
        let text =
            "dependencies:\n  - sel(unix): [bash, zsh]\n  - sel(win): m2-base\n  - sel(osx-arm64): {sel(osx): tcsh}\n";
        assert_eq!(names(text, "linux-64"), ["bash", "zsh"]);
        assert_eq!(names(text, "win-64"), ["m2-base"]);
        assert_eq!(names(text, "osx-arm64"), ["bash", "zsh", "tcsh"]);
    }

    #[test]
    fn a_file_that_an_included_one_includes_is_looked_for_too() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("more.txt"), "six\n-c sub/pins.txt\n").unwrap();
        let text = "dependencies:\n  - pip:\n    - --requirement=more.txt\n";
        let parse = || parse(text, &folder.path().join("environment.yml"), "linux-64");
        let EnvironmentError::Faults(faults) = parse().unwrap_err() else { panic!("no mistake") };
        let what = "the requirements file 'sub/pins.txt' does not exist, and more.txt:2 includes it";
        assert_eq!((faults[0].what.as_str(), faults[0].edit.as_str()), (what, "correct line 3"));
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        std::fs::write(folder.path().join("sub/pins.txt"), "six==1\n").unwrap();
        let file = parse().unwrap();
        assert_eq!((file.requirements.entries.len(), file.requirements.files.len()), (2, 2));
        assert_eq!(file.own_requirements().count(), 0);
    }

    #[test]
    fn variables_are_what_micromamba_takes_them_for() {
        let text = "dependencies: [a]\nvariables:\n  E: ''\n  N:\n  T: ~\n  Q: \"it's\"\n  Path: /x\n";
        let file = parse(text, Path::new("environment.yml"), "linux-64").unwrap();
        let pairs: Vec<String> = file.variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(pairs, ["E=", "N=null", "Path=/x", "Q=it's", "T=null"]);
        let null = |line, name: &str| Note { line, kind: NoteKind::NullVariable(name.into()) };
        let vain = Note { line: 7, kind: NoteKind::VariableWithoutEffect("Path".into()) };
        assert_eq!(file.notes, [null(4, "N"), null(5, "T"), vain]);
        let text = "dependencies: [a]\nvariables:\n  A B: 1\n  2x: 1\n  'A=$(id)': 1\n";
        let Err(EnvironmentError::Faults(faults)) = parse(text, Path::new("environment.yml"), "linux-64") else {
            panic!("no mistake")
        };
        let faults: Vec<String> = faults.into_iter().map(|it| format!("{}: {}", it.position.line, it.what)).collect();
        assert_eq!(
            faults,
            ["A B", "2x", "A=$(id)"].map(|name| {
                let line = ["A B", "2x", "A=$(id)"].iter().position(|other| *other == name).unwrap() + 3;
                format!("{line}: '{name}' cannot be the name of a variable")
            })
        );
    }

    #[test]
    fn what_works_otherwise_is_noted() {
        let text = "channel:\n  - conda-forge\ndependencies:\n  - hello  # [linux]\n  - world # a comment\n";
        let notes = parse(text, Path::new("environment.yml"), "linux-64").unwrap().notes;
        let selector = NoteKind::CommentSelector { package: "hello".into(), selector: "linux".into() };
        let unknown = Note { line: 1, kind: NoteKind::UnknownKey("channel".into()) };
        assert_eq!(notes, [unknown, Note { line: 4, kind: selector }]);
        let empty = parse("dependencies: []\n", Path::new("environment.yml"), "linux-64").unwrap();
        assert_eq!(empty.notes, [Note { line: 1, kind: NoteKind::NoDependencies }]);
    }
}
