//! Remedies aimed at the environment that was examined: what is typed must mend this one and no other.

use pyve_plugin_api::OsText;

use super::Options;
use crate::choice::Choice;
use crate::files::envrc;
use crate::init::options::Options as InitOptions;
use crate::project::DEFAULT_ENVIRONMENT;
use crate::records::{Record, Status};

const NO_DIRENV: &str = "--no-direnv";

/// Which environment is meant.
#[derive(Clone, Debug, Default)]
pub struct Aim {
    /// `--backend`, if it was said.
    backend: Option<String>,
    /// `--env`, if it is not the usual one.
    environment: Option<String>,
    /// The folder of the environment in the project, for backends that let the user name it.
    pub folder: Option<String>,
    /// The same, where the settings alone would name another: the `DIR` of `pyve init`.
    place: Option<String>,
    /// The environment was made without an `.envrc`, and gets none by being mended.
    no_direnv: bool,
}

impl Aim {
    pub fn new(options: &Options, environment: &str, choice: Option<&Choice>, record: Option<&Record>) -> Self {
        let folder = choice.zip(record).and_then(|(choice, record)| folder(choice, record));
        let place = folder.clone().filter(|folder| choice.is_some_and(|choice| *folder != usual(choice)));
        Self {
            backend: options.backend.clone().filter(|backend| backend != crate::selection::AUTO),
            environment: (environment != DEFAULT_ENVIRONMENT).then(|| environment.to_owned()),
            folder,
            place,
            no_direnv: record.is_some_and(|record| record.status == Status::Ready && !record.has_block(envrc::FILE)),
        }
    }

    /// `pyve init` with these flags, for the environment that was examined.
    pub fn init(&self, flags: &[&str]) -> Vec<OsText> {
        let words = ["pyve", "init"].iter().chain(flags).map(|word| OsText::from(*word)).collect();
        self.at(words)
    }

    /// A remedy of a backend, aimed if it is an `init` or a `run`.
    pub fn at(&self, mut words: Vec<OsText>) -> Vec<OsText> {
        let head: Vec<String> = words.iter().map(OsText::display).collect();
        let aimed = |flag: &str, value: &Option<String>| {
            let value = value.as_ref().filter(|_| !head.iter().any(|word| word == flag));
            value.map(|value| [OsText::from(flag), OsText::from(value.as_str())])
        };
        let flags = [aimed("--env", &self.environment), aimed("--backend", &self.backend)];
        let flags = flags.into_iter().flatten().flatten();
        match head.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["pyve", "init", ..] => {
                words.extend(flags);
                let says_no = head.iter().any(|word| word == NO_DIRENV);
                words.extend((self.no_direnv && !says_no).then(|| OsText::from(NO_DIRENV)));
            }
            // What comes behind the command is the command's own.
            ["pyve", "run", ..] => {
                words.splice(2..2, flags);
                return words;
            }
            _ => return words,
        }
        let names_place = head[2..].iter().any(|word| !word.starts_with('-'));
        if let Some(place) = self.place.as_ref().filter(|_| !names_place) {
            words.push(place.as_str().into());
        }
        words
    }

    /// The same, as the words of an `init` that pyve does itself.
    pub fn options(&self, force: bool, yes: bool) -> InitOptions {
        let mut options = InitOptions {
            backend: self.backend.clone(),
            environment: self.environment.clone(),
            no_direnv: self.no_direnv,
            force,
            yes,
            ..InitOptions::default()
        };
        options.line.positional.clone_from(&self.place);
        options
    }
}

fn folder(choice: &Choice, record: &Record) -> Option<String> {
    choice.description.positional().into_option()?;
    record.place()?.path().to_str().map(str::to_owned)
}

/// Where the settings alone put the environment.
fn usual(choice: &Choice) -> String {
    let Some(setting) = choice.description.positional().into_option() else { return String::new() };
    if choice.environment != DEFAULT_ENVIRONMENT {
        return format!("{}-{}", setting.default, choice.environment);
    }
    let section = choice.config.section(&choice.description.id);
    let said = section.iter().find(|given| given.key == setting.key).and_then(|given| given.values.first());
    said.unwrap_or(&setting.default).to_string()
}
