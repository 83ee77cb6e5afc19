//! The end of a migration: the old environment goes, and what the user wrote stays.

use super::carry_out::COMMAND;
use super::options::Options;
use super::undo;
use crate::context::Session;
use crate::failure::Failure;
use crate::purge::{self, Inputs, Recorded, Target};
use crate::records::{Lock, Stage};
use crate::steps::recover;

/// Removes the environment that was left.
pub fn finish(options: &Options, session: &Session) -> Result<(), Failure> {
    let (layout, console) = (crate::lock::project(session)?, &session.console);
    session.tell_project(layout.root());
    let environment = undo::meant(&layout, options, session)?;
    let migration = undo::found(&layout, &environment)?;
    if migration.stage == Stage::Begun {
        let path = format!("from `{}` to `{}`", migration.from, migration.to);
        return Err(Failure::new(format!("the migration of `{environment}` {path} was interrupted"))
            .remedy("go back to how it was before")
            .command(["pyve", "migrate", "--undo"]));
    }
    let lock = Lock::wait(&layout, COMMAND, console)?;
    recover::restore(&layout, &lock, console)?;
    let (allowed, looks) = (session.allowed_paths(&layout), Recorded(environment.clone()));
    let inputs = Inputs { layout: &layout, allowed: &allowed, looks: &looks, leftovers: Default::default() };
    let target = Target::Backend(&environment, &migration.from);
    if let Some(plan) = purge::plan(&inputs, Some(target))? {
        plan.lines(&layout).iter().for_each(|line| console.result(line));
        console.written()?;
        if options.dry_run {
            return Ok(());
        }
        let reply = session.ask(options.yes).confirm("Remove these?", false, true);
        if !reply.is_yes() {
            let unanswered = || Failure::new("nobody answered; nothing was removed").remedy("add `--yes`");
            return Err(reply.failure("nothing was removed", unanswered));
        }
        purge::carry_out(&plan, &layout, &allowed, console)?;
        undo::remove_empty(&layout);
        console.done(&format!("the {} environment was removed; files that you wrote are kept", migration.from));
    } else {
        console.info(&format!("the {} environment was not created by pyve, and is kept", migration.from));
    }
    if options.dry_run { Ok(()) } else { undo::forget(&layout, &environment) }
}
