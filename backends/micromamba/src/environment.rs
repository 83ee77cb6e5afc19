//! `environment.yml`: what it asks for, and everything in it that micromamba would pass over in silence.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pyve_formats::requirements::{self, FaultKind, Origin, Requirements};
use pyve_formats::yaml::{Node, Value};
use pyve_plugin_api::{Error, Result};

use crate::caution::Caution;
use crate::match_spec::MatchSpec;
use crate::platform;
use crate::yaml::{self, described};

/// What to copy where there is no file yet.
pub const MINIMAL: &str = "channels:\n  - conda-forge\ndependencies:\n  - python=3.12\n";

/// The keys that micromamba or conda-lock reads.
const KEYS: [&str; 7] = ["name", "channels", "dependencies", "variables", "prefix", "platforms", "category"];

/// An environment file that micromamba will understand as its author meant it.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Its name in messages: the path relative to the project.
    pub file: String,
    pub path: PathBuf,
    pub name: Option<String>,
    /// The line of `name:`, from 1.
    pub name_line: usize,
    pub channels: Vec<String>,
    /// What is asked for on this platform.
    pub packages: Vec<MatchSpec>,
    /// The lines of the `pip:` list.
    pub pip: Vec<String>,
    /// What they ask pip for, and what the files that they include ask for.
    pub requirements: Requirements,
    pub variables: BTreeMap<String, String>,
    /// What works, but not as one would think.
    pub warnings: Vec<Caution>,
}

impl Environment {
    /// Reads and checks the file at `path`, which is called `file` in messages.
    pub fn read(path: &Path, file: &str) -> Result<Self> {
        Self::parse(&yaml::read(path, file)?, file, path)
    }

    fn parse(text: &str, file: &str, path: &Path) -> Result<Self> {
        let Some(root) = yaml::parse(text, file)? else {
            return Err(with_sample(&format!("{file} is empty, so the environment would be empty too"), file));
        };
        let Some(entries) = root.map() else {
            let kind = described(&root);
            return Err(with_sample(&format!("{file} must be a mapping with a list 'dependencies', not {kind}"), file));
        };
        let result = Self { file: file.to_owned(), path: path.to_owned(), ..Self::default() };
        let mut reader = Reader { file, faults: Vec::new(), result };
        reader.keys(entries);
        reader.head(&root);
        reader.dependencies(root.get_written("dependencies"))?;
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

fn with_sample(message: &str, file: &str) -> Error {
    let error = Error::new(message).detail("the least that it can hold:");
    let lines = MINIMAL.lines().map(|line| format!("  {line}"));
    lines.fold(error, Error::detail).remedy(format!("list the packages you need in {file}"))
}

/// Collects all mistakes, so that one run shows them all.
struct Reader<'a> {
    file: &'a str,
    faults: Vec<Fault>,
    result: Environment,
}

struct Fault {
    what: String,
    remedy: String,
}

impl Reader<'_> {
    fn fault(&mut self, node: &Node, what: &str, remedy: &str) {
        let what = format!("{}:{}:{}: {what}", self.file, node.position.line, node.position.column);
        self.faults.push(Fault { what, remedy: remedy.replace("{line}", &node.position.line.to_string()) });
    }

    fn warn(&mut self, line: usize, what: &str, edit: &str) {
        let text = format!("{}:{line}: {what}", self.file);
        self.result.warnings.push(Caution { text, edit: format!("{edit} in {}", self.file) });
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
            let edit = match near {
                Some(near) => format!("write '{near}:' in the place of '{name}:' on line {}", key.position.line),
                None => format!("remove '{name}:', which begins on line {},", key.position.line),
            };
            self.warn(key.position.line, &format!("micromamba ignores the unknown key '{name}'{meant}"), &edit);
        }
    }

    fn head(&mut self, root: &Node) {
        if let Some(node) = root.get("name") {
            match node.text() {
                Some(name) => (self.result.name, self.result.name_line) = (Some(name.to_owned()), node.position.line),
                None => self.fault(node, &format!("'name' must be a text, not {}", described(node)), NAME_REMEDY),
            }
        }
        match root.get_written("channels") {
            None => {}
            Some(node) => self.channels(node),
        }
        if let Some(node) = root.get("variables") {
            self.variables(node);
        }
    }

    fn channels(&mut self, node: &Node) {
        let Some(items) = node.list() else {
            let what = format!("'channels' must be a list, not {}", described(node));
            return self.fault(node, &what, "write each channel as a line '  - conda-forge' below 'channels:'");
        };
        for item in items {
            match item.text() {
                Some(channel) => self.result.channels.push(channel.to_owned()),
                None => self.fault(item, &format!("a channel must be a text, not {}", described(item)), LINE_REMEDY),
            }
        }
    }

    fn variables(&mut self, node: &Node) {
        let Some(entries) = node.map() else {
            let what = format!("'variables' must be a mapping of names to values, not {}", described(node));
            return self.fault(node, &what, "write each variable as a line '  NAME: value' below 'variables:'");
        };
        for (key, value) in entries {
            match (key.text(), value.text()) {
                (Some(name), Some(value)) => {
                    self.result.variables.insert(name.to_owned(), value.to_owned());
                }
                (Some(name), None) => {
                    let what = format!("the value of the variable '{name}' must be a text, not {}", described(value));
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
            let (line, column) = (node.position.line, node.position.column);
            let message = format!("{file}:{line}:{column}: 'dependencies' must be a list, not {}", described(node));
            let sample = node.text().unwrap_or("python=3.12");
            return Err(Error::new(message)
                .detail("micromamba would make an empty environment of it without a word")
                .remedy(format!("write it as '  - {sample}' on a line of its own below 'dependencies:'")));
        };
        if items.is_empty() {
            let what = "'dependencies' is an empty list, so the environment will be empty";
            self.warn(node.position.line, what, "list the packages you need below 'dependencies:'");
        }
        items.iter().for_each(|item| self.dependency(item));
        Ok(())
    }

    fn dependency(&mut self, item: &Node) {
        match &item.value {
            Value::Scalar { text, .. } if !item.is_null() => self.package(item, text),
            Value::Map(entries) => entries.iter().for_each(|(key, value)| self.table(key, value)),
            _ => self.fault(item, &format!("a dependency must be a text, not {}", described(item)), LINE_REMEDY),
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
            let what = format!("'pip' must be a list, not {}", described(node));
            return self.fault(node, &what, "write each requirement as a line '      - name' below '  - pip:'");
        };
        for item in items {
            let Some(text) = item.text() else {
                let what = format!("a pip requirement must be a text, not {}", described(item));
                self.fault(item, &what, LINE_REMEDY);
                continue;
            };
            self.result.pip.push(text.to_owned());
            self.requirement(item, text);
        }
    }

    /// What a line asks pip for; a file that pip would look for in vain, or never come to the end of, is a mistake.
    fn requirement(&mut self, item: &Node, text: &str) {
        let path = self.result.path.clone();
        let mut found = match requirements::of_text(text, &path, &|_| None) {
            Ok(found) => found,
            Err(error) => return self.fault(item, &error.to_string(), LINE_REMEDY),
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
        let folder = self.result.path.parent().unwrap_or(Path::new("/")).to_owned();
        let shown = |path: &Path| path.strip_prefix(&folder).unwrap_or(path).display().to_string();
        let (missing, by_file) = (shown(missing), shown(&by.file));
        let what = if by.file == self.result.path {
            format!("the requirements file '{missing}' does not exist beside {}", self.file)
        } else {
            format!("the requirements file '{missing}' does not exist, and {by_file}:{} includes it", by.line)
        };
        self.fault(item, &what, LINE_REMEDY);
    }

    /// Selectors in comments are conda-build's; here they change nothing, which surprises.
    fn comment_selectors(&mut self, text: &str) {
        for (index, line) in text.lines().enumerate() {
            let Some((item, comment)) = line.split_once('#') else { continue };
            let comment = comment.trim();
            let selector = comment.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            if let (Some(package), Some(selector)) = (item.trim().strip_prefix("- "), selector) {
                let package = package.trim();
                let instead = format!("write '- sel({selector}): {package}'");
                let ignored =
                    format!("micromamba ignores the comment '# [{selector}]' and takes '{package}' everywhere");
                self.warn(index + 1, &format!("{ignored}; {instead}"), &format!("{instead} as line {}", index + 1));
            }
        }
    }
}

const NAME_REMEDY: &str = "write line {line} as 'name: myproject'";
const LINE_REMEDY: &str = "correct line {line}";

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Environment> {
        Environment::parse(text, "environment.yml", Path::new("/nowhere/environment.yml"))
    }

    fn refused(text: &str) -> String {
        crate::shown(&parse(text).unwrap_err())
    }

    fn warnings(text: &str) -> String {
        let told: Vec<String> =
            parse(text).unwrap().warnings.into_iter().map(|it| format!("{} => {}", it.text, it.edit)).collect();
        told.join("\n")
    }

    #[test]
    fn a_whole_file_is_understood() {
        let text = "name: My Env\nchannels: [conda-forge, defaults]\ndependencies:\n  - python=3.12\n  - numpy >=1.26, <3\n  \
                    - sel(unix): bash\n  - sel(win): m2-base\n  - pip:\n      - requests>=2\nvariables:\n  MODE: 'on'\n  N: 3\n";
        let file = parse(text).unwrap();
        assert_eq!((file.name.as_deref(), file.name_line), (Some("My Env"), 1));
        assert_eq!(file.channels, ["conda-forge", "defaults"]);
        let names: Vec<&str> = file.packages.iter().map(|package| package.name.as_str()).collect();
        assert_eq!(names, if cfg!(windows) { ["python", "numpy", "m2-base"] } else { ["python", "numpy", "bash"] });
        assert_eq!(file.pip, ["requests>=2"]);
        assert_eq!(file.variables["MODE"], "on");
        assert_eq!(file.variables["N"], "3");
        assert!(file.wants_python());
        assert!(file.warnings.is_empty(), "{:?}", file.warnings);
    }

    #[test]
    fn what_micromamba_makes_an_empty_environment_of_is_refused() {
        insta::assert_snapshot!(refused("# nothing\n"), @"
        environment.yml is empty, so the environment would be empty too
          the least that it can hold:
            channels:
              - conda-forge
            dependencies:
              - python=3.12
        => list the packages you need in environment.yml
        ");
        insta::assert_snapshot!(refused("just words\n"), @"
        environment.yml must be a mapping with a list 'dependencies', not the text 'just words'
          the least that it can hold:
            channels:
              - conda-forge
            dependencies:
              - python=3.12
        => list the packages you need in environment.yml
        ");
        insta::assert_snapshot!(refused("name: x\n"), @"
        environment.yml has no list 'dependencies', so the environment would be empty
        => add 'dependencies:' and below it '  - python=3.12' to environment.yml
        ");
        insta::assert_snapshot!(refused("name: x\ndependencies: hello\n"), @"
        environment.yml:2:15: 'dependencies' must be a list, not the text 'hello'
          micromamba would make an empty environment of it without a word
        => write it as '  - hello' on a line of its own below 'dependencies:'
        ");
        insta::assert_snapshot!(refused("dependencies:\n"), @"
        environment.yml:1:13: 'dependencies' must be a list, not empty
          micromamba would make an empty environment of it without a word
        => write it as '  - python=3.12' on a line of its own below 'dependencies:'
        ");
        insta::assert_snapshot!(refused("dependencies: {hello: 1}\n"), @"
        environment.yml:1:15: 'dependencies' must be a list, not a mapping
          micromamba would make an empty environment of it without a word
        => write it as '  - python=3.12' on a line of its own below 'dependencies:'
        ");
    }

    #[test]
    fn mistakes_are_told_together_each_with_its_place() {
        insta::assert_snapshot!(refused("channels: conda-forge\ndependencies:\n  - hello=>=\n  - [a]\n  - numpy@1\n"), @"
        environment.yml:1:11: 'channels' must be a list, not the text 'conda-forge'
          environment.yml:3:5: 'hello=>=' is not a package specification: '=>=' is not a version or a range of versions
          environment.yml:4:5: a dependency must be a text, not a list
          environment.yml:5:5: 'numpy@1' is not a package specification: '@' cannot stand in a package's name
        => write each channel as a line '  - conda-forge' below 'channels:'
        ");
        insta::assert_snapshot!(refused("name: [a]\ndependencies:\n  - foo: bar\n  - sel(bsd): x\n  - pip: requests\n"), @"
        environment.yml:1:7: 'name' must be a text, not a list
          environment.yml:3:5: 'foo:' cannot stand in the list of dependencies; only 'pip:' and 'sel(…):' can
          environment.yml:4:5: 'bsd' is no selector; there are linux, osx, win, unix and platforms
          environment.yml:5:10: 'pip' must be a list, not the text 'requests'
        => write line 1 as 'name: myproject'
        ");
        insta::assert_snapshot!(refused("variables: [A]\ndependencies:\n  - pip:\n    - -r missing.txt\n    - {a: b}\n"), @"
        environment.yml:1:12: 'variables' must be a mapping of names to values, not a list
          environment.yml:4:7: the requirements file 'missing.txt' does not exist beside environment.yml
          environment.yml:5:7: a pip requirement must be a text, not a mapping
        => write each variable as a line '  NAME: value' below 'variables:'
        ");
        insta::assert_snapshot!(refused("variables:\n  A: [1]\nchannels:\n  - {a: b}\ndependencies: []\n"), @"
        environment.yml:4:5: a channel must be a text, not a mapping
          environment.yml:2:6: the value of the variable 'A' must be a text, not a list
        => correct line 4
        ");
    }

    #[test]
    fn what_works_otherwise_than_one_would_think_is_a_warning() {
        let text = "channel:\n  - conda-forge\ndependencies:\n  - hello  # [linux]\n  - world # a comment\nextra: 1\n";
        insta::assert_snapshot!(warnings(text), @"
        environment.yml:1: micromamba ignores the unknown key 'channel'; did you mean 'channels'? => write 'channels:' in the place of 'channel:' on line 1 in environment.yml
        environment.yml:6: micromamba ignores the unknown key 'extra' => remove 'extra:', which begins on line 6, in environment.yml
        environment.yml:4: micromamba ignores the comment '# [linux]' and takes 'hello' everywhere; write '- sel(linux): hello' => write '- sel(linux): hello' as line 4 in environment.yml
        ");
        insta::assert_snapshot!(warnings("dependencies: []\n"), @"environment.yml:1: 'dependencies' is an empty list, so the environment will be empty => list the packages you need below 'dependencies:' in environment.yml");
    }

    #[test]
    fn a_file_that_an_included_one_includes_is_looked_for_too() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("more.txt"), "six\n-c sub/pins.txt\n").unwrap();
        let text = "dependencies:\n  - pip:\n    - --requirement=more.txt\n";
        let parse = || Environment::parse(text, "environment.yml", &folder.path().join("environment.yml"));
        insta::assert_snapshot!(crate::shown(&parse().unwrap_err()), @"
        environment.yml:3:7: the requirements file 'sub/pins.txt' does not exist, and more.txt:2 includes it
        => correct line 3
        ");
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        std::fs::write(folder.path().join("sub/pins.txt"), "six==1\n").unwrap();
        let file = parse().unwrap();
        assert_eq!(file.requirements.entries.len(), 2);
        assert_eq!(file.requirements.files.len(), 2);
    }
}
