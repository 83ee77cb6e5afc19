//! `--fix`: what can be fixed without harm, one thing after the other.

use super::Switches;
use crate::caller::seal::Keyring;
use crate::context::{Backends, Session};
use crate::doctor::{Check, Fix, Fixed, Outcome, Report};
use crate::failure::Failure;
use crate::files::allowed_paths::AllowedPaths;
use crate::init::{self, options::Options as InitOptions};
use crate::project::Layout;
use crate::records::Lock;
use crate::steps::{recover, remove};
use pyve_formats::sorted;

/// Fixes what can be fixed, or with `--dry-run` says what would be.
pub fn all(report: &Report, switches: &Switches, session: &Session) -> Vec<Fixed> {
    let mut fixed: Vec<Fixed> = Vec::new();
    let mut seen: Vec<&Fix> = Vec::new();
    for check in ordered(report) {
        let Some(fix) = &check.fix else { continue };
        if let Some(index) = seen.iter().zip(&fixed).position(|(other, fixed)| covers(other, fixed, fix)) {
            fixed[index].checks.push(check.id.clone());
            continue;
        }
        let action = words(fix, report);
        let outcome =
            if switches.dry_run { Outcome::Planned } else { attempt(fix, &action, report, switches, session) };
        seen.push(fix);
        fixed.push(Fixed { action, checks: vec![check.id.clone()], outcome });
    }
    fixed
}

/// A new environment first: with it comes much of the rest.
fn ordered(report: &Report) -> Vec<&Check> {
    let mut checks: Vec<&Check> = report.checks.iter().filter(|check| check.is_problem()).collect();
    let rank = |check: &&Check| match &check.fix {
        Some(Fix::Make { force: true }) => 0,
        Some(Fix::Make { force: false }) => 1,
        _ => 2,
    };
    sorted::by_key(&mut checks, rank);
    checks
}

/// Whether what `done` does is all that `fix` would do.
fn covers(done: &Fix, fixed: &Fixed, fix: &Fix) -> bool {
    let came = matches!(fixed.outcome, Outcome::Planned | Outcome::Done);
    let remakes = came && matches!(done, Fix::Make { .. }) && matches!(fix, Fix::Make { .. } | Fix::Wiring);
    remakes || done == fix
}

fn words(fix: &Fix, report: &Report) -> String {
    // Only for the paths that are shown: no record is read by it.
    let layout = Layout::new(report.project.path(), &Keyring::default());
    match fix {
        #[cfg(unix)]
        Fix::Mode { path, mode } => format!("set the mode of {} to {mode:o}", layout.show(path)),
        Fix::Wiring => "update pyve's blocks in .envrc and .gitignore".to_owned(),
        Fix::Make { force: true } => "recreate the environment".to_owned(),
        Fix::Make { force: false } => "create the environment".to_owned(),
        Fix::Remove(path) => format!("remove {}", layout.show(path)),
        Fix::Steps(steps) => {
            let titles: Vec<String> = steps.iter().map(|step| step.title.to_string()).collect();
            titles.join(", ")
        }
    }
}

fn attempt(fix: &Fix, action: &str, report: &Report, switches: &Switches, session: &Session) -> Outcome {
    let mut question = action.to_owned();
    question[..1].make_ascii_uppercase();
    if !fix.is_safe() && !session.ask(switches.yes).confirm(&format!("{question}?"), false, false).is_yes() {
        return Outcome::Declined;
    }
    match done(fix, report, switches, session) {
        Ok(()) => Outcome::Done,
        Err(failure) if failure.is_cancelled() => Outcome::Declined,
        Err(failure) => {
            Outcome::Failed(std::iter::once(failure.message).chain(failure.details).collect::<Vec<_>>().join("; "))
        }
    }
}

fn done(fix: &Fix, report: &Report, switches: &Switches, session: &Session) -> Result<(), Failure> {
    let layout = session.layout(report.project.path());
    let lock = || {
        let lock = Lock::wait(&layout, "pyve doctor --fix", &session.console)?;
        recover::restore(&layout, &lock, &session.console).map(|()| lock)
    };
    match fix {
        #[cfg(unix)]
        Fix::Mode { path, mode } => set_mode(&allowed(report, session).edit(path)?, *mode),
        // The lock is taken by `init` itself; the question, if there is one, has been answered.
        Fix::Wiring => made(report, false, switches.yes, session),
        Fix::Make { force } => made(report, *force, true, session),
        Fix::Remove(path) => {
            let _lock = lock()?;
            let allowed = allowed(report, session).ours(path);
            allowed.remove(path)?.map_or(Ok(()), |entry| remove::removed(&entry).map(drop))
        }
        Fix::Steps(steps) => {
            let lock = lock()?;
            let (ask, home) = (session.ask(switches.yes), session.caller.pyve_home());
            let allowed = allowed(report, session);
            allowed.check(steps)?;
            let executor = session.executor(&ask, &layout, home.as_deref(), allowed).holding(&lock);
            steps.iter().try_for_each(|step| executor.execute(step).map(|_| ()))
        }
    }
}

/// The gate for paths: beside what is shared, what is in the environment of the record is the backend's.
fn allowed(report: &Report, session: &Session) -> AllowedPaths {
    let allowed = session.allowed_paths(&session.layout(report.project.path()));
    let allowed = report.backend.iter().fold(allowed, |allowed, id| allowed.backend(id));
    report.prefix.iter().fold(allowed, |allowed, prefix| allowed.environment(prefix))
}

/// What the printed `pyve init` would do. Dependencies are put in again only into an environment that is made again.
fn made(report: &Report, force: bool, yes: bool, session: &Session) -> Result<(), Failure> {
    let target = &report.target.typed;
    let mut options = InitOptions {
        backend: target.backend.clone(),
        environment: target.environment.clone(),
        no_direnv: target.no_direnv,
        force,
        yes,
        ..InitOptions::default()
    };
    options.line.positional.clone_from(&target.place);
    let (layout, backends) = (session.layout(report.project.path()), Backends::known(session)?);
    let made = init::in_project(layout, backends, &options, session);
    made.map(|_| ()).map_err(|error| crate::failure::from_error(&error))
}

#[cfg(unix)]
fn set_mode(file: &crate::files::allowed_paths::Entry, mode: u32) -> Result<(), Failure> {
    use cap_std::fs::{Permissions, PermissionsExt};
    let permissions = Permissions::from_mode(mode);
    let set = file.folder().set_permissions(file.name(), permissions);
    set.map_err(|error| Failure::io("change the mode of", file.path(), &error))
}
