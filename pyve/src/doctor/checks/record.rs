//! What pyve wrote down of the environment: whether it can be read, is finished, and is about this place.

use std::path::Path;

use pyve_plugin_api::OsText;

use crate::doctor::check::{Check, Fix};
use crate::doctor::ground::Ground;
use crate::failure::Failure;
use crate::records::{Record, Status, lock};

const SUBJECT: &str = "Record";

pub fn checks(ground: &Ground) -> Vec<Check> {
    let mut checks = vec![of_environment(ground)];
    checks.extend(others(ground));
    checks
}

/// The record of the environment that is examined.
pub fn of_environment(ground: &Ground) -> Check {
    let record = match &ground.record {
        Ok(Some(record)) => record,
        Ok(None) => return Check::info("pyve.record", SUBJECT, "none: pyve made no environment here yet"),
        Err(failure) => {
            let check = Check::failed("pyve.record-unreadable", SUBJECT, failure);
            return if is_newer(failure) { check } else { rebuilt(check, ground, true) };
        }
    };
    if record.status != Status::Ready {
        return unfinished(ground);
    }
    if let Some(old) = record.moved_from(&ground.layout) {
        let detail = format!("the project was moved or copied from {}", old.display());
        return rebuilt(Check::error("pyve.record-moved", SUBJECT, detail), ground, true);
    }
    Check::ok("pyve.record", SUBJECT, made_with(record))
}

fn made_with(record: &Record) -> String {
    format!("ready, made with pyve {}", record.pyve_version)
}

fn unfinished(ground: &Ground) -> Check {
    if let Some(holder) = lock::holder(&ground.layout) {
        return Check::info("pyve.record", SUBJECT, format!("the environment is being made just now by {holder}"));
    }
    let detail = "the environment was left half made: making it was interrupted";
    rebuilt(Check::error("pyve.record-unfinished", SUBJECT, detail), ground, false)
}

fn rebuilt(check: Check, ground: &Ground, force: bool) -> Check {
    let flags: &[&str] = if force { &["--force"] } else { &[] };
    Check { hint: None, ..check }.remedy(ground.aim.init(flags)).fix(Fix::Make { force })
}

/// Records of the project's other environments and backends, of which only the worst is told.
fn others(ground: &Ground) -> Vec<Check> {
    let own =
        ground.choice.as_ref().ok().map(|choice| ground.layout.record(&ground.environment, &choice.description.id));
    let unreadable = ground.records().unreadable.iter().filter(|(path, _)| Some(path) != own.as_ref());
    unreadable.map(|(path, failure)| other(&ground.layout.show(path), path, failure)).collect()
}

/// Only what nobody can read any more is worth nothing: a newer pyve, or another user, still has a use for its own.
fn other(shown: &str, path: &Path, failure: &Failure) -> Check {
    let told = |seen: &str| Check::warning("pyve.record-other", SUBJECT, format!("{shown}: {seen}"));
    if is_newer(failure) {
        return told("it was written by a newer pyve").hint("update pyve");
    }
    if failure.message.ends_with("is damaged") {
        let remove = if cfg!(windows) { "del" } else { "rm" };
        return told("it is damaged").remedy([remove.into(), OsText::from(path)]);
    }
    told(&failure.message).hint("see whether the file is yours to read")
}

fn is_newer(failure: &Failure) -> bool {
    failure.message.ends_with("newer pyve")
}
