//! Wrong usage: what clap found, in the form of every other error of pyve, and what to type instead.

use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::config::quoted;
use crate::failure::Failure;
use crate::project::InvalidName;
use crate::ui::suggest::nearest;

/// Never suggested for another word: it removes things.
const NEVER_SUGGESTED: &str = "purge";

/// Commands of other tools that pyve does not have, and what does the same here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("add", "list the package in the project's own file, then run `pyve init --install-deps`"),
    ("remove", "remove the package from the project's own file, then run `pyve init --force --install-deps`"),
    ("install", "to install the project's dependencies, run `pyve init --install-deps`"),
    ("uninstall", "to uninstall pyve, run `pyve self uninstall`; to remove the environment, run `pyve purge`"),
    ("sync", "to update the environment to the project's files, run `pyve init --update --install-deps`"),
    ("update", "to update the environment to the project's files, run `pyve init --update --install-deps`"),
    ("upgrade", "to install newer versions, run `pyve lock --upgrade`, then `pyve init --update --install-deps`"),
    ("shell", "to activate the environment in this shell, run `pyve activate`"),
    ("version", "to print the version, run `pyve --version`"),
    ("exec", "to run a command in the environment, run `pyve run COMMAND`"),
];

/// The failure that tells of clap's error. `tree` is the command line that `words` were read by.
pub fn failure(error: &clap::Error, words: &[OsString], tree: &Command) -> Failure {
    let asked = Asked::find(words, tree);
    let (message, hint) = match error.kind() {
        ErrorKind::InvalidSubcommand => unknown_command(error, &asked),
        ErrorKind::UnknownArgument => {
            let near = text(error, ContextKind::SuggestedArg);
            (format!("unexpected argument {}", argument(error)), near.map(did_you_mean))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => invalid_value(error),
        ErrorKind::ArgumentConflict => (conflict(error), None),
        ErrorKind::MissingRequiredArgument => {
            let missing = all(error, ContextKind::InvalidArg);
            let noun = if missing.len() == 1 { "argument" } else { "arguments" };
            (format!("missing {noun} {}", listed(&missing, "and")), None)
        }
        ErrorKind::MissingSubcommand => (format!("`{}` requires a command", asked.line), None),
        ErrorKind::TooManyValues => {
            let value = text(error, ContextKind::InvalidValue).unwrap_or_default();
            (format!("unexpected value `{value}` for {}", argument(error)), None)
        }
        kind => (kind.as_str().unwrap_or("invalid usage").to_owned(), None),
    };
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) if error.kind() != ErrorKind::InvalidSubcommand => Some(usage.to_string()),
        _ => None,
    };
    let failure = usage.iter().flat_map(|usage| usage.trim().lines()).fold(Failure::usage(message), Failure::detail);
    failure.remedy(hint.unwrap_or_else(|| format!("run `{} --help`", asked.line)))
}

/// The command that was asked for, as deep as it is known.
struct Asked<'a> {
    command: &'a Command,
    /// As it is typed.
    line: String,
}

impl<'a> Asked<'a> {
    fn find(words: &[OsString], tree: &'a Command) -> Self {
        let mut asked = Self { command: tree, line: tree.get_name().to_owned() };
        for word in words.iter().skip(1).filter_map(|word| word.to_str()) {
            if let Some(inner) = asked.command.find_subcommand(word) {
                asked.line = format!("{} {word}", asked.line);
                asked.command = inner;
            }
        }
        asked
    }

    fn commands(&self) -> impl Iterator<Item = &'a str> {
        self.command.get_subcommands().filter(|inner| !inner.is_hide_set()).map(Command::get_name)
    }
}

fn unknown_command(error: &clap::Error, asked: &Asked) -> (String, Option<String>) {
    let name = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
    let is_top = !asked.line.contains(' ');
    let elsewhere = ELSEWHERE.iter().find(|(verb, _)| is_top && *verb == name).map(|(_, hint)| (*hint).to_owned());
    let near = || nearest(&name, asked.commands().filter(|known| *known != NEVER_SUGGESTED));
    let hint = elsewhere.or_else(|| near().map(|near| did_you_mean(format!("{} {near}", asked.line))));
    (format!("no such command: `{} {name}`", asked.line), hint)
}

fn invalid_value(error: &clap::Error) -> (String, Option<String>) {
    let value = text(error, ContextKind::InvalidValue).unwrap_or_default();
    if value.is_empty() {
        return (format!("{} requires a value", argument(error)), choices(error));
    }
    let near = text(error, ContextKind::SuggestedValue).map(did_you_mean);
    let source = std::error::Error::source(error);
    let why = source.map(ToString::to_string);
    if source.is_some_and(|source| source.is::<InvalidName>()) {
        return (format!("invalid environment name {}", quoted(&value)), why);
    }
    (format!("invalid value `{value}` for {}", argument(error)), near.or_else(|| choices(error)).or(why))
}

/// The values that an argument may have.
fn choices(error: &clap::Error) -> Option<String> {
    let values = all(error, ContextKind::ValidValue);
    (!values.is_empty()).then(|| format!("use {}", listed(&values, "or")))
}

fn conflict(error: &clap::Error) -> String {
    let (argument, others) = (argument(error), all(error, ContextKind::PriorArg));
    if others.iter().any(|other| argument == format!("`{other}`")) {
        return format!("{argument} cannot be used multiple times");
    }
    match others.is_empty() {
        true => format!("{argument} cannot be used with other arguments"),
        false => format!("{argument} cannot be used with {}", listed(&others, "or")),
    }
}

fn argument(error: &clap::Error) -> String {
    let name = text(error, ContextKind::InvalidArg).or_else(|| text(error, ContextKind::InvalidSubcommand));
    format!("`{}`", name.unwrap_or_default())
}

fn did_you_mean(word: String) -> String {
    format!("did you mean `{word}`?")
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    all(error, kind).into_iter().next()
}

fn all(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        // An option that may be repeated ends in dots.
        Some(ContextValue::String(text)) => vec![text.trim_end_matches("...").to_owned()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

/// `a`, `b` and `c`.
fn listed(words: &[String], joint: &str) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {joint} {last}", rest.join(", ")),
        Some((only, _)) => only.clone(),
        None => String::new(),
    }
}

#[cfg(test)]
#[path = "usage_error_tests.rs"]
mod tests;
