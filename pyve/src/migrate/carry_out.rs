//! A migration carried out. The old environment is in use until the new one was checked, and can be gone back to.

use super::imports::{Failed, Python};
use super::options::{Options, typed};
use super::plan::{Plan, record};
use super::{blocks, config_change, undo};
use crate::config::printable;
use crate::context::{Backends, Session};
use crate::failure::{Failure, from_error};
use crate::init::{self, options::Options as InitOptions};
use crate::process::guard;
use crate::records::{Current, Lock, MadeFile, Migration, Stage, logs};
use crate::steps::{Action, Outcome, carry_out, recover};

/// What others that wait for it are told.
pub const COMMAND: &str = "pyve migrate";

/// Does what the plan says. After a failure all is as it was.
pub fn all(plan: &Plan, options: &Options, session: &Session) -> Result<(), Failure> {
    let layout = plan.layout();
    let lock = Lock::wait(layout, COMMAND, &session.console)?;
    recover::restore(layout, &lock, &session.console)?;
    unchanged(plan, session)?;
    let mut migration = begun(plan)?;
    migration.save(layout, plan.environment())?;
    match course(plan, options, session, &lock, &mut migration) {
        Ok(()) => Ok(()),
        Err(failure) => {
            let _guard = guard();
            Err(match undo::back(&migration, &plan.old, session) {
                Ok(()) => failure.detail(format!("all is as it was: `{}` is in use", migration.from)),
                Err(undoing) => {
                    let again = typed("--undo", plan.environment(), session);
                    failure.detail(undoing.message).detail(format!("`{again}` tries again"))
                }
            })
        }
    }
}

/// What was planned without the lock may be out of date.
fn unchanged(plan: &Plan, session: &Session) -> Result<(), Failure> {
    let layout = plan.layout();
    let is_free = |file: &MadeFile| layout.root().join(file.path.path()).symlink_metadata().is_err();
    // First that nobody else moved it: then nothing of the old backend need be there.
    let same = Migration::load(layout, plan.environment())?.is_none()
        && plan.old.backend.requirements(&plan.asked, &session.hosting(layout))? == plan.requirements
        && plan.files.iter().all(is_free)
        && config_change::plan(&plan.new)?.change() == plan.config.change();
    match same {
        true => Ok(()),
        false => {
            Err(Failure::new("the project changed meanwhile; nothing was done").remedy("run the same command again"))
        }
    }
}

/// What is known before anything is done.
fn begun(plan: &Plan) -> Result<Migration, Failure> {
    let layout = plan.layout();
    Ok(Migration {
        from: plan.old.description.id.to_string(),
        to: plan.new.description.id.to_string(),
        stage: Stage::Begun,
        current: Current::load(layout, plan.environment())?.mine(),
        files: plan.files.clone(),
        config: plan.config.change(),
        ignored: blocks::is_in(layout, crate::files::gitignore::FILE),
        logs: logs(layout)?.into_iter().map(|(name, _)| name).collect(),
    })
}

fn course(
    plan: &Plan,
    options: &Options,
    session: &Session,
    lock: &Lock,
    migration: &mut Migration,
) -> Result<(), Failure> {
    let (layout, environment, console) = (plan.layout(), plan.environment(), &session.console);
    // From here on the new backend's files speak for it: what is in use is said in so many words.
    if migration.current.is_none() {
        Current::new(&migration.from).save(layout, environment)?;
    }
    write_files(plan, session, lock, migration)?;
    let modules = importable(plan, session)?;
    create(plan, options, session, lock)?;
    remember_files(plan, migration)?;
    check(plan, options, &modules, session)?;
    let _guard = guard();
    switch(plan, session)?;
    migration.stage = Stage::Switched;
    migration.save(layout, environment)?;
    console.done(&format!("Environment {environment} uses {} now", migration.to));
    Ok(())
}

fn write_files(plan: &Plan, session: &Session, lock: &Lock, migration: &mut Migration) -> Result<(), Failure> {
    let layout = plan.layout();
    let (ask, home) = (session.ask(false), session.caller.pyve_home());
    let allowed = session.allowed_paths(layout).backend(&plan.new.description.id);
    let executor = session.executor(&ask, layout, home.as_deref(), allowed).holding(lock);
    let actions: Vec<Action<'_>> = plan.steps.iter().cloned().map(Action::from).collect();
    match carry_out(&actions, &executor)? {
        Outcome::Done => {}
        Outcome::Declined(_, reply) => {
            return Err(reply.failure("nothing was changed", || {
                Failure::new("nobody answered").remedy("run the same command at a terminal")
            }));
        }
    }
    remember_files(plan, migration)?;
    let written = migration.files.iter().filter(|file| file.sha256.is_some());
    written.for_each(|file| session.console.done(&format!("{} written", file.path.display())));
    Ok(())
}

/// Notes what is in the files of which that was not known before.
fn remember_files(plan: &Plan, migration: &mut Migration) -> Result<(), Failure> {
    let unknown = |file: &&mut MadeFile| file.sha256.is_none();
    for file in migration.files.iter_mut().filter(unknown) {
        file.sha256 = undo::hash(plan.layout(), file)?;
    }
    migration.save(plan.layout(), plan.environment())
}

/// The modules of what moves that the old environment can import.
fn importable(plan: &Plan, session: &Session) -> Result<Vec<String>, Failure> {
    if plan.old_prefix.is_none() {
        session.console.info(&format!("There is no {} environment to compare with", plan.old.description.id));
        return Ok(Vec::new());
    }
    let python = Python::of(&plan.old, session)?;
    let mut modules = python.modules(&plan.account.packages())?;
    let failing = python.failing(&modules)?;
    modules.retain(|module| failing.iter().all(|failed| failed.module != *module));
    Ok(modules)
}

/// The new environment, as `pyve init` creates it.
fn create(plan: &Plan, options: &Options, session: &Session, lock: &Lock) -> Result<(), Failure> {
    let options = InitOptions {
        backend: Some(plan.new.description.id.to_string()),
        environment: Some(plan.environment().clone()),
        install_deps: Some(true),
        yes: options.yes,
        bootstrap: options.bootstrap.clone(),
        place: plan.new.placed.clone(),
        ..InitOptions::default()
    };
    let created = init::beside(lock, plan.layout().clone(), Backends::known(session)?, &options, session);
    created.map(drop).map_err(|error| from_error(&error))
}

/// Fails where the new environment cannot import what the old one can.
fn check(plan: &Plan, options: &Options, modules: &[String], session: &Session) -> Result<(), Failure> {
    if modules.is_empty() {
        return Ok(());
    }
    let failing = Python::of(&plan.new, session)?.failing(modules)?;
    let told: Vec<String> =
        failing.iter().map(|Failed { module, why }| printable(&format!("`{module}`: {why}"))).collect();
    if failing.is_empty() {
        let count = modules.len();
        session.console.done(&format!("Imports: {count} checked, as in the {} environment", plan.old.description.id));
        return Ok(());
    }
    if options.allow_loss {
        told.iter().for_each(|line| session.console.warning(&format!("could not import {line}")));
        return Ok(());
    }
    let (old, new) = (&plan.old.description.id, &plan.new.description.id);
    let failure = Failure::new(format!("the {new} environment cannot import what the {old} environment imports"));
    let failure = told.into_iter().fold(failure, Failure::detail);
    Err(failure
        .remedy("add what is missing to the files of the old backend, or add `--allow-loss` to go on without it"))
}

/// From here on the new one is used. Both work at every moment, whichever is in use.
fn switch(plan: &Plan, session: &Session) -> Result<(), Failure> {
    let (layout, new) = (plan.layout(), &plan.new);
    let mut record = record(new).ok_or_else(|| Failure::new("internal error: the new environment is not recorded"))?;
    blocks::follow(new, session, &mut record)?;
    plan.config.remember(new, &mut record)?;
    record.save(layout)?;
    plan.config.write(layout)?;
    Current::new(&new.description.id).save(layout, plan.environment())
}
