//! How a lock file is, told by what it says and what the project's files ask for.

use pyve_formats::sorted;
use std::collections::BTreeSet;
use std::str::FromStr;

use pep440_rs::VersionSpecifiers;
use pyve_formats::pylock::{Header, Pylock};
use pyve_formats::python_name::normalized;
use pyve_plugin_api::{LockState, Request, Result};

use super::file::{Content, LockFile};
use super::inputs::{Input, Inputs};
use crate::environment::{Environment, Sight, look};
use crate::prefix;

/// As many reasons are told in one line; the rest is counted.
const NAMED: usize = 5;

/// How it is, and why, a line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub state: LockState,
    pub reasons: Vec<String>,
}

impl Judged {
    /// Reads the packages only of a file in which pyve noted nothing.
    pub fn of(file: &LockFile, inputs: &Inputs, request: &Request) -> Result<Self> {
        let name = &file.name;
        match &file.content {
            Content::Missing => return Ok(Self::new(LockState::MISSING, [format!("{name} does not exist")])),
            Content::Conflict(sides) => {
                let lines = sides.lines.iter().map(|line| format!("{name}:{line}: merge conflict"));
                return Ok(Self::new(LockState::CONFLICT, lines));
            }
            Content::Text(_) => {}
        }
        if let Some(Header { inputs: Some(noted), requires_python }) = file.header()? {
            let reasons = compared(&noted, inputs).into_iter().chain(other_python(requires_python.as_deref(), request));
            return Ok(Self::of_reasons(reasons.collect()));
        }
        match file.parsed()? {
            Some(lock) => Ok(Self::of_others(&lock, name, inputs, request)),
            None => Ok(Self::new(LockState::UNKNOWN, [])),
        }
    }

    /// `pylock.toml: requirements.txt:2 asks for …; and 3 more`, in one line.
    pub fn told(&self, file: &str) -> String {
        let more = self.reasons.len().saturating_sub(NAMED);
        let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
        let named = self.reasons.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
        format!("{file}: {named}{rest}")
    }

    fn new(state: LockState, reasons: impl IntoIterator<Item = String>) -> Self {
        Self { state, reasons: reasons.into_iter().collect() }
    }

    fn of_reasons(reasons: Vec<String>) -> Self {
        Self::new(if reasons.is_empty() { LockState::FRESH } else { LockState::STALE }, reasons)
    }

    /// One that another program wrote: stale if it lacks what is asked for; else nobody can tell what it was made from.
    fn of_others(lock: &Pylock, name: &str, inputs: &Inputs, request: &Request) -> Self {
        let lacking = inputs.iter().filter_map(|input| lacking(lock, input));
        let reasons: Vec<String> =
            lacking.chain(other_python(lock.header.requires_python.as_deref(), request)).collect();
        let unclear = inputs.iter().find(|input| input.requirement.is_none() && !input.text.starts_with("-c "));
        match unclear {
            Some(unclear) if reasons.is_empty() => {
                let why = format!("{name} was not written by pyve, and {} cannot be compared with it", unclear.origin);
                Self::new(LockState::UNKNOWN, [why])
            }
            _ => Self::of_reasons(reasons),
        }
    }
}

/// What is asked for now and was not then, and the other way round; of one package in one line.
fn compared(noted: &[String], inputs: &Inputs) -> Vec<String> {
    let noted: BTreeSet<&str> = sorted::set(noted.iter().map(String::as_str));
    let now: BTreeSet<&str> = sorted::set(inputs.iter().map(|input| input.text.as_str()));
    let mut gone: Vec<&str> = noted.iter().copied().filter(|text| !now.contains(text)).collect();
    let mut reasons = Vec::new();
    for input in inputs.iter().filter(|input| !noted.contains(input.text.as_str())) {
        let (origin, text) = (&input.origin, shown(&input.text));
        match gone.iter().position(|other| subject(other) == subject(&input.text)) {
            Some(at) => reasons.push(match shown(gone.remove(at)) {
                other if other == text => format!("{origin} changed"),
                other => format!("{origin} asks for `{text}`, but `{other}` is locked"),
            }),
            None => reasons.push(format!("{origin} asks for `{text}`, which is not locked")),
        }
    }
    reasons.extend(gone.into_iter().map(|text| format!("`{}` is locked, but no longer asked for", shown(text))));
    reasons
}

/// The package, or the file, that a requirement in its one form is about.
fn subject(text: &str) -> String {
    let plain = text.trim_start_matches("-e ");
    let (kind, plain) = plain.strip_prefix("-c ").map_or(("", plain), |plain| ("-c ", plain));
    let end = plain.find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter)));
    format!("{kind}{}", normalized(&plain[..end.unwrap_or(plain.len())]))
}

/// Without the hash of a file that counts whole.
fn shown(text: &str) -> &str {
    text.split_once(" sha256:").map_or(text, |(file, _)| file)
}

/// Why a requirement is not met by what is locked.
fn lacking(lock: &Pylock, input: &Input) -> Option<String> {
    let requirement = input.requirement.as_ref()?;
    let (origin, text) = (&input.origin, &input.text);
    let mut locked = lock.named(&requirement.name).peekable();
    if locked.peek().is_none() {
        return Some(format!("{origin} asks for `{text}`, which is not locked"));
    }
    let versions: Vec<&str> = locked.filter_map(|package| package.version.as_deref()).collect();
    let other = versions.iter().find(|version| !requirement.may_be(version))?;
    Some(format!("{origin} asks for `{text}`, but {other} is locked"))
}

/// That the environment which stands has a Python for which nothing is locked.
fn other_python(requires: Option<&str>, request: &Request) -> Option<String> {
    let requires = requires?;
    let Sight::Environment(Environment { cfg, .. }) = look(&prefix::prefix(request).ok()?, request) else {
        return None;
    };
    let version = cfg.version?;
    let specifiers = VersionSpecifiers::from_str(requires).ok()?;
    (!specifiers.contains(&version))
        .then(|| format!("it is locked for Python {requires}, and the environment has {version}"))
}
