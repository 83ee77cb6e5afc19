//! `pyve purge`: remove everything that pyve created in a project.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Arg, ArgMatches, Command};

use super::entry::{Entry, environment, switch, yes};
use crate::config::{CommandLine, Config};
use crate::context::{Asked, Backends, ProjectContext, Session, Wanted};
use crate::environments::{self, DirenvNote};
use crate::failure::{Failure, exit};
use crate::launch;
use crate::migrate;
use crate::project::{EnvironmentName, Layout};
use crate::purge::{Inputs, Looks, Target, carry_out, plan};
use crate::records::Lock;
use crate::steps::recover;
use crate::ui::Answers;

pub const ENTRY: Entry = Entry { name: "purge", arguments, execute, failed: |code| code };

const AFTER_HELP: &str = "\
Only what pyve recorded as its own is removed, and only inside the project: environments, the marked blocks in \
.envrc and .gitignore, an empty .env, pinned Python versions, and the records. What is removed and kept is printed first. \
Files that git tracks are never removed.

Without a record, environments that the backend recognizes and the marked blocks are offered for removal; `--yes` removes \
them only with `--unrecorded`.

Examples:
  pyve purge            Print what would be removed, ask, and remove it
  pyve purge .env-dev   Remove only the environment in .env-dev
  pyve purge --env dev  Remove only the environment `dev`
  pyve purge --yes      Remove without asking
  pyve purge --dry-run  Print what would be removed";

fn arguments() -> Command {
    Command::new("purge")
        .about("Remove everything pyve created in the project")
        .after_help(AFTER_HELP)
        .arg(Arg::new("DIR").help("Remove only the environment in this directory"))
        .arg(environment("Remove only the environment of this name").conflicts_with("DIR"))
        .arg(
            switch("all", "Remove all environments, as without options, whatever PYVE_ENV says")
                .conflicts_with_all(["DIR", "env"]),
        )
        .arg(
            switch("old", "Remove what a migration left of the old backend, as `pyve migrate --finish` does")
                .conflicts_with_all(["DIR", "all", "unrecorded"]),
        )
        .arg(yes("Do not ask for confirmation"))
        .arg(switch("unrecorded", "With `--yes`, also remove what is recognized but not recorded"))
        .arg(switch("dry-run", "Print what would be removed, without removing it"))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    if matches.get_flag("old") {
        let (environment, yes, dry_run) =
            (matches.get_one("env").cloned(), matches.get_flag("yes"), matches.get_flag("dry-run"));
        migrate::finish(&migrate::Options { environment, yes, dry_run, ..Default::default() }, session)?;
        return Ok(exit::DONE);
    }
    let directory = matches.get_one::<String>("DIR");
    let found = Backends::known(session)?.project(session).ok_or_else(|| {
        launch::no_project(session.caller.folder()).remedy("run `pyve -C DIR purge` with the directory of the project")
    })?;
    let layout = session.layout(found.root());
    session.tell_project(layout.root());
    let console = &session.console;
    let dry_run = matches.get_flag("dry-run");
    let directory_there = directory.map(|directory| layout.root().join(directory.trim_end_matches('/')));
    let named = match (&directory_there, matches.get_flag("all")) {
        (None, false) => environments::named(matches.get_one("env"), &session.caller)?.map(|meant| meant.name),
        _ => None,
    };
    let was_there = named.as_ref().is_some_and(|name| layout.records(name).is_dir());
    let lock =
        if dry_run || !layout.state().is_dir() { None } else { Some(Lock::wait(&layout, "pyve purge", console)?) };
    // An environment that pyve did not make may have been put aside.
    lock.as_ref().map_or(Ok(()), |lock| recover::restore(&layout, lock, console))?;
    let target = match (&directory_there, &named) {
        (Some(directory), _) => Some(Target::Directory(directory)),
        (None, Some(name)) => Some(Target::Environment(name)),
        (None, None) => None,
    };
    let allowed = session.allowed_paths(&layout);
    let project = Project { layout: &layout, session };
    let inputs = Inputs { layout: &layout, allowed: &allowed, looks: &project, leftovers: Default::default() };
    let plan = plan(&inputs, target)?;
    if plan.is_none() && !was_there {
        return Err(match &named {
            Some(name) => environments::unknown(name, &project.known(name)).into(),
            None => not_recorded(directory, &layout).into(),
        });
    }
    // Else another pyve removed it while this one waited.
    let Some(plan) = plan.filter(|plan| !plan.removals.is_empty()) else {
        console.info(&format!("nothing to remove in `{}`", layout.root().display()));
        return Ok(exit::DONE);
    };
    plan.lines(&layout).iter().for_each(|line| console.result(line));
    console.written()?;
    if dry_run {
        return Ok(exit::DONE);
    }
    let (yes, unrecorded) = (matches.get_flag("yes"), matches.get_flag("unrecorded"));
    let ask = session.ask(yes && (unrecorded || !plan.unrecorded));
    if plan.unrecorded && !unrecorded && (yes || ask.answers() == Answers::Nobody) {
        return Err(Failure::new("no record says that pyve created these; nothing was removed")
            .remedy("remove them anyway")
            .command(["pyve", "purge", "--yes", "--unrecorded"])
            .into());
    }
    if !ask.confirm("Remove these?", false, true).is_yes() {
        console.info("cancelled: nothing was removed");
        return Ok(exit::DONE);
    }
    carry_out(&plan, &layout, &allowed, console)?;
    console.done(&match plan.removals.len() {
        1 => "removed 1 item".to_owned(),
        count => format!("removed {count} items"),
    });
    Ok(exit::DONE)
}

/// The project as its settings and its backends see it; what cannot be read or asked says nothing.
struct Project<'a> {
    layout: &'a Layout,
    session: &'a Session,
}

impl Project<'_> {
    fn choice(&self, environment: Option<&EnvironmentName>) -> Option<ProjectContext> {
        let wanted = Wanted { environment, ..Wanted::default() };
        let backends = Backends::known(self.session).ok()?;
        ProjectContext::in_project(self.session, backends, self.layout.clone(), wanted).ok()
    }

    /// All environments that could be named instead; without settings those that were created.
    fn known(&self, name: &EnvironmentName) -> Vec<EnvironmentName> {
        match self.choice(Some(name)) {
            Some(choice) => choice.known_environments(self.session),
            None => environments::known(self.layout, &Config::default()),
        }
    }

    fn config(&self) -> Config {
        let backends = Backends::known(self.session).ok();
        backends.and_then(|backends| Config::load(self.layout, backends.descriptions()).ok()).unwrap_or_default()
    }
}

impl Looks for Project<'_> {
    fn standing(&self) -> Vec<PathBuf> {
        let seen = self.choice(None).and_then(|choice| {
            let line = CommandLine::default();
            let asked = Asked { line: &line, python: None, recorded: None, strict: false };
            let request = choice.request(self.session, asked).ok()?;
            choice.backend.inspect(&request, &self.session.hosting(self.layout)).ok()
        });
        let environments = seen.into_iter().flat_map(|seen| seen.environments);
        environments.map(|environment| environment.prefix.path().into_owned()).collect()
    }

    fn standing_of(&self, name: &EnvironmentName) -> Option<PathBuf> {
        Some(self.choice(Some(name))?.standing(self.session).ok()??.prefix.path().into_owned())
    }

    fn entered(&self) -> EnvironmentName {
        DirenvNote::find(self.layout).unwrap_or_else(|| self.config().meant())
    }

    fn fallback(&self) -> Option<(EnvironmentName, Vec<u8>)> {
        let choice = self.choice(Some(&self.config().meant()))?;
        let record = choice.record().ok()?.here().filter(|record| record.recorded.ready)?;
        Some((choice.environment.clone(), choice.envrc_block(&record)?))
    }
}

fn not_recorded(directory: Option<&String>, layout: &Layout) -> Failure {
    let directory = directory.map_or("", String::as_str);
    Failure::new(format!("`{directory}` was not created by pyve in `{}`; nothing was removed", layout.root().display()))
        .remedy("see what pyve created")
        .command(["pyve", "purge", "--dry-run"])
}
