//! `environment.yml`: what it asks for, and everything in it that micromamba would pass over in silence.

use std::collections::BTreeMap;
use std::path::Path;

use pyve_plugin_api::{Error, Result};

use crate::match_spec::MatchSpec;
use crate::platform;
use crate::yaml::{self, Node, Value};

/// What to copy where there is no file yet.
pub const MINIMAL: &str = "channels:\n  - conda-forge\ndependencies:\n  - python=3.12\n";

/// The keys that micromamba or conda-lock reads.
const KEYS: [&str; 7] = ["name", "channels", "dependencies", "variables", "prefix", "platforms", "category"];

/// An environment file that micromamba will understand as its author meant it.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Its name in messages: the path relative to the project.
    pub file: String,
    pub name: Option<String>,
    /// The line of `name:`, from 1.
    pub name_line: usize,
    pub channels: Vec<String>,
    /// What is asked for on this platform.
    pub packages: Vec<MatchSpec>,
    /// The lines of the `pip:` list.
    pub pip: Vec<String>,
    pub variables: BTreeMap<String, String>,
    /// What works, but not as one would think.
    pub warnings: Vec<String>,
}

impl Environment {
    /// Reads and checks the file at `path`, which is called `file` in messages.
    pub fn read(path: &Path, file: &str) -> Result<Self> {
        let text = yaml::read(path, file)?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        Self::parse(&text, file, folder)
    }

    /// `folder` is where the file lies, for the files that its `pip:` list names.
    pub fn parse(text: &str, file: &str, folder: &Path) -> Result<Self> {
        let Some(root) = yaml::parse(text, file)? else {
            return Err(Error::new(format!("{file} is empty, so the environment would be empty too"))
                .detail("the least that it can hold:")
                .detail(MINIMAL.trim_end())
                .remedy(format!("list the packages you need in {file}")));
        };
        let Some(entries) = root.map() else {
            return Err(Error::new(format!("{file} must be a mapping with a list 'dependencies', not {}", root.kind()))
                .detail("the least that it can hold:")
                .detail(MINIMAL.trim_end())
                .remedy(format!("list the packages you need in {file}")));
        };
        let mut reader = Reader { file, folder, faults: Vec::new(), result: Self::default() };
        reader.result.file = file.to_owned();
        reader.keys(entries);
        reader.head(&root);
        reader.dependencies(root.get("dependencies"))?;
        reader.comment_selectors(text);
        reader.finish()
    }

    /// The package's entry of this name, if it is asked for.
    pub fn package(&self, name: &str) -> Option<&MatchSpec> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// Whether an interpreter is asked for by name.
    pub fn wants_python(&self) -> bool {
        self.package("python").is_some()
    }
}

/// Collects all mistakes, so that one run shows them all.
struct Reader<'a> {
    file: &'a str,
    folder: &'a Path,
    faults: Vec<Fault>,
    result: Environment,
}

struct Fault {
    what: String,
    remedy: String,
}

impl Reader<'_> {
    fn fault(&mut self, node: &Node, what: &str, remedy: &str) {
        let what = format!("{}:{}:{}: {what}", self.file, node.line, node.column);
        self.faults.push(Fault { what, remedy: remedy.replace("{line}", &node.line.to_string()) });
    }

    fn warn(&mut self, line: usize, what: &str) {
        self.result.warnings.push(format!("{}:{line}: {what}", self.file));
    }

    fn finish(self) -> Result<Environment> {
        let mut faults = self.faults.into_iter();
        let Some(first) = faults.next() else {
            return Ok(self.result);
        };
        let error = Error::new(&first.what).remedy(&first.remedy);
        Err(faults.fold(error, |error, fault| error.detail(&fault.what)))
    }

    fn keys(&mut self, entries: &[(Node, Node)]) {
        for (key, _) in entries {
            let name = key.text().unwrap_or_default();
            if KEYS.contains(&name) {
                continue;
            }
            let near = crate::nearest(name, &KEYS);
            let meant = near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
            self.warn(key.line, &format!("micromamba ignores the unknown key '{name}'{meant}"));
        }
    }

    fn head(&mut self, root: &Node) {
        if let Some(node) = root.get("name").filter(|node| node.value != Value::Null) {
            match node.text() {
                Some(name) => (self.result.name, self.result.name_line) = (Some(name.to_owned()), node.line),
                None => self.fault(node, &format!("'name' must be a text, not {}", node.kind()), NAME_REMEDY),
            }
        }
        match root.get("channels") {
            None => {}
            Some(node) => self.channels(node),
        }
        if let Some(node) = root.get("variables").filter(|node| node.value != Value::Null) {
            self.variables(node);
        }
    }

    fn channels(&mut self, node: &Node) {
        let Some(items) = node.list() else {
            let what = format!("'channels' must be a list, not {}", node.kind());
            return self.fault(node, &what, "write each channel as a line '  - conda-forge' below 'channels:'");
        };
        for item in items {
            match item.text() {
                Some(channel) => self.result.channels.push(channel.to_owned()),
                None => self.fault(item, &format!("a channel must be a text, not {}", item.kind()), LINE_REMEDY),
            }
        }
    }

    fn variables(&mut self, node: &Node) {
        let Some(entries) = node.map() else {
            let what = format!("'variables' must be a mapping of names to values, not {}", node.kind());
            return self.fault(node, &what, "write each variable as a line '  NAME: value' below 'variables:'");
        };
        for (key, value) in entries {
            match (key.text(), value.text()) {
                (Some(name), Some(value)) => {
                    self.result.variables.insert(name.to_owned(), value.to_owned());
                }
                (Some(name), None) => {
                    let what = format!("the value of the variable '{name}' must be a text, not {}", value.kind());
                    self.fault(value, &what, LINE_REMEDY);
                }
                (None, _) => self.fault(key, "a variable's name must be a text", LINE_REMEDY),
            }
        }
    }

    fn dependencies(&mut self, node: Option<&Node>) -> Result<()> {
        let file = self.file;
        let Some(node) = node else {
            return Err(Error::new(format!("{file} has no list 'dependencies', so the environment would be empty"))
                .remedy(format!("add 'dependencies:' and below it '  - python=3.12' to {file}")));
        };
        let Some(items) = node.list() else {
            let (line, column) = (node.line, node.column);
            let message = format!("{file}:{line}:{column}: 'dependencies' must be a list, not {}", node.kind());
            let sample = node.text().unwrap_or("python=3.12");
            return Err(Error::new(message)
                .detail("micromamba would make an empty environment of it without a word")
                .remedy(format!("write it as '  - {sample}' on a line of its own below 'dependencies:'")));
        };
        if items.is_empty() {
            self.warn(node.line, "'dependencies' is an empty list, so the environment will be empty");
        }
        items.iter().for_each(|item| self.dependency(item));
        Ok(())
    }

    fn dependency(&mut self, item: &Node) {
        match &item.value {
            Value::Text(text) => self.package(item, text),
            Value::Map(entries) => entries.iter().for_each(|(key, value)| self.table(key, value)),
            _ => self.fault(item, &format!("a dependency must be a text, not {}", item.kind()), LINE_REMEDY),
        }
    }

    fn package(&mut self, item: &Node, text: &str) {
        match MatchSpec::parse(text) {
            Ok(spec) => self.result.packages.push(spec),
            Err(why) => {
                let what = format!("'{text}' is not a package specification: {why}");
                self.fault(item, &what, "write line {line} like 'numpy', 'numpy=1.26' or 'numpy>=1.26,<3'");
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
            return self.fault(key, &what, LINE_REMEDY);
        };
        match platform::selected(selector, &platform::current()) {
            None => {
                let what = format!("'{selector}' is no selector; there are linux, osx, win, unix and platforms");
                self.fault(key, &what, LINE_REMEDY);
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
            let what = format!("'pip' must be a list, not {}", node.kind());
            return self.fault(node, &what, "write each requirement as a line '      - name' below '  - pip:'");
        };
        for item in items {
            let Some(text) = item.text() else {
                let what = format!("a pip requirement must be a text, not {}", item.kind());
                self.fault(item, &what, LINE_REMEDY);
                continue;
            };
            let included = text.strip_prefix("-r ").or_else(|| text.strip_prefix("--requirement ")).map(str::trim);
            if let Some(included) = included.filter(|name| !name.contains("://")) {
                if !self.folder.join(included).is_file() {
                    let what = format!("the requirements file '{included}' does not exist beside {}", self.file);
                    self.fault(item, &what, LINE_REMEDY);
                }
            }
            self.result.pip.push(text.to_owned());
        }
    }

    /// Selectors in comments are conda-build's; here they change nothing, which surprises.
    fn comment_selectors(&mut self, text: &str) {
        for (index, line) in text.lines().enumerate() {
            let Some((item, comment)) = line.split_once('#') else { continue };
            let comment = comment.trim();
            let selector = comment.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            if let (Some(package), Some(selector)) = (item.trim().strip_prefix("- "), selector) {
                let package = package.trim();
                let what = format!(
                    "micromamba ignores the comment '# [{selector}]' and takes '{package}' everywhere; \
                     write '- sel({selector}): {package}'"
                );
                self.warn(index + 1, &what);
            }
        }
    }
}

const NAME_REMEDY: &str = "write line {line} as 'name: myproject'";
const LINE_REMEDY: &str = "correct line {line}";
