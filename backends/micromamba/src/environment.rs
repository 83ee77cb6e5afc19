//! The environment file of a project: what micromamba will make of it, and everything that it would pass over in silence.

use std::path::Path;

use pyve_formats::conda_platform;
use pyve_formats::environment_yml::{EnvironmentError, EnvironmentFile, KEYS, Note, NoteKind};
use pyve_formats::yaml::{Node, Position};
use pyve_plugin_api::Error;

use crate::caution::Caution;
use crate::unusable::Unusable;
use crate::yaml;

/// What to copy where there is no file yet.
pub const MINIMAL: &str = "channels:\n  - conda-forge\ndependencies:\n  - python=3.12\n";

/// An environment file that micromamba will understand as its author meant it.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Its name in messages: the path relative to the project.
    pub file: String,
    pub content: EnvironmentFile,
    /// What works, but not as one would think.
    pub warnings: Vec<Caution>,
}

impl Environment {
    /// Reads and checks the file at `path`, which is called `file` in messages.
    pub fn read(path: &Path, file: &str) -> Result<Self, Unusable> {
        Self::parse(&yaml::read(path, file)?, file, path)
    }

    fn parse(text: &str, file: &str, path: &Path) -> Result<Self, Unusable> {
        let Some(root) = yaml::parse(text, file)? else {
            let error = with_sample(&format!("{file} is empty, so the environment would be empty too"), file);
            return Err(Unusable::content(file, error));
        };
        let content = content(&root, text, file, path, &conda_platform::current())?;
        let warnings = content.notes.iter().map(|note| caution(note, file)).collect();
        Ok(Self { file: file.to_owned(), content, warnings })
    }

    /// Whether an interpreter is asked for by name.
    pub fn wants_python(&self) -> bool {
        self.content.package("python").is_some()
    }
}

/// What it asks for on `platform`.
pub fn content(root: &Node, text: &str, file: &str, path: &Path, platform: &str) -> Result<EnvironmentFile, Unusable> {
    let content = EnvironmentFile::read(root, text, path, platform);
    content.map_err(|error| Unusable::content(file, refused(error, file)))
}

fn with_sample(message: &str, file: &str) -> Error {
    let error = Error::new(message).detail("the least that it can hold:");
    let lines = MINIMAL.lines().map(|line| format!("  {line}"));
    lines.fold(error, Error::detail).hint(format!("list the packages you need in {file}"))
}

fn refused(error: EnvironmentError, file: &str) -> Error {
    match error {
        EnvironmentError::NotMapping(found) => {
            with_sample(&format!("{file} must be a mapping with a list 'dependencies', not {found}"), file)
        }
        EnvironmentError::NoDependencies => {
            Error::new(format!("{file} has no list 'dependencies', so the environment would be empty"))
                .hint(format!("add 'dependencies:' and below it '  - python=3.12' to {file}"))
        }
        EnvironmentError::DependenciesNotList { position, found, text } => {
            let sample = text.as_deref().unwrap_or("python=3.12");
            Error::new(at(file, position, &format!("'dependencies' must be a list, not {found}")))
                .detail("micromamba would make an empty environment of it without a word")
                .hint(format!("write it as '  - {sample}' on a line of its own below 'dependencies:'"))
        }
        EnvironmentError::Faults(faults) => {
            let mut lines = faults.iter().map(|fault| at(file, fault.position, &fault.what));
            let edit = faults.first().map(|fault| fault.edit.as_str()).unwrap_or_default();
            let error = Error::new(lines.next().unwrap_or_default()).hint(edit);
            lines.fold(error, Error::detail)
        }
    }
}

fn at(file: &str, Position { line, column }: Position, what: &str) -> String {
    format!("{file}:{line}:{column}: {what}")
}

fn caution(note: &Note, file: &str) -> Caution {
    let line = note.line;
    let (what, edit) = match &note.kind {
        NoteKind::UnknownKey(name) => {
            let near = crate::nearest(name, &KEYS);
            let meant = near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
            let edit = match near {
                Some(near) => format!("write '{near}:' in the place of '{name}:' on line {line}"),
                None => format!("remove '{name}:', which begins on line {line},"),
            };
            (format!("micromamba ignores the unknown key '{name}'{meant}"), edit)
        }
        NoteKind::NoDependencies => (
            "'dependencies' is an empty list, so the environment will be empty".to_owned(),
            "list the packages you need below 'dependencies:'".to_owned(),
        ),
        NoteKind::VariableWithoutEffect(name) => (
            format!("'{name}' in 'variables' has no effect: the activation sets it itself"),
            format!("remove line {line}"),
        ),
        NoteKind::EmptyDependency => {
            ("micromamba passes over a dependency with nothing in it".to_owned(), format!("remove line {line}"))
        }
        NoteKind::NullVariable(name) => (
            format!("micromamba sets the variable '{name}', which has no value, to the text 'null'"),
            format!("write '{name}: \"\"' as line {line} for an empty value"),
        ),
        NoteKind::CommentSelector { package, selector } => {
            let instead = format!("write '- sel({selector}): {package}'");
            let ignored = format!("micromamba ignores the comment '# [{selector}]' and takes '{package}' everywhere");
            (format!("{ignored}; {instead}"), format!("{instead} as line {line}"))
        }
    };
    Caution { text: format!("{file}:{line}: {what}"), edit: format!("{edit} in {file}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Environment, Unusable> {
        Environment::parse(text, "environment.yml", Path::new("/nowhere/environment.yml"))
    }

    fn refused(text: &str) -> String {
        crate::shown(&parse(text).unwrap_err().error)
    }

    fn warnings(text: &str) -> String {
        let told: Vec<String> =
            parse(text).unwrap().warnings.into_iter().map(|it| format!("{} => {}", it.text, it.edit)).collect();
        told.join("\n")
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
        insta::assert_snapshot!(warnings("dependencies: [a]\nvariables:\n  N:\n  PATH: /x\n"), @"
        environment.yml:3: micromamba sets the variable 'N', which has no value, to the text 'null' => write 'N: \"\"' as line 3 for an empty value in environment.yml
        environment.yml:4: 'PATH' in 'variables' has no effect: the activation sets it itself => remove line 4 in environment.yml
        ");
        insta::assert_snapshot!(warnings("dependencies:\n  - hello\n  -\n  - null\n"), @"
        environment.yml:3: micromamba passes over a dependency with nothing in it => remove line 3 in environment.yml
        environment.yml:4: micromamba passes over a dependency with nothing in it => remove line 4 in environment.yml
        ");
        insta::assert_snapshot!(warnings("dependencies: []\n"), @"environment.yml:1: 'dependencies' is an empty list, so the environment will be empty => list the packages you need below 'dependencies:' in environment.yml");
    }
}
