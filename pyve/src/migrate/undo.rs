//! The way back: what is in use first, then what was made, and last that there was a migration.

use std::fs;

use pyve_formats::read::{self, Limit};
use pyve_formats::sha256;

use super::carry_out::COMMAND;
use super::config_change::{Undone, undone};
use super::options::{Options, agreed};
use super::{blocks, plan};
use crate::config::Config;
use crate::context::{Backends, ProjectContext, Session};
use crate::environments;
use crate::failure::Failure;
use crate::init::sweep;
use crate::project::{EnvironmentName, Layout};
use crate::purge::{self, Inputs, Recorded, Target};
use crate::records::{Current, Lock, MadeFile, Migration, Stage, logs};
use crate::steps::recover;

/// Goes back to the old environment, also from a migration that was interrupted.
pub fn undo(options: &Options, session: &Session) -> Result<(), Failure> {
    let layout = crate::lock::project(session)?;
    session.tell_project(layout.root());
    let environment = meant(&layout, options, session)?;
    let migration = not_finished(&layout, &environment)?;
    let (from, to) = (&migration.from, &migration.to);
    let lines = [format!("use the {from} environment again"), format!("remove the {to} environment")];
    let files = migration.files.iter().map(|file| format!("remove {}, if it is unchanged", file.path.display()));
    lines.into_iter().chain(files).for_each(|line| session.console.info(&format!("  {line}")));
    if options.dry_run {
        return Ok(());
    }
    agreed(&format!("Go back from {to} to {from}?"), options, session)?;
    let lock = Lock::wait(&layout, COMMAND, &session.console)?;
    recover::restore(&layout, &lock, &session.console)?;
    // How far it came, once nobody is at work on it any more.
    let migration = not_finished(&layout, &environment)?;
    let from = &migration.from;
    let old = plan::context(&layout, Some(from), Some(&environment), session)?;
    remove_logs(&migration, &layout)?;
    back(&migration, &old, session)?;
    session.console.done(&format!("Environment {environment} uses {from} again"));
    Ok(())
}

/// Those of the migration. After a failure they stay: what went wrong is told there.
fn remove_logs(migration: &Migration, layout: &Layout) -> Result<(), Failure> {
    let mut new = logs(layout)?.into_iter().filter(|(name, _)| !migration.logs.contains(name));
    new.try_for_each(|(_, path)| fs::remove_file(&path).map_err(|error| Failure::io("remove", &path, &error)))
}

/// The environment that is meant.
pub fn meant(layout: &Layout, options: &Options, session: &Session) -> Result<EnvironmentName, Failure> {
    let config = Config::load(layout, Backends::known(session)?.descriptions())?;
    Ok(environments::meant(options.environment.as_ref(), &session.caller, layout.root(), &config)?.name)
}

/// The migration of the environment; fails where there is none.
pub fn found(layout: &Layout, environment: &EnvironmentName) -> Result<Migration, Failure> {
    Migration::load(layout, environment)?.ok_or_else(|| {
        Failure::new(format!("environment `{environment}` is not on its way to another backend"))
            .remedy("see what is there")
            .command(["pyve", "envs"])
    })
}

/// The migration of the environment; fails also where there is nothing to go back to any more.
fn not_finished(layout: &Layout, environment: &EnvironmentName) -> Result<Migration, Failure> {
    let migration = found(layout, environment)?;
    if migration.stage == Stage::Finishing {
        let why = format!("could not go back to `{}`: its environment is being removed", migration.from);
        return Err(Failure::new(why).remedy("remove the rest").command(["pyve", "migrate", "--finish"]));
    }
    Ok(migration)
}

/// Goes back, from wherever it came to.
pub fn back(migration: &Migration, old: &ProjectContext, session: &Session) -> Result<(), Failure> {
    let (layout, environment) = (&old.layout, &old.environment);
    let settings = migration.config.as_ref().map(|change| undone(change, old, &migration.to)).transpose()?;
    settings.as_ref().map_or(Ok(()), |settings| Undone::write(settings, layout))?;
    let before = migration.current.clone().unwrap_or_else(|| Current::new(&migration.from));
    before.save(layout, environment)?;
    blocks::enter_old(old)?;
    remove_files(migration, layout, session)?;
    remove_environment(&migration.to, layout, environment, session)?;
    remove_empty(layout);
    blocks::ignore_old(old, session, migration.ignored)?;
    forget(layout, environment)?;
    if migration.current.is_none() {
        // No pyve was here before.
        let _ = fs::remove_file(layout.current(environment));
        let _ = fs::remove_dir(layout.records(environment));
        if fs::read_dir(layout.state()).is_ok_and(|state| state.flatten().all(|entry| !entry.path().is_dir())) {
            sweep(layout);
        }
    }
    Ok(())
}

/// Removes the directory of all environments where none is left in it.
pub fn remove_empty(layout: &Layout) {
    let _ = fs::remove_dir(layout.environments());
}

/// Nothing is on its way any more.
pub fn forget(layout: &Layout, environment: &EnvironmentName) -> Result<(), Failure> {
    let path = layout.migration(environment);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::io("remove", &path, &error)),
        _ => Ok(()),
    }
}

/// Those that are as they were written; what somebody changed since, or what git tracks, is theirs.
fn remove_files(migration: &Migration, layout: &Layout, session: &Session) -> Result<(), Failure> {
    for file in &migration.files {
        let path = layout.root().join(file.path.path());
        let now = hash(layout, file)?;
        if now.is_none() {
            continue;
        }
        let shown = file.path.display();
        // It was not there before; as long as nothing more is known of it, the migration was writing it.
        let is_begun = file.sha256.is_none() && migration.stage == Stage::Begun;
        if now != file.sha256 && !is_begun {
            session.console.warning(&format!("`{shown}` was changed since, and is kept"));
            continue;
        }
        match session.allowed_paths(layout).ours(&path).remove(&path) {
            Ok(Some(entry)) => {
                entry.remove().map_err(|error| Failure::io("remove", &path, &error))?;
            }
            Ok(None) => {}
            Err(refused) => session.console.warning(&refused.message),
        }
    }
    Ok(())
}

/// What the file says now; nothing where it is not there.
pub fn hash(layout: &Layout, file: &MadeFile) -> Result<Option<String>, Failure> {
    let bytes = read::bytes(layout.root().join(file.path.path()), Limit::SHARED_FILE)?;
    Ok(bytes.map(sha256::of))
}

/// The environment of one backend and its record, as `purge` removes them; another backend's stay.
fn remove_environment(
    backend: &str,
    layout: &Layout,
    environment: &EnvironmentName,
    session: &Session,
) -> Result<(), Failure> {
    let (allowed, looks) = (session.allowed_paths(layout), Recorded(environment.clone()));
    let inputs = Inputs { layout, allowed: &allowed, looks: &looks, leftovers: Default::default() };
    match purge::plan(&inputs, Some(Target::Backend(environment, backend)))? {
        Some(plan) => purge::carry_out(&plan, layout, &allowed, &session.console),
        None => Ok(()),
    }
}
