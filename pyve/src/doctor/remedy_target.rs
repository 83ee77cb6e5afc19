//! Remedies aimed at the environment that was examined: what is typed must fix this one and no other.

use crate::caller::Caller;
use crate::context::{ProjectContext, Typed};
use crate::files::{atomic, envrc, marked_block};
use crate::project::{EnvironmentName, Layout};
use crate::records::{Record, Status};

/// Which environment is meant.
#[derive(Clone, Debug, Default)]
pub struct RemedyTarget {
    /// What was typed, with what the record adds: its folder, where the settings alone would name another, and whether it
    /// was made without an `.envrc`, and gets none by being fixed.
    pub typed: Typed,
    /// The folder of the environment in the project, for backends that let the user name it.
    pub folder: Option<String>,
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
        // direnv enters one environment only, so of the others nothing is in `.envrc` whatever was typed.
        let is_entered = seen.choice.map_or(name.is_default(), ProjectContext::is_entered);
        let typed = Typed {
            directories: caller.changes().to_vec(),
            backend: backend.filter(|backend| *backend != crate::selection::AUTO).map(str::to_owned),
            environment: (!name.is_default()).then(|| name.clone()),
            python_version: None,
            place: folder.clone().filter(|folder| seen.choice.is_some_and(|choice| *folder != usual(choice))),
            no_direnv: is_entered
                && match seen.record {
                    Some(record) => record.status == Status::Ready && !record.has_block(envrc::FILE),
                    None => was_made(layout, name) && !has_block(layout),
                },
        };
        Self { typed, folder }
    }
}

/// What is known of the environment.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    pub choice: Option<&'a ProjectContext>,
    pub record: Option<&'a Record>,
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
    let prefix = record.recorded.prefix.path();
    // Where pyve puts an environment with a name, nobody has to name the directory.
    if !choice.is_default() && prefix.starts_with(choice.layout.environments()) {
        return None;
    }
    record.place()?.path().to_str().map(str::to_owned)
}

/// Where the settings alone put the environment.
fn usual(choice: &ProjectContext) -> String {
    let Some(setting) = choice.description.positional().into_option() else { return String::new() };
    if let Some(directory) = choice.environment_dir() {
        return choice.layout.show(&directory);
    }
    let section = choice.config.section(&choice.description.id);
    let said = section.iter().find(|given| given.key == setting.key).and_then(|given| given.values.first());
    said.unwrap_or(&setting.default).to_string()
}
