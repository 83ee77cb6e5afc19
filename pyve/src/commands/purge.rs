//! `pyve purge`: take back what pyve made in a project.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::entry::Entry;
use crate::config::CommandLine;
use crate::context::{Asked, Backends, ProjectContext, Session, Wanted};
use crate::failure::{Failure, exit};
use crate::project::Layout;
use crate::purge::{Inputs, Plan, carry_out, plan};
use crate::records::Lock;
use crate::steps::recover;
use crate::ui::Answers;

pub const ENTRY: Entry = Entry { name: "purge", arguments, execute, failed: |code| code };

const AFTER_HELP: &str = "\
Only what pyve recorded as its own is removed, and only inside the project: the environment, the marked
blocks in .envrc and .gitignore, an empty .env, the Python line that it pinned, and its records. The list
of what goes and what stays is shown before anything happens. With DIR the environment there goes, and the
others of the project stay. What git tracks is never removed.

Where no record of this user tells what pyve made, the environment that the backend recognises and the
marked blocks are listed; --yes removes them only with --unrecorded.

Examples:
  pyve purge            list, ask, remove
  pyve purge --yes      list and remove
  pyve purge --dry-run  list";

fn arguments() -> Command {
    Command::new("purge")
        .about("Take back what pyve made in the project")
        .after_help(AFTER_HELP)
        .arg(Arg::new("DIR").help("The folder of the environment to remove, where there are several"))
        .arg(Arg::new("yes").long("yes").short('y').help("Do not ask").action(ArgAction::SetTrue))
        .arg(
            Arg::new("unrecorded")
                .long("unrecorded")
                .help("With --yes, remove also what is recognised but not recorded")
                .action(ArgAction::SetTrue),
        )
        .arg(Arg::new("dry-run").long("dry-run").help("Only list").action(ArgAction::SetTrue))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let directory = matches.get_one::<String>("DIR");
    let found = Backends::known(session)?.project(session).ok_or_else(|| no_project(session))?;
    let layout = session.layout(found.root());
    session.tell_project(layout.root());
    let console = &session.console;
    let dry_run = matches.get_flag("dry-run");
    let lock =
        if dry_run || !layout.state().is_dir() { None } else { Some(Lock::wait(&layout, "pyve purge", console)?) };
    // An environment that pyve did not make may have been put aside.
    lock.as_ref().map_or(Ok(()), |lock| recover::restore(&layout, lock, console))?;
    let wanted = directory.map(|directory| layout.root().join(directory.trim_end_matches('/')));
    let allowed = session.allowed_paths(&layout);
    let standing = || standing(&layout, session).unwrap_or_default();
    let inputs = Inputs { layout: &layout, allowed: &allowed, standing: &standing };
    let plan = plan(&inputs, wanted.as_deref())?.ok_or_else(|| not_recorded(directory, &layout))?;
    if plan.removals.is_empty() {
        console.info(&format!("There is nothing of pyve's in {}.", layout.root().display()));
        return Ok(exit::DONE);
    }
    list(&plan, &layout, session);
    console.written()?;
    if dry_run {
        return Ok(exit::DONE);
    }
    let (yes, unrecorded) = (matches.get_flag("yes"), matches.get_flag("unrecorded"));
    let ask = session.ask(yes && (unrecorded || !plan.unrecorded));
    if plan.unrecorded && !unrecorded && (yes || ask.answers() == Answers::Nobody) {
        return Err(Failure::new("no record of yours says that pyve created these; nothing was removed")
            .remedy("pyve purge --yes --unrecorded")
            .into());
    }
    if !ask.confirm("Remove these?", false, true).is_yes() {
        console.info("cancelled: nothing was removed");
        return Ok(exit::DONE);
    }
    carry_out(&plan, &layout, &allowed, console)?;
    Ok(exit::DONE)
}

/// The environments that the chosen backend recognises, without a tool.
fn standing(layout: &Layout, session: &Session) -> Result<Vec<PathBuf>, Failure> {
    let choice = ProjectContext::in_project(session, Backends::known(session)?, layout.clone(), Wanted::default())?;
    let line = CommandLine::default();
    let request = choice.request(session, Asked { line: &line, python: None, recorded: None, strict: false })?;
    let seen = choice.backend.inspect(&request, &session.hosting(layout))?;
    Ok(seen.environments.iter().map(|environment| environment.prefix.path().into_owned()).collect())
}

fn list(plan: &Plan, layout: &Layout, session: &Session) {
    let console = &session.console;
    console.result(&format!("In {}", layout.root().display()));
    for removal in &plan.removals {
        console.result(&format!("  goes   {}", removal.show(layout)));
    }
    for kept in &plan.kept {
        console.result(&format!("  stays  {}: {}", layout.show(&kept.path), kept.why));
    }
}

fn no_project(session: &Session) -> Failure {
    Failure::new(format!("there is no project at {} or above it", session.caller.folder().display()))
        .remedy("name the project's folder: pyve -C DIR purge")
}

fn not_recorded(directory: Option<&String>, layout: &Layout) -> Failure {
    let directory = directory.map_or("", String::as_str);
    Failure::new(format!("pyve has no record of having made {directory} in {}", layout.root().display()))
        .detail("nothing was removed")
        .remedy("pyve purge --dry-run shows what pyve made; `pyve init --update` takes over a project of the bash tool")
}
