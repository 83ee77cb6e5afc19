//! What a migration does to `.pyve/config`: the value of one line, or the first text where there is none.

use pyve_formats::sha256;

use crate::config::{EnvironmentLines, FILE, Initial, head, line_of, switch_backend};
use crate::context::ProjectContext;
use crate::failure::Failure;
use crate::files::allowed_paths::own_file;
use crate::files::atomic;
use crate::init::settings;
use crate::project::Layout;
use crate::records::{ConfigChange, Record};
use crate::selection::AUTO;

/// What is planned.
pub enum Config {
    /// It is written where there was none.
    Written(Vec<u8>),
    /// One line of it changes.
    Changed { contents: Vec<u8>, change: ConfigChange },
    /// It names no backend, so that it stays as it is.
    Silent,
    /// It names the new backend already.
    Fits,
}

/// What has to change for the settings to choose the new backend.
pub fn plan(new: &ProjectContext) -> Result<Config, Failure> {
    let Some(text) = atomic::read(&new.layout.config())? else { return Ok(Config::Written(first(new).into_bytes())) };
    let to = new.description.id.as_str();
    let Some(said) = new.asked_backend().filter(|said| said.value != AUTO) else { return Ok(Config::Silent) };
    if said.value == to {
        return Ok(Config::Fits);
    }
    let contents = switch_backend(&text, &said, to, new.layout.root(), new.known())?;
    let line = line_of(&said.origin).unwrap_or_default();
    let change = ConfigChange::Line { line, before: line_at(&text, line), after: line_at(&contents, line) };
    Ok(Config::Changed { contents, change })
}

fn first(new: &ProjectContext) -> String {
    let (version, backend) = (env!("CARGO_PKG_VERSION"), &new.description);
    match new.is_default() {
        true => Initial { version, backend, python: None, settings: &[] }.text(),
        false => {
            EnvironmentLines { name: &new.environment, backend, python: None, settings: &[] }.put_into(&head(version))
        }
    }
}

fn line_at(text: &[u8], number: usize) -> String {
    let line = text.split(|byte| *byte == b'\n').nth(number.saturating_sub(1)).unwrap_or_default();
    String::from_utf8_lossy(line).trim_end_matches('\r').to_owned()
}

impl Config {
    /// What is written down of it before it is done.
    pub fn change(&self) -> Option<ConfigChange> {
        match self {
            Self::Written(contents) => Some(ConfigChange::Written { sha256: sha256::of(contents) }),
            Self::Changed { change, .. } => Some(change.clone()),
            Self::Silent | Self::Fits => None,
        }
    }

    /// Settings that are as pyve wrote them stay known as that, by `record`.
    pub fn remember(&self, new: &ProjectContext, record: &mut Record) -> Result<(), Failure> {
        match self {
            Self::Written(contents) => settings::remember(record, contents),
            Self::Changed { contents, .. } => {
                let before = atomic::read(&new.layout.config())?.unwrap_or_default();
                if settings::is_ours(&before, new) {
                    settings::remember(record, contents);
                }
            }
            Self::Silent | Self::Fits => {}
        }
        Ok(())
    }

    /// Does it.
    pub fn write(&self, layout: &Layout) -> Result<(), Failure> {
        match self {
            Self::Written(contents) => atomic::create_entry(&own_file(layout.root(), FILE)?, contents, None).map(drop),
            Self::Changed { contents, .. } => atomic::write_entry(&own_file(layout.root(), FILE)?, contents, None),
            Self::Silent | Self::Fits => Ok(()),
        }
    }
}

/// The settings as they were before. Where they say something else by now only the backend's line goes back; where that
/// cannot be changed, it fails before anything is done.
pub fn undone(change: &ConfigChange, old: &ProjectContext, to: &str) -> Result<Undone, Failure> {
    let Some(text) = atomic::read(&old.layout.config())? else { return Ok(Undone::Nothing) };
    match change {
        ConfigChange::Written { sha256 } if sha256::of(&text) == *sha256 => return Ok(Undone::Remove),
        ConfigChange::Line { line, before, after } if line_at(&text, *line) == *after => {
            return Ok(Undone::Write(with_line(&text, *line, before)));
        }
        _ => {}
    }
    match old.asked_backend().filter(|said| said.value == to) {
        None => Ok(Undone::Nothing),
        Some(said) => {
            let contents = switch_backend(&text, &said, &old.description.id, old.layout.root(), old.known())?;
            Ok(Undone::Write(contents))
        }
    }
}

/// What going back does to the settings.
pub enum Undone {
    /// They are not the new backend's.
    Nothing,
    Remove,
    Write(Vec<u8>),
}

impl Undone {
    /// Does it.
    pub fn write(&self, layout: &Layout) -> Result<(), Failure> {
        match self {
            Self::Nothing => Ok(()),
            Self::Write(contents) => atomic::write_entry(&own_file(layout.root(), FILE)?, contents, None),
            Self::Remove => {
                let file = own_file(layout.root(), FILE)?;
                file.remove().map(drop).map_err(|error| Failure::io("remove", file.path(), &error))
            }
        }
    }
}

/// The text with another line of that number; what ends the line stays.
fn with_line(text: &[u8], number: usize, line: &str) -> Vec<u8> {
    let lines = text.split_inclusive(|byte| *byte == b'\n').enumerate();
    let exchanged = lines.flat_map(|(index, old)| {
        let end = old.len() - old.iter().rev().take_while(|byte| b"\r\n".contains(byte)).count();
        if index + 1 == number { [line.as_bytes(), &old[end..]].concat() } else { old.to_vec() }
    });
    exchanged.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_back_to_the_byte() {
        let text = b"# c\r\nbackend: reed  # x\r\nlast";
        assert_eq!(line_at(text, 2), "backend: reed  # x");
        assert_eq!(with_line(text, 2, "backend: 'moss'  # x"), b"# c\r\nbackend: 'moss'  # x\r\nlast");
        assert_eq!(with_line(text, 3, "end"), b"# c\r\nbackend: reed  # x\r\nend");
        assert_eq!(line_at(text, 9), "");
    }
}
