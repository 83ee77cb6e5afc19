//! The level of the files: whose markers were found, and which of them speaks louder.

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
    fn is_exclusive(&self) -> bool {
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

/// What the files say.
pub struct Verdict<'a> {
    pub winner: &'a Candidate,
    pub why: String,
    pub warnings: Vec<String>,
}

/// Who the files ask for; `None` if for nobody.
pub fn verdict(candidates: &[Candidate]) -> Option<Verdict<'_>> {
    let mut seen: Vec<&Candidate> = candidates.iter().filter(|candidate| !candidate.detections.is_empty()).collect();
    // An exclusive marker beats a generic one; a built-in backend a plugin; then the id decides.
    seen.sort_by(|one, other| {
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
fn dispute(winner: &Candidate, other: &Candidate) -> Option<String> {
    let is_shared = |detection: &Detection| winner.detections.iter().any(|own| own.file == detection.file);
    let file = if other.is_exclusive() {
        other.voice()
    } else {
        show(other.detections.iter().find(|detection| !is_shared(detection))?)
    };
    Some(format!(
        "`{}` asks for {}, `{file}` for {}; using {}. Run `pyve init --backend {}` or `pyve init --backend {}` to select one",
        winner.voice(),
        winner.id,
        other.id,
        winner.id,
        winner.id,
        other.id
    ))
}
