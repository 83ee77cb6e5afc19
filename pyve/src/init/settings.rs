//! What `init` does to `.pyve/config`: its first text, and the lines that change later.

use std::fmt;

use pyve_formats::sha256;
use pyve_plugin_api::{OsText, SettingValue};

use super::making::Making;
use crate::config::{
    ENVS, EnvironmentLines, FILE, Initial, Sourced, head, section_text, update_backend_line, update_version_line,
};
use crate::context::ProjectContext;
use crate::failure::Failure;
use crate::files::atomic;
use crate::records::{self, Artifact, Record};
use crate::selection::{AUTO, Level};
use crate::steps::HostAction;

/// The file as it will be.
#[derive(Default)]
pub struct Written {
    /// What is to be done, if anything.
    pub action: Option<HostAction<'static>>,
    /// The lines of an earlier file that become other ones.
    pub changes: Vec<Change>,
    /// What the user may add to a file that is not pyve's to change, so that others get the same environment.
    pub to_add: Option<String>,
    /// Whether the settings choose this backend where no flag does.
    pub will_choose: bool,
}

/// A line that becomes another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    key: &'static str,
    before: Option<String>,
    after: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.before {
            Some(before) => write!(f, "{}: {before} → {}", self.key, self.after),
            None => write!(f, "{}: {}", self.key, self.after),
        }
    }
}

/// The line of the settings that says another backend than the flag.
pub fn contradicted(choice: &ProjectContext) -> Option<Sourced<String>> {
    let said = choice.asked_backend().filter(|_| choice.selection.level == Level::Flag)?;
    (said.value != choice.description.id.as_str() && said.value != AUTO).then_some(said)
}

/// Fails where the flag says another backend than settings that are not pyve's to change: commands would go on in the
/// old environment.
pub fn check(choice: &ProjectContext) -> Result<(), Failure> {
    let Some(said) = contradicted(choice) else { return Ok(()) };
    let text = atomic::read(&choice.layout.config())?.unwrap_or_default();
    if is_ours(&text, choice) {
        return Ok(());
    }
    let id = choice.description.id.as_str();
    let failure = Failure::new(format!("`{}` says `backend: {}`, not `backend: {id}`", said.origin, said.value));
    Err(failure
        .detail("`pyve run` follows that line, and the file is not as pyve wrote it, so it is not changed")
        .remedy(format!("write `backend: {id}` in `{}`, then", said.origin))
        .command(["pyve", "init"]))
}

/// The settings are written where there are none. Of others `--update` changes the version, and a flag that chooses
/// another backend the line that says so; an environment with a name gets lines of its own.
pub fn written(making: &Making<'_>, record: &mut Record) -> Result<Written, Failure> {
    let choice = making.choice;
    let Some(text) = atomic::read(&choice.layout.config())? else { return Ok(first(making, record)) };
    let will_choose = choice.selection_will_hold();
    let mut written = Written { action: None, changes: Vec::new(), to_add: None, will_choose };
    let mut contents = text.clone();
    let (before, after) = (choice.config.pyve_version().map(|said| said.value), env!("CARGO_PKG_VERSION"));
    if making.options.update && before.as_deref() != Some(after) {
        contents = update_version_line(&contents, after)?;
        written.changes.push(Change { key: "pyve_version", before, after: after.to_owned() });
    }
    let ours = is_ours(&text, choice);
    let contradicted = contradicted(choice).filter(|_| ours);
    if !choice.is_default()
        && (contradicted.is_some() || !choice.config.environments().contains_key(&choice.environment))
    {
        let after = choice.description.id.to_string();
        let settings = said_now(making);
        let lines = lines(making, python(making, record), &settings);
        match std::str::from_utf8(&contents) {
            Ok(text) if ours => contents = lines.put_into(text).into_bytes(),
            _ => written.to_add = Some(format!("{ENVS}:\n{}", lines.text())),
        }
        if ours {
            written.changes.push(Change { key: "backend", before: contradicted.map(|said| said.value), after });
            written.will_choose = true;
        }
    } else if let Some(said) = contradicted {
        let after = choice.description.id.to_string();
        contents = update_backend_line(&contents, &after)?;
        if choice.config.section(&after).is_empty() {
            contents.extend(section_text(&choice.description, &said_now(making)).as_bytes());
        }
        written.changes.push(Change { key: "backend", before: Some(said.value), after });
        written.will_choose = true;
    }
    if contents != text {
        if ours {
            remember(record, &contents);
        }
        let changes: Vec<String> = written.changes.iter().map(Change::to_string).collect();
        written.action = Some(HostAction::UpdateConfig { contents, changes: changes.join(", ") });
    }
    Ok(written)
}

fn first(making: &Making<'_>, record: &mut Record) -> Written {
    let choice = making.choice;
    let python = python(making, record);
    let settings = said_now(making);
    let version = env!("CARGO_PKG_VERSION");
    let text = if choice.is_default() {
        Initial { version, backend: &choice.description, python, settings: &settings }.text()
    } else {
        lines(making, python, &settings).put_into(&head(version))
    };
    let contents = text.into_bytes();
    remember(record, &contents);
    let action = Some(HostAction::WriteConfig { contents });
    Written { action, changes: Vec::new(), to_add: None, will_choose: choice.selection_will_hold() }
}

/// The version that the command line asks for. One that a version manager's file holds is said once, there.
fn python<'a>(making: &Making<'a>, record: &Record) -> Option<&'a str> {
    let pinned = record.made.iter().any(|made| matches!(made, Artifact::Line { .. }));
    making.options.python.as_deref().filter(|_| !pinned)
}

fn lines<'a>(making: &'a Making<'_>, python: Option<&'a str>, settings: &'a [SettingValue]) -> EnvironmentLines<'a> {
    EnvironmentLines { name: &making.choice.environment, backend: &making.choice.description, python, settings }
}

/// What the command line said to the backend.
fn said_now(making: &Making<'_>) -> Vec<SettingValue> {
    // What the record remembers of this one environment is no setting.
    let is_setting = |given: &&SettingValue| !making.choice.description.remembers(&given.key);
    let said = making.request.settings.iter().filter(|given| !given.origin.starts_with(FILE));
    said.filter(is_setting).cloned().collect()
}

/// Whether the file is byte for byte what pyve wrote, for whichever of the project's environments.
pub fn is_ours(text: &[u8], choice: &ProjectContext) -> bool {
    let written = artifact(text);
    records::all(&choice.layout).records.iter().any(|record| record.made.contains(&written))
}

pub fn remember(record: &mut Record, contents: &[u8]) {
    record.made.retain(|made| !matches!(made, Artifact::File { path, .. } if *path == OsText::from(FILE)));
    record.remember(artifact(contents));
}

fn artifact(contents: &[u8]) -> Artifact {
    Artifact::File { path: FILE.into(), sha256: Some(sha256::of(contents)) }
}
