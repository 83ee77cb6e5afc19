//! What pyve wrote down of the environment: whether it can be read, is finished, and is about this place.

use std::path::Path;

use pyve_plugin_api::{ExistingEnvironment, OsText, PrefixState, Remedy};

use crate::doctor::check::{Check, Fix};
use crate::doctor::context::Context;
use crate::records::trust::{self, Candidate};
use crate::records::{Record, Status, lock};

const SUBJECT: &str = "Record";

pub fn checks(context: &Context) -> Vec<Check> {
    let mut checks = vec![of_environment(context)];
    checks.extend(others(context));
    checks
}

/// The record of the environment that is examined.
pub fn of_environment(context: &Context) -> Check {
    let record = match &context.record {
        Ok(Some(record)) => record,
        Ok(None) => return absent(context),
        Err(failure) => return Check::failed("pyve.record-unreadable", SUBJECT, failure),
    };
    if record.status != Status::Ready {
        return unfinished(context, record);
    }
    if let Some(old) = record.moved_from(&context.layout) {
        let detail = format!("the project was moved or copied from {}", old.display());
        return rebuilt(Check::error("pyve.record-moved", SUBJECT, detail), context, true);
    }
    Check::ok("pyve.record", SUBJECT, made_with(record))
}

fn absent(context: &Context) -> Check {
    if let Some(why) = &context.ignored {
        return Check::warning("pyve.record-unsealed", SUBJECT, format!("not used: {why}"))
            .remedy(context.target.typed.init(&[]));
    }
    let Some(environment) = standing(context) else {
        return Check::info("pyve.record", SUBJECT, "none: no environment was created yet");
    };
    let prefix = environment.prefix.path();
    let shown = context.layout.show(&prefix);
    let candidate = Candidate { prefix: &prefix, scripts: &environment.scripts };
    match trust::check(&context.session.caller, &context.layout, &candidate) {
        Ok(_) => Check::info("pyve.record", SUBJECT, format!("none: `{shown}` was not created by pyve, and is used")),
        Err(failure) => Check::warning("pyve.record-untrusted", SUBJECT, failure.message).remedy(["pyve", "allow"]),
    }
}

/// The environment that stands without a record, and could be used.
fn standing(context: &Context) -> Option<ExistingEnvironment> {
    let choice = context.choice.as_ref().ok()?;
    let inspection = choice.backend.inspect(&context.request(choice).ok()?, &context.hosting()).ok()?;
    let usable = |environment: &&ExistingEnvironment| environment.state == PrefixState::USABLE;
    inspection.requested().filter(usable).cloned()
}

fn made_with(record: &Record) -> String {
    format!("ready, created with pyve {}", record.pyve_version)
}

fn unfinished(context: &Context, record: &Record) -> Check {
    let removed = record.status == Status::Removing;
    if let Some(holder) = lock::holder(&context.layout) {
        let what = if removed { "removed" } else { "created" };
        return Check::info("pyve.record", SUBJECT, format!("the environment is being {what} right now by {holder}"));
    }
    let detail = match (&record.journal, removed) {
        (_, true) => "removing the environment was interrupted",
        (Some(_), _) => {
            "recreating the environment was interrupted; the next `pyve run` or `pyve init` restores the old one"
        }
        (None, _) => "creating the environment was interrupted",
    };
    rebuilt(Check::error("pyve.record-unfinished", SUBJECT, detail), context, false)
}

fn rebuilt(check: Check, context: &Context, force: bool) -> Check {
    let flags: &[&str] = if force { &["--force"] } else { &[] };
    check.with_remedy(Remedy::none()).remedy(context.target.typed.init(flags)).fix(Fix::Make { force })
}

/// Records of the project's other environments and backends, of which only the worst is told.
fn others(context: &Context) -> Vec<Check> {
    let own =
        context.choice.as_ref().ok().map(|choice| context.layout.record(&context.environment, &choice.description.id));
    let (all, is_other) = (context.records(), |path: &Path| Some(path) != own.as_deref());
    let told = |path: &Path, seen: &str| {
        Check::warning("pyve.record-other", SUBJECT, format!("{}: {seen}", context.layout.show(path)))
    };
    let ignored = all.ignored.iter().filter(|(path, _)| is_other(path)).map(|(path, why)| {
        let remove = if cfg!(windows) { "del" } else { "rm" };
        told(path, &format!("not used: {why}")).remedy([remove.into(), OsText::from(path.as_path())])
    });
    let unusable = all.unusable.iter().filter(|(path, _)| is_other(path));
    let newer = unusable.map(|(path, _)| told(path, "it was written by a newer pyve").hint("update pyve"));
    ignored.chain(newer).collect()
}
