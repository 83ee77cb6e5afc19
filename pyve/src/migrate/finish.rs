//! The end of a migration: the old environment goes, and what the user wrote stays.

use super::carry_out::COMMAND;
use super::options::Options;
use super::undo;
use crate::context::Session;
use crate::failure::Failure;
use crate::project::{EnvironmentName, Layout};
use crate::purge::{self, Inputs, Recorded, Target};
use crate::records::{Lock, Migration, Stage};
use crate::steps::recover;

/// Removes the environment that was left.
pub fn finish(options: &Options, session: &Session) -> Result<(), Failure> {
    let (layout, console) = (crate::lock::project(session)?, &session.console);
    session.tell_project(layout.root());
    let environment = undo::meant(&layout, options, session)?;
    let mut migration = left(&layout, &environment)?;
    // Whoever only looks leaves the project as it is.
    let lock = (!options.dry_run).then(|| Lock::wait(&layout, COMMAND, console)).transpose()?;
    if let Some(lock) = &lock {
        recover::restore(&layout, lock, console)?;
        // Another pyve may have gone back meanwhile, to what would be removed.
        migration = left(&layout, &environment)?;
    }
    let from = migration.from.clone();
    let (allowed, looks) = (session.allowed_paths(&layout), Recorded(environment.clone()));
    let inputs = Inputs { layout: &layout, allowed: &allowed, looks: &looks, leftovers: Default::default() };
    let plan = purge::plan(&inputs, Some(Target::Backend(&environment, &from)))?;
    match &plan {
        Some(plan) => {
            plan.lines(&layout).iter().for_each(|line| console.result(line));
            console.written()?;
        }
        None => console.info(&format!("the {from} environment was not created by pyve, and is kept")),
    }
    if options.dry_run {
        return Ok(());
    }
    if let Some(plan) = plan {
        let reply = session.ask(options.yes).confirm("Remove these?", false, true);
        if !reply.is_yes() {
            let unanswered = || Failure::new("nobody answered; nothing was removed").remedy("add `--yes`");
            return Err(reply.failure("nothing was removed", unanswered));
        }
        migration.stage = Stage::Finishing;
        migration.save(&layout, &environment)?;
        purge::carry_out(&plan, &layout, &allowed, console)?;
        undo::remove_empty(&layout);
        console.done(&format!("the {from} environment was removed; files that you wrote are kept"));
    }
    undo::forget(&layout, &environment)
}

/// How the environment left the other backend; fails where it is still on its way, or on none.
fn left(layout: &Layout, environment: &EnvironmentName) -> Result<Migration, Failure> {
    let migration = undo::found(layout, environment)?;
    let Migration { from, to, stage, .. } = &migration;
    match stage {
        Stage::Switched | Stage::Finishing => Ok(migration),
        Stage::Begun => {
            Err(Failure::new(format!("the migration of `{environment}` from `{from}` to `{to}` was interrupted"))
                .remedy("go back to how it was before")
                .command(["pyve", "migrate", "--undo"]))
        }
    }
}
