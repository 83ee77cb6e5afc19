//! Remedies aimed at the environment that was examined: what is typed must mend this one and no other.

use std::path::PathBuf;

use pyve_plugin_api::OsText;

use super::check::{Check, command_line};
use crate::caller::Caller;
use crate::context::ProjectContext;
use crate::files::{atomic, envrc, marked_block};
use crate::project::{EnvironmentName, Layout};
use crate::records::{Record, Status};

const NO_DIRENV: &str = "--no-direnv";
/// The options of `init` whose next word is theirs.
const WITH_VALUE: [&str; 4] = ["--backend", "--env", "--python-version", "--bootstrap-to"];

/// Which environment is meant.
#[derive(Clone, Debug, Default)]
pub struct RemedyTarget {
    /// `-C`, as it was said: a remedy is typed where `doctor` was.
    directories: Vec<PathBuf>,
    /// `--backend`, if it was said.
    pub backend: Option<String>,
    /// `--env`, if it is not the usual one.
    pub environment: Option<EnvironmentName>,
    /// The folder of the environment in the project, for backends that let the user name it.
    pub folder: Option<String>,
    /// The same, where the settings alone would name another: the `DIR` of `pyve init`.
    pub place: Option<String>,
    /// The environment was made without an `.envrc`, and gets none by being mended.
    pub no_direnv: bool,
}

impl RemedyTarget {
    pub fn new(
        backend: Option<&str>,
        caller: &Caller,
        layout: &Layout,
        name: &EnvironmentName,
        seen: Seen<'_>,
    ) -> Self {
        let folder = seen.choice.zip(seen.record).and_then(|(choice, record)| folder(choice, record));
        let place = folder.clone().filter(|folder| seen.choice.is_some_and(|choice| *folder != usual(choice)));
        Self {
            directories: caller.changes().to_vec(),
            backend: backend.filter(|backend| *backend != crate::selection::AUTO).map(str::to_owned),
            environment: (!name.is_default()).then(|| name.clone()),
            folder,
            place,
            no_direnv: match seen.record {
                Some(record) => record.status == Status::Ready && !record.has_block(envrc::FILE),
                None => was_made(layout, name) && !has_block(layout),
            },
        }
    }

    /// `pyve init` with these flags, for the environment that was examined.
    pub fn init(&self, flags: &[&str]) -> Vec<OsText> {
        let words = ["pyve", "init"].iter().chain(flags).map(|word| OsText::from(*word)).collect();
        self.at(words)
    }

    /// A remedy of a backend, aimed if it is a command of pyve's about an environment.
    pub fn at(&self, words: Vec<OsText>) -> Vec<OsText> {
        let head: Vec<String> = words.iter().map(OsText::display).collect();
        match head.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["pyve", "init", said @ ..] => self.at_init(&words, said),
            // What follows the command's own name belongs to the command.
            ["pyve", "run", said @ ..] => {
                let own = said.iter().take_while(|word| word.starts_with('-')).copied().collect::<Vec<_>>();
                let (start, command) = words.split_at(2);
                [start, &self.names(&own), command].concat()
            }
            _ => words,
        }
    }

    fn at_init(&self, words: &[OsText], said: &[&str]) -> Vec<OsText> {
        let mut aimed = [words, &self.names(said)].concat();
        if self.no_direnv && !said.contains(&NO_DIRENV) {
            aimed.push(NO_DIRENV.into());
        }
        let is_value = |index: usize| index > 0 && WITH_VALUE.contains(&said[index - 1]);
        let names_place = said.iter().enumerate().any(|(index, word)| !word.starts_with('-') && !is_value(index));
        aimed.extend(self.place.as_deref().filter(|_| !names_place).map(OsText::from));
        aimed
    }

    /// `--env` and `--backend`, but for those that are `said` already.
    fn names(&self, said: &[&str]) -> Vec<OsText> {
        let flags = [("--env", self.environment.as_deref()), ("--backend", self.backend.as_deref())];
        let flags = flags.into_iter().filter(|(flag, _)| !said.contains(flag));
        let flags = flags.filter_map(|(flag, value)| Some([OsText::from(flag), value?.into()]));
        flags.flatten().collect()
    }

    /// What helps as it is to be typed, in the folder in which `doctor` was.
    pub fn typed(&self, check: &mut Check) {
        check.remedy = self.with_changes(std::mem::take(&mut check.remedy));
        check.hint = check.hint.take().map(|hint| self.in_sentence(&hint));
    }

    /// With what `-C` said, since it is typed where this command was.
    pub fn with_changes(&self, mut words: Vec<OsText>) -> Vec<OsText> {
        if words.first().is_some_and(|word| word.display() == "pyve") {
            let changes = self.directories.iter().flat_map(|folder| [OsText::from("-C"), folder.as_path().into()]);
            words.splice(1..1, changes);
        }
        words
    }

    /// The same for each `pyve init` in a sentence of somebody who knows nothing of what is examined.
    fn in_sentence(&self, text: &str) -> String {
        const INIT: &str = "pyve init";
        let mut pieces = text.split(INIT);
        let mut told = pieces.next().unwrap_or_default().to_owned();
        for after in pieces {
            let flags = flags_of(after);
            let said: Vec<OsText> =
                ["pyve", "init"].into_iter().chain(flags.split_whitespace()).map(Into::into).collect();
            let rest = &after[flags.len()..];
            // `DIR` stands for what the user shall think of.
            let anywhere = Self { place: None, ..self.clone() };
            let target = if rest.starts_with(" DIR") { &anywhere } else { self };
            told.extend(command_line(&target.with_changes(target.at(said))));
            told.push_str(rest);
        }
        told
    }
}

/// What is known of the environment.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    pub choice: Option<&'a ProjectContext>,
    pub record: Option<&'a Record>,
}

/// The flags at the start of `text`, with the values of those that have one.
fn flags_of(text: &str) -> &str {
    let mut end = 0;
    let mut takes_value = false;
    while let Some(rest) = text[end..].strip_prefix(' ') {
        let word = rest.find([' ', '`', ',', ';', ')', ':']).map_or(rest, |length| &rest[..length]);
        if word.is_empty() || !(takes_value || word.starts_with("--")) {
            break;
        }
        end += 1 + word.len();
        takes_value = WITH_VALUE.contains(&word);
    }
    &text[..end]
}

/// Whether pyve ever wrote something down of an environment of that name.
fn was_made(layout: &Layout, name: &EnvironmentName) -> bool {
    layout.records(name).is_dir()
}

/// Whether there is a block of pyve's in `.envrc`; one without its end is one.
fn has_block(layout: &Layout) -> bool {
    let text = atomic::read(&layout.root().join(envrc::FILE)).ok().flatten().unwrap_or_default();
    marked_block::find(&text).map_or(true, |block| block.is_some())
}

fn folder(choice: &ProjectContext, record: &Record) -> Option<String> {
    choice.description.positional().into_option()?;
    record.place()?.path().to_str().map(str::to_owned)
}

/// Where the settings alone put the environment.
fn usual(choice: &ProjectContext) -> String {
    let Some(setting) = choice.description.positional().into_option() else { return String::new() };
    if !choice.is_default() {
        return format!("{}-{}", setting.default, choice.environment);
    }
    let section = choice.config.section(&choice.description.id);
    let said = section.iter().find(|given| given.key == setting.key).and_then(|given| given.values.first());
    said.unwrap_or(&setting.default).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> RemedyTarget {
        RemedyTarget {
            directories: vec!["../my app".into()],
            backend: Some("b".to_owned()),
            environment: "dev".parse().ok(),
            folder: None,
            place: Some("here".to_owned()),
            no_direnv: true,
        }
    }

    #[test]
    fn sentences_are_aimed_too() {
        let told = |text: &str| target().in_sentence(text);
        let all = "pyve -C '../my app' init --force --env dev --backend b --no-direnv here";
        assert_eq!(told("pyve init --force"), all);
        assert_eq!(
            told("upgrade, or type `pyve init --force` to make it"),
            format!("upgrade, or type `{all}` to make it")
        );
        assert_eq!(
            told("choose again: pyve init --backend other"),
            "choose again: pyve -C '../my app' init --backend other --env dev --no-direnv here"
        );
        assert_eq!(
            told("name another folder: pyve init DIR"),
            "name another folder: pyve -C '../my app' init --env dev --backend b --no-direnv DIR"
        );
        assert_eq!(told("`pyve run` needs none"), "`pyve run` needs none");
    }

    #[test]
    fn a_command_that_is_run_inside_is_aimed_in_front_of_it() {
        let words = ["pyve", "run", "tool", "--env", "x"].map(OsText::from).to_vec();
        let aimed = command_line(&target().with_changes(target().at(words)));
        assert_eq!(aimed.as_deref(), Some("pyve -C '../my app' run --env dev --backend b tool --env x"));
    }

    #[test]
    fn what_is_said_already_is_not_said_twice() {
        let words = ["pyve", "init", ".venv-pyve", "--no-direnv", "--env", "x"].map(OsText::from).to_vec();
        let aimed = command_line(&target().at(words));
        assert_eq!(aimed.as_deref(), Some("pyve init .venv-pyve --no-direnv --env x --backend b"));
    }
}
