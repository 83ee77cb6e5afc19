//! `pyve init`: from a project to an environment that stands, is recorded and wired in.

pub mod options;

mod decision;
mod dependencies;
mod dry_run;
mod environment;
mod making;
mod meant;
mod missing_python;
mod needed_plugin;
mod permission;
pub mod pins;
mod plan;
mod record;
pub mod settings;
mod summary;
pub mod tool;
mod unrecorded;
mod update;
mod verify;
mod wiring;

use std::sync::Arc;

use anyhow::Result;

use crate::config::{Config, UserConfig};
use crate::context::{Backends, ProjectContext, Session, Wanted};
use crate::environments;
use crate::failure::{Failure, exit};
use crate::project::{EnvironmentName, Layout};
use crate::records::{self, Found, Lock, lock};
use crate::selection::needed;
use crate::steps::{Outcome, carry_out, recover};
use options::Options;
use plan::Plan;
pub use record::sweep;

/// Does what was asked for; the exit code of success.
pub fn execute(options: &Options, session: &Session) -> Result<u8> {
    let options = &named(options)?;
    let backends = Backends::known(session)?;
    let root = meant::root(options, session, &backends, &session.ask(options.yes))?;
    session.tell_project(&root);
    if options.all {
        return all(&session.layout(root), backends, options, session);
    }
    in_project(session.layout(root), backends, options, session)
}

/// Who says which environment `.envrc` enters means that one.
fn named(options: &Options) -> Result<Options, Failure> {
    let environment = match (&options.environment, &options.direnv_env) {
        (Some(name), Some(entered)) if name != entered => {
            return Err(Failure::usage(format!(
                "`--env {name}` and `--direnv-env {entered}` name different environments"
            ))
            .remedy("create each with a command of its own"));
        }
        (None, Some(entered)) if !options.all => Some(entered.clone()),
        (said, _) => said.clone(),
    };
    Ok(Options { environment, ..options.clone() })
}

/// One environment after the other. What fails is told at once, and the others are created all the same.
fn all(layout: &Layout, backends: Backends, options: &Options, session: &Session) -> Result<u8> {
    let config = Config::load(layout, backends.descriptions())?;
    let mut names = environments::recorded_or_named(layout, &config);
    if names.is_empty() {
        names.push(EnvironmentName::default());
    }
    if let Some(unknown) = options.direnv_env.as_ref().filter(|entered| !names.contains(entered)) {
        return Err(environments::unknown(unknown, &names).into());
    }
    let mut failed = Vec::new();
    for name in names {
        session.console.info(&format!("Environment {name}:"));
        let options = Options { environment: Some(name.clone()), all: false, ..options.clone() };
        let ended = in_project(layout.clone(), Backends::known(session)?, &options, session);
        if let Err(error) = ended {
            let failure = crate::failure::from_error(&error);
            if failure.code == exit::INTERRUPTED {
                return Err(failure.into());
            }
            session.console.failure(&failure);
            failed.push(name.to_string());
        }
    }
    match failed.as_slice() {
        [] => Ok(exit::DONE),
        [one] => {
            Err(Failure::new(format!("could not create the environment `{one}`")).remedy("fix the error above").into())
        }
        several => {
            Err(Failure::new(format!("could not create {} environments: {}", several.len(), several.join(", ")))
                .remedy("fix the errors above")
                .into())
        }
    }
}

/// The same in a project that is known already.
pub fn in_project(layout: Layout, backends: Backends, options: &Options, session: &Session) -> Result<u8> {
    held(layout, backends, options, session, None)
}

/// An environment beside the one that is in use, for who holds the project's lock already: nothing is switched to it.
pub fn beside(lock: &Lock, layout: Layout, backends: Backends, options: &Options, session: &Session) -> Result<u8> {
    held(layout, backends, &Options { beside: true, ..options.clone() }, session, Some(lock))
}

fn held(layout: Layout, backends: Backends, options: &Options, session: &Session, held: Option<&Lock>) -> Result<u8> {
    let wanted = Wanted {
        backend: options.backend.as_deref(),
        environment: options.environment.as_ref(),
        recreate: options.force,
    };
    let mut backends = Arc::new(backends);
    let mut choice = loop {
        match ProjectContext::chosen(session, &backends, layout.clone(), wanted) {
            Ok(choice) => break choice,
            Err(unchosen) => needed_plugin::add(unchosen, layout.root(), options, session)?,
        }
        backends = Arc::new(Backends::known(session)?);
    };
    choice.placed = options.place.clone();
    if options.explain {
        dry_run::explanation(&choice, options, session)?;
        return Ok(exit::DONE);
    }
    // Another backend than the one that such a file stands for would be made in silence.
    if let Some(error) = choice.unfit.pop() {
        return Err(Failure::from(error).into());
    }
    // Before anything is asked or done: a setting that cannot be followed is found out here.
    UserConfig::load(&session.caller, session.caller.pyve_home().as_deref())?;
    if !options.dry_run && held.is_none() {
        recover::recover(&choice.layout, "pyve init", &session.console)?;
    }
    choice.selection.warnings.iter().for_each(|warning| session.console.warning(&warning.to_string()));
    tell_of_plugins(&choice, session);
    tell_of_others(&choice, session);
    let ask = session.ask(options.yes);
    let known = record::bytes(&choice);
    let planned = Plan::make(&choice, options, session, &ask);
    if options.dry_run {
        dry_run::plan(&planned?, &choice, options, session)?;
        return Ok(exit::DONE);
    }
    // What is planned without the lock may be out of date, and may fail because of what another pyve is just changing.
    let planned = match planned {
        Err(failure) if known == record::bytes(&choice) && lock::holder(&choice.layout).is_none() => {
            return Err(failure.into());
        }
        planned => planned.ok(),
    };
    // Nothing was written before the plan stood.
    let new = !choice.layout.folder().exists();
    let own = held.is_none().then(|| Lock::wait(&choice.layout, "pyve init", &session.console)).transpose()?;
    let lock = held.or(own.as_ref()).ok_or_else(|| Failure::new("internal error: no lock"))?;
    recover::restore(&choice.layout, lock, &session.console)?;
    let plan = match planned.filter(|_| known == record::bytes(&choice)) {
        Some(plan) => plan,
        None => Plan::make(&choice, options, session, &ask).inspect_err(|_| {
            if new {
                record::sweep(&choice.layout);
            }
        })?,
    };
    let home = session.caller.pyve_home();
    let executor = session.executor(&ask, &choice.layout, home.as_deref(), plan.allowed.clone()).holding(lock);
    let ended = match carry_out(&plan.actions, &executor) {
        Ok(Outcome::Declined(index, reply)) if plan.needs(index) => {
            Err(reply.failure("no environment was created", declined))
        }
        ended => ended,
    };
    let outcome = match ended {
        Ok(outcome) => outcome,
        Err(failure) => {
            let failure = plan.take_back(&choice, session, failure);
            drop(own);
            if new {
                record::sweep(&choice.layout);
            }
            return Err(failure.into());
        }
    };
    plan.settle_created(&choice)?;
    plan.note_python(session);
    unrecorded::check(&plan, &choice, options, session)?;
    plan.dependencies.check()?;
    let installed = plan.has_dependencies() && outcome == Outcome::Done;
    let problems = verify::problems(&plan, &choice, options, session, installed)?;
    summary::print(&plan, &choice, options, session, &summary::Seen { outcome, problems: &problems });
    Ok(exit::DONE)
}

/// What keeps plugins from being considered: a list of them that cannot be read, a library that was never added. And that the
/// plugin in use is not the one that the settings name.
fn tell_of_plugins(choice: &ProjectContext, session: &Session) {
    let inventory = choice.plugins();
    if let Some(failure) = &inventory.failure {
        session.console.warning(&format!("plugins are not considered: {}", failure.message));
        session.console.hint(&failure.remedy.to_string());
    }
    let named = choice.config.plugins().iter().find(|needed| needed.id == choice.selection.backend);
    if let Some(other) = named.and_then(|needed| needed::other(needed, inventory)) {
        session.console.warning(&other.message);
        session.console.hint(&other.remedy.to_string());
    }
    for library in inventory.unadded() {
        let path = library.display();
        session.console.info(&format!("note: `{path}` is not used: run `pyve plugin add {path}` to add it"));
    }
}

/// Who names no environment where only others were created may have meant one of them.
fn tell_of_others(choice: &ProjectContext, session: &Session) {
    if choice.meant != environments::UNNAMED || !matches!(choice.record(), Ok(Found::Absent)) {
        return;
    }
    let others = records::environments(&choice.layout);
    let Some(first) = others.iter().find(|name| !name.is_default()) else { return };
    let names: Vec<String> = others.iter().map(|name| format!("`{name}`")).collect();
    let noun = if names.len() == 1 { "environment" } else { "environments" };
    session.console.info(&format!(
        "note: this project has the {noun} {}; no name is given, so `default` is created besides; for another one add \
         `--env {first}`",
        names.join(", ")
    ));
}

/// Nobody answered a question on which the environment depends.
fn declined() -> Failure {
    Failure::new("the environment was not created: nobody answered").command(["pyve", "init", "--yes"])
}
