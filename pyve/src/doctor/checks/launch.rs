//! How commands are started: kept from the last time, or to be found out again, and whether that works.

use crate::choice::Choice;
use crate::doctor::check::Check;
use crate::doctor::ground::Ground;
use crate::failure::Failure;
use crate::launch::refresh;
use crate::records::{Fingerprint, Record};

const ID: &str = "pyve.launch";
/// Commands cannot be started.
pub const FAILED: &str = "pyve.launch-failed";
const SUBJECT: &str = "Activation";

pub fn checks(ground: &Ground) -> Vec<Check> {
    let (Ok(choice), Some(record)) = (&ground.choice, ground.record()) else { return Vec::new() };
    // An environment that is not there or not whole is told by those who look at it.
    if !ground.is_ready() || !record.recorded.prefix.path().is_dir() {
        return Vec::new();
    }
    if record.launch.as_ref().is_some_and(|kept| kept.holds(&ground.layout)) {
        return vec![Check::ok(ID, SUBJECT, "kept for `pyve run`, which starts nothing else")];
    }
    vec![match again(ground, choice, record) {
        Ok(()) => Check::ok(ID, SUBJECT, "works; the next `pyve run` computes it again, once"),
        Err(failure) => failed(ground, &failure),
    }]
}

/// A new environment helps, unless whoever failed says that something else does.
fn failed(ground: &Ground, failure: &Failure) -> Check {
    let check = Check::failed(FAILED, SUBJECT, failure);
    match &failure.remedy {
        Some(help) if !help.starts_with("pyve init") => check,
        _ => Check { hint: None, ..check }.remedy(ground.aim.init(&["--force"])),
    }
}

fn again(ground: &Ground, choice: &Choice, record: &Record) -> Result<(), Failure> {
    let config = Fingerprint::now(&ground.layout.config());
    let request = ground.request(choice)?;
    refresh(&ground.session, &ground.layout, record, &choice.backend, request, config).map(|_| ())
}
