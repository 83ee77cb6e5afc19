//! Completion of a line that is being typed: what the hooks of `pyve completions` ask for.
//!
//! Backends and environments are taken from what is recorded, programs from the environment's folders: no plugin is
//! opened, no process started, and nothing written.

use pyve_formats::sorted;
use pyve_pythons::builds::{Installed, Platform, PythonBuild, present};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::Command;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter, complete};

use crate::commands::{self, Globals};
use crate::config::Config;
use crate::context::{Backends, Session};
use crate::failure::exit;
use crate::launch;
use crate::plugins::Known;
use crate::project::{EnvironmentName, Layout};
use crate::records;
use crate::selection::AUTO;

/// The commands that take a backend and an environment.
const WITH_ENVIRONMENT: [&str; 8] = ["init", "run", "activate", "doctor", "lock", "config", "purge", "migrate"];
/// The subcommands of `plugin` that take one that is there.
const WITH_PLUGIN: [&str; 4] = ["info", "update", "remove", "trust"];

/// `pyve completions --at INDEX WORDS…`: prints the candidates for the word at the index, one a line, with what it is
/// after a tab; `None` for any other line. What goes wrong is told to nobody: a shell that completes has no place for it.
pub fn answer(words: &[OsString]) -> Option<u8> {
    let [_, command, flag, index, words @ ..] = words else { return None };
    if command != "completions" || flag != "--at" {
        return None;
    }
    let index = index.to_str()?.parse().ok()?;
    let line = Line::read(words, index);
    let Ok(session) = Globals::plain(line.directories.clone()).session() else { return Some(exit::FAILED) };
    let session = session.read_only();
    for candidate in line.candidates(&session) {
        let help = candidate.get_help().map(|help| format!("\t{help}")).unwrap_or_default();
        let value = candidate.get_value().to_string_lossy();
        // A file may be called so that a shell would take it for several candidates, or a terminal for a command.
        if value.chars().any(char::is_control) {
            continue;
        }
        session.console.result(&format!("{value}{}", help.lines().next().unwrap_or_default()));
    }
    Some(exit::DONE)
}

/// A line as far as it is typed.
struct Line {
    words: Vec<OsString>,
    /// Which word is completed.
    index: usize,
    /// The folders of `-C`.
    directories: Vec<PathBuf>,
    environment: EnvironmentName,
    backend: Option<String>,
    /// Where the command of `pyve run` begins.
    command: Option<usize>,
}

impl Line {
    fn read(words: &[OsString], index: usize) -> Self {
        let mut words = words.to_vec();
        words.resize_with(words.len().max(index + 1), OsString::new);
        let mut line = Self {
            words: Vec::new(),
            index,
            directories: Vec::new(),
            environment: EnvironmentName::default(),
            backend: None,
            command: None,
        };
        let (mut at, mut is_run) = (1, false);
        while at < index {
            let (word, next) = (words[at].to_string_lossy(), words[at + 1].to_string_lossy());
            let (flag, value) = word.split_once('=').map_or((&*word, None), |(flag, value)| (flag, Some(value)));
            let used = value.unwrap_or(&next);
            match flag {
                "-C" => line.directories.push(used.into()),
                "--env" => line.environment = used.parse().unwrap_or_default(),
                "--backend" => line.backend = Some(used.to_owned()),
                "--color" => {}
                "run" if !is_run => is_run = true,
                "--" if is_run => line.command = Some(at + 1),
                _ if is_run && !word.starts_with('-') => line.command = Some(at),
                _ => {}
            }
            if line.command.is_some() {
                break;
            }
            let takes_next = value.is_none() && ["-C", "--env", "--backend", "--color"].contains(&flag);
            at += if takes_next { 2 } else { 1 };
        }
        line.words = words;
        line
    }

    fn candidates(mut self, session: &Session) -> Vec<CompletionCandidate> {
        // The words of a command are its own: what looks like an option of pyve's there is none.
        let command = self.command.filter(|command| *command < self.index);
        if let Some(command) = command {
            self.words.splice(1..command, ["run".into(), "--".into()]);
            self.index = self.index - command + 3;
        }
        let mut tree = self.tree(session, command.is_some());
        complete(&mut tree, self.words, self.index, Some(session.caller.folder())).unwrap_or_default()
    }

    /// The command line, with those who know the values of the command that is typed. Only that one is spelled out.
    fn tree(&self, session: &Session, has_command: bool) -> Command {
        let typed = self.words[..self.index].iter().filter_map(|word| word.to_str());
        let Some(entry) = typed.into_iter().find_map(commands::find) else { return commands::whole() };
        let mut tree = commands::tree(Some(entry.name));
        if WITH_ENVIRONMENT.contains(&entry.name) {
            tree = tree.mut_subcommand(entry.name, |command| {
                let (backends, environments) = (known(session), environments(session));
                let named = ["env", "ENV", "direnv-env"].map(|name| (name, &environments));
                let offers = named.into_iter().chain(["backend", "from", "to"].map(|name| (name, &backends)));
                let has = |command: &Command, name: &str| command.get_arguments().any(|known| known.get_id() == name);
                offers.fold(command, |command, (name, values)| match has(&command, name) {
                    true => command.mut_arg(name, |it| it.add(ArgValueCompleter::new(OneOf(values.clone())))),
                    false => command,
                })
            });
        }
        if entry.name == "plugin" {
            let plugins = plugins(session);
            tree = tree.mut_subcommand(entry.name, |command| {
                WITH_PLUGIN.into_iter().fold(command, |command, name| {
                    let plugins = ArgValueCompleter::new(OneOf(plugins.clone()));
                    command.mut_subcommand(name, |one| one.mut_arg("ID", |argument| argument.add(plugins)))
                })
            });
        }
        if entry.name == "python" {
            tree = tree.mut_subcommand(entry.name, |command| {
                [("install", pinned()), ("uninstall", builds(session))].into_iter().fold(
                    command,
                    |command, (name, them)| {
                        let versions = ArgValueCompleter::new(OneOf(them));
                        command.mut_subcommand(name, |one| one.mut_arg("VERSION", |argument| argument.add(versions)))
                    },
                )
            });
        }
        if entry.name == "run" {
            let programs = if has_command {
                None
            } else {
                Some(OneOf(programs(session, &self.environment, self.backend.as_deref())))
            };
            let words = CommandLine { programs, folder: session.caller.folder().to_owned() };
            tree = tree.mut_subcommand("run", |command| {
                command.mut_arg("command", |argument| argument.add(ArgValueCompleter::new(words)))
            });
        }
        tree
    }
}

/// One of some names, each with what it is.
struct OneOf(Vec<(String, String)>);

impl ValueCompleter for OneOf {
    fn complete(&self, current: &OsStr) -> Vec<CompletionCandidate> {
        let current = current.to_string_lossy();
        let fitting = self.0.iter().filter(|(name, _)| name.starts_with(&*current));
        let candidate = |(name, help): &(String, String)| {
            CompletionCandidate::new(name).help((!help.is_empty()).then(|| help.clone().into()))
        };
        fitting.map(candidate).collect()
    }
}

/// The words after `run`: a program of the environment, then files.
struct CommandLine {
    /// None where the program is typed already.
    programs: Option<OneOf>,
    folder: PathBuf,
}

impl ValueCompleter for CommandLine {
    fn complete(&self, current: &OsStr) -> Vec<CompletionCandidate> {
        match &self.programs {
            Some(programs) if !current.as_encoded_bytes().contains(&b'/') => programs.complete(current),
            _ => PathCompleter::any().current_dir(&self.folder).complete(current),
        }
    }
}

/// The backends that are built in or were added.
fn known(session: &Session) -> Vec<(String, String)> {
    let backends = Backends::known(session).ok();
    let described = backends.iter().flat_map(Backends::descriptions);
    let described = described.map(|backend| (backend.id.to_string(), backend.summary.to_string()));
    described.chain([(AUTO.to_owned(), "Select by the project's files".to_owned())]).collect()
}

/// The plugins that are there, whatever their state.
fn plugins(session: &Session) -> Vec<(String, String)> {
    let Ok(home) = session.pyve_home() else { return Vec::new() };
    let inventory = crate::plugins::known(&home, &session.caller, session.persistence);
    let summary = |known: &Known| known.description().map(|plugin| plugin.summary.to_string()).unwrap_or_default();
    inventory.plugins.iter().map(|known| (known.name(), summary(known))).collect()
}

/// The Pythons that can be installed.
fn pinned() -> Vec<(String, String)> {
    let builds = Platform::here().map(PythonBuild::pinned).unwrap_or_default();
    builds.iter().map(|build| (build.version.to_string(), String::new())).collect()
}

/// The Pythons that pyve installed.
fn builds(session: &Session) -> Vec<(String, String)> {
    let Ok(home) = session.pyve_home() else { return Vec::new() };
    let place = |build: &Installed| (build.version.to_string(), build.directory.display().to_string());
    present(&home).iter().map(place).collect()
}

/// The environments of the project: those that are recorded, and those that its config names.
fn environments(session: &Session) -> Vec<(String, String)> {
    let Some(layout) = project(session) else { return Vec::new() };
    let backends = Backends::known(session).ok();
    let config = backends.and_then(|backends| Config::load(&layout, backends.descriptions()).ok()).unwrap_or_default();
    let mut names: Vec<(String, String)> = records::all(&layout)
        .records
        .iter()
        .map(|record| (record.environment.to_string(), layout.show(&record.recorded.prefix.path())))
        .collect();
    names.extend(config.environments().iter().map(|(name, named)| (name.to_string(), named.origin.clone())));
    sorted::by(&mut names, |(one, _), (other, _)| one.cmp(other));
    names.dedup_by(|(one, _), (other, _)| one == other);
    names
}

/// The programs that the environment puts on PATH.
fn programs(session: &Session, environment: &EnvironmentName, backend: Option<&str>) -> Vec<(String, String)> {
    let Some(layout) = project(session) else { return Vec::new() };
    let backend = backend.filter(|backend| *backend != AUTO);
    let folders = launch::own_folders(session, &layout, environment, backend).unwrap_or_default();
    launch::programs(&folders).into_iter().map(|name| (name, String::new())).collect()
}

fn project(session: &Session) -> Option<Layout> {
    let found = Backends::known(session).ok()?.project(session)?;
    Some(session.layout(found.root()))
}
