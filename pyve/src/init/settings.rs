//! What `init` does to `.pyve/config`: its first text, and the lines that change later.

use std::fmt;

use pyve_formats::sha256;
use pyve_plugin_api::{OsText, SettingValue};

use super::making::Making;
use crate::config::{FILE, Initial, Sourced, section_text, update_backend_line, update_version_line};
use crate::context::ProjectContext;
use crate::failure::Failure;
use crate::files::atomic;
use crate::records::{self, Artifact, Record};
use crate::selection::{AUTO, Level};
use crate::steps::HostAction;

/// The file as it will be.
pub struct Written {
    /// What is to be done, if anything.
    pub action: Option<HostAction<'static>>,
    /// The lines of an earlier file that become other ones.
    pub changes: Vec<Change>,
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
    let said = choice.config.backend().filter(|_| choice.selection.level == Level::Flag)?;
    (said.value != choice.description.id.as_str() && said.value != AUTO).then_some(said)
}

/// Fails where the flag says another backend than settings that are not pyve's to change: commands would go on in the
/// old environment. The line is that of the default environment, so the flag of another one leaves it alone.
pub fn check(choice: &ProjectContext) -> Result<(), Failure> {
    let Some(said) = contradicted(choice).filter(|_| choice.is_default()) else { return Ok(()) };
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
/// another backend the line that says so.
pub fn written(making: &Making<'_>, record: &mut Record) -> Result<Written, Failure> {
    let choice = making.choice;
    let Some(text) = atomic::read(&choice.layout.config())? else { return Ok(first(making, record)) };
    let mut written = Written { action: None, changes: Vec::new(), will_choose: choice.selection_will_hold() };
    let mut contents = text.clone();
    let (before, after) = (choice.config.pyve_version().map(|said| said.value), env!("CARGO_PKG_VERSION"));
    if making.options.update && before.as_deref() != Some(after) {
        contents = update_version_line(&contents, after)?;
        written.changes.push(Change { key: "pyve_version", before, after: after.to_owned() });
    }
    let ours = is_ours(&text, choice);
    if let Some(said) = contradicted(choice).filter(|_| choice.is_default() && ours) {
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
    // A version that a version manager's file holds is said once, there.
    let pinned = record.made.iter().any(|made| matches!(made, Artifact::Line { .. }));
    let python = making.options.python.as_deref().filter(|_| !pinned);
    let settings = said_now(making);
    let initial =
        Initial { version: env!("CARGO_PKG_VERSION"), backend: &choice.description, python, settings: &settings };
    let contents = initial.text().into_bytes();
    remember(record, &contents);
    let action = Some(HostAction::WriteConfig { contents });
    Written { action, changes: Vec::new(), will_choose: choice.selection_will_hold() }
}

/// What the command line said to the backend.
fn said_now(making: &Making<'_>) -> Vec<SettingValue> {
    let choice = making.choice;
    // The folder of an environment with a name of its own is no setting of the project's.
    let named = !choice.is_default();
    let folder = choice.description.positional().into_option().filter(|_| named).map(|setting| &setting.key);
    let said = making.request.settings.iter().filter(|given| !given.origin.starts_with(FILE));
    said.filter(|given| Some(&given.key) != folder).cloned().collect()
}

/// Whether the file is byte for byte what pyve wrote, for whichever of the project's environments.
fn is_ours(text: &[u8], choice: &ProjectContext) -> bool {
    let written = artifact(text);
    records::all(&choice.layout).records.iter().any(|record| record.made.contains(&written))
}

fn remember(record: &mut Record, contents: &[u8]) {
    record.made.retain(|made| !matches!(made, Artifact::File { path, .. } if *path == OsText::from(FILE)));
    record.remember(artifact(contents));
}

fn artifact(contents: &[u8]) -> Artifact {
    Artifact::File { path: FILE.into(), sha256: Some(sha256::of(contents)) }
}
