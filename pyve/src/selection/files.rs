//! The level of the files: whose markers were found, and which of them speaks louder.

use pyve_formats::sorted;
use std::fmt;

use pyve_plugin_api::{Detection, Strength};

use crate::failure::Failure;

/// A backend that could be chosen, with the marker files that ask for it.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub id: String,
    pub builtin: bool,
    pub detections: Vec<Detection>,
    /// Why it cannot be used now. It is chosen all the same, which is then a failure.
    pub trouble: Option<Failure>,
}

impl Candidate {
    pub fn is_exclusive(&self) -> bool {
        self.detections.iter().any(|detection| detection.strength == Strength::EXCLUSIVE)
    }

    /// The file that speaks loudest for it: `environment.yml`, `pyproject.toml:12`.
    fn voice(&self) -> String {
        let loudest = self.detections.iter().rev().max_by_key(|detection| detection.strength);
        loudest.map(show).unwrap_or_default()
    }
}

/// A detection as the user would look it up.
pub fn show(detection: &Detection) -> String {
    match detection.line {
        0 => detection.file.display(),
        line => format!("{}:{line}", detection.file.display()),
    }
}

/// What a choice warns about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What was seen, as one sentence without a full stop.
    pub seen: String,
    /// What settles it, as another; empty where nothing has to be settled.
    pub settle: String,
}

impl Warning {
    /// One that nothing has to be done about.
    pub fn new(seen: String) -> Self {
        Self { seen, settle: String::new() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.seen)?;
        if self.settle.is_empty() { Ok(()) } else { write!(f, ". {}", self.settle) }
    }
}

/// What the files say.
pub struct Verdict<'a> {
    pub winner: &'a Candidate,
    pub why: String,
    pub warnings: Vec<Warning>,
}

/// Who the files ask for; `None` if for nobody.
pub fn verdict(candidates: &[Candidate]) -> Option<Verdict<'_>> {
    let mut seen: Vec<&Candidate> = candidates.iter().filter(|candidate| !candidate.detections.is_empty()).collect();
    // An exclusive marker beats a generic one; a built-in backend a plugin; then the id decides.
    sorted::by(&mut seen, |one, other| {
        (!one.is_exclusive(), !one.builtin, &one.id).cmp(&(!other.is_exclusive(), !other.builtin, &other.id))
    });
    let (winner, others) = seen.split_first()?;
    if !winner.is_exclusive() {
        return Some(Verdict { winner, why: format!("found `{}`", winner.voice()), warnings: Vec::new() });
    }
    let warnings = others.iter().filter_map(|other| dispute(winner, other)).collect();
    Some(Verdict { winner, why: format!("found `{}`", winner.voice()), warnings })
}

/// The warning that two backends are asked for, if the other's files are not the winner's as well.
fn dispute(winner: &Candidate, other: &Candidate) -> Option<Warning> {
    let is_shared = |detection: &Detection| winner.detections.iter().any(|own| own.file == detection.file);
    let file = if other.is_exclusive() {
        other.voice()
    } else {
        show(other.detections.iter().find(|detection| !is_shared(detection))?)
    };
    let (voice, won, lost) = (winner.voice(), &winner.id, &other.id);
    Some(Warning {
        seen: format!("`{voice}` asks for {won}, `{file}` for {lost}; using {won}"),
        settle: format!("Run `pyve init --backend {won}` or `pyve init --backend {lost}` to select one"),
    })
}
