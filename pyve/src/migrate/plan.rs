//! A migration before anything of it is done: who is asked, what they answered, and what is in the way.

use std::path::{Component, PathBuf};

use pyve_formats::read::{self, Limit};
use pyve_formats::sha256;
use pyve_plugin_api::{Fate, OsText, PrefixState, Question, Request, Requirements, Step, StepKind};

use super::account::Account;
use super::config_change::{self, Config};
use super::from_lock;
use super::name_map::Table;
use super::options::{Options, typed};
use crate::config::CommandLine;
use crate::context::{Asked, Backends, ProjectContext, Session, Wanted};
use crate::environments;
use crate::failure::Failure;
use crate::project::{EnvironmentName, Layout};
use crate::records::{Found, MadeFile, Migration, Record, Stage, Status, lock};
use crate::selection::Level;

/// What will be done.
pub struct Plan {
    pub old: ProjectContext,
    pub new: ProjectContext,
    /// What the old one was asked, and what it says that its files require.
    pub asked: Request,
    pub requirements: Requirements,
    pub account: Account,
    /// The table of names that was used, if one was named.
    pub names: Option<Table>,
    /// What writes the new backend's files.
    pub steps: Vec<Step>,
    /// Those files.
    pub files: Vec<MadeFile>,
    /// Files that say already what would be written.
    pub kept: Vec<OsText>,
    pub config: Config,
    /// Where the old environment is, if one stands.
    pub old_prefix: Option<PathBuf>,
    /// Where the new one will be, if that is known yet.
    pub new_prefix: Option<PathBuf>,
}

impl Plan {
    /// Asks both backends; nothing is started, and nothing written.
    pub fn make(layout: &Layout, options: &Options, session: &Session) -> Result<Self, Failure> {
        let mut old = context(layout, options.from.as_deref(), options.environment.as_ref(), session)?;
        if let Some(error) = old.unfit.pop() {
            return Err(error.into());
        }
        let environment = old.environment.clone();
        known(&old, session)?;
        unmoved(layout, &environment, session)?;
        let mut new = context(layout, Some(&options.to), Some(&environment), session)?;
        able(&old, &new)?;
        let mut asked = request(&old, session)?;
        asked.from_lock = options.from_lock;
        if asked.from_lock {
            from_lock::check(&old, &asked, session)?;
        }
        let requirements = old.backend.requirements(&asked, &session.hosting(layout))?;
        if asked.from_lock {
            from_lock::answered(&old, &requirements)?;
        }
        let old_prefix = standing(&old, &asked, session)?;
        let new_prefix = place(&mut new, old_prefix.as_ref(), session)?;
        let asking = request(&new, session)?;
        let names = options.name_map.as_ref().map(|wanted| Table::load(wanted, session)).transpose()?;
        let mut named = requirements.clone();
        names.iter().for_each(|table| table.name(&mut named));
        let adoption = new.backend.adopt(&asking, &named, &session.hosting(layout))?;
        let account = Account::new(&named, &adoption, &new.description.id)?;
        let says_it = |step: &Step| says_already(layout, step);
        let (kept, steps): (Vec<Step>, Vec<Step>) = adoption.steps.into_iter().partition(says_it);
        let kept: Vec<OsText> = kept.into_iter().map(|step| step.path).collect();
        session.allowed_paths(layout).backend(&new.description.id).check(&steps)?;
        let written = adoption.files.iter().filter(|file| !kept.contains(file));
        let files = written.map(|file| made(layout, file, &steps, &new.description.id)).collect::<Result<_, _>>()?;
        let config = config_change::plan(&new)?;
        Ok(Self { old, new, asked, requirements, account, names, steps, files, kept, config, old_prefix, new_prefix })
    }

    /// Whether lines without a counterpart stop it.
    pub fn stops(&self, options: &Options) -> bool {
        !options.allow_loss && self.account.count(Fate::IMPOSSIBLE) > 0
    }

    pub fn layout(&self) -> &Layout {
        &self.old.layout
    }

    pub fn environment(&self) -> &EnvironmentName {
        &self.old.environment
    }
}

/// The project as it is for one backend; the one that is chosen where none is named.
pub fn context(
    layout: &Layout,
    backend: Option<&str>,
    environment: Option<&EnvironmentName>,
    session: &Session,
) -> Result<ProjectContext, Failure> {
    let wanted = Wanted { backend, environment, recreate: false };
    ProjectContext::in_project(session, Backends::known(session)?, layout.clone(), wanted)
}

/// What is asked of the backend about the environment as its files and its record have it.
pub fn request(choice: &ProjectContext, session: &Session) -> Result<Request, Failure> {
    let recorded = record(choice).map(|record| record.recorded);
    let line = CommandLine::default();
    choice.request(session, Asked { line: &line, python: None, recorded, strict: false })
}

/// What is recorded of the environment of that backend.
pub fn record(choice: &ProjectContext) -> Option<Record> {
    choice.record().ok().and_then(Found::mine)
}

/// An environment that nothing speaks of is a name that was mistyped.
fn known(choice: &ProjectContext, session: &Session) -> Result<(), Failure> {
    let names = choice.known_environments(session);
    match names.contains(&choice.environment) || choice.selection.level == Level::Name {
        true => Ok(()),
        false => Err(environments::unknown(&choice.environment, &names)),
    }
}

/// One migration at a time.
fn unmoved(layout: &Layout, environment: &EnvironmentName, session: &Session) -> Result<(), Failure> {
    let Some(Migration { from, to, stage, .. }) = Migration::load(layout, environment)? else { return Ok(()) };
    let path = format!("the migration of `{environment}` from `{from}` to `{to}`");
    let by = lock::holder(layout).filter(|_| stage == Stage::Begun);
    if let Some(by) = by {
        return Err(Failure::new(format!("{path} is done right now by {by}")).remedy("wait until it has ended"));
    }
    Err(match stage {
        Stage::Begun => Failure::new(format!("{path} was interrupted"))
            .remedy("go back to how it was before")
            .command(["pyve", "migrate", "--undo"]),
        Stage::Switched => Failure::new(format!("{path} is not finished"))
            .detail(format!(
                "the `{from}` environment is still there; `{}` goes back to it",
                typed("--undo", environment, session)
            ))
            .remedy("remove it")
            .command(["pyve", "migrate", "--finish"]),
        Stage::Finishing => Failure::new(format!("{path} is not finished"))
            .remedy(format!("remove the rest of the `{from}` environment"))
            .command(["pyve", "migrate", "--finish"]),
    })
}

/// Whether both can do their half of it.
fn able(old: &ProjectContext, new: &ProjectContext) -> Result<(), Failure> {
    let (from, to) = (&old.description.id, &new.description.id);
    if from == to {
        return Err(Failure::usage(format!(
            "environment `{}` already uses backend `{to}` ({})",
            old.environment, old.selection.why
        ))
        .remedy("name another backend with `--to`"));
    }
    if !old.description.can(Question::Requirements) {
        return Err(Failure::new(format!("backend `{from}` cannot say what its files require"))
            .remedy("write the files of the new backend yourself, then run `pyve init`"));
    }
    if !new.description.can(Question::Adopt) {
        return Err(Failure::new(format!("backend `{to}` cannot take over what another one requires"))
            .remedy("write its files yourself, then run `pyve init`"));
    }
    if !old.layout.keyring().lasts() {
        return Err(Failure::new("pyve could not keep a record of the migration: its own directory has no key")
            .remedy("make `~/.pyve` writable, or set `PYVE_HOME`"));
    }
    Ok(())
}

/// Where the old environment is, if one stands that can be used.
fn standing(old: &ProjectContext, request: &Request, session: &Session) -> Result<Option<PathBuf>, Failure> {
    let inspection = old.backend.inspect(request, &session.hosting(&old.layout))?;
    let usable = inspection.requested().filter(|environment| environment.state != PrefixState::BROKEN);
    Ok(usable.map(|environment| environment.prefix.path().into_owned()))
}

/// Where the new environment will be: where its backend puts it, and beside where the old one is there. Fails where something
/// else is there.
fn place(new: &mut ProjectContext, old: Option<&PathBuf>, session: &Session) -> Result<Option<PathBuf>, Failure> {
    let mut said = usual(new, session)?;
    if said.is_some() && said.as_ref() == old {
        new.placed = Some(new.dir_beside());
        said = usual(new, session)?;
    }
    let Some(prefix) = said else { return Ok(None) };
    let (shown, id) = (new.layout.show(&prefix), &new.description.id);
    if old.is_some_and(|old| *old == prefix) {
        let failure = Failure::new(format!("both backends keep the environment at `{shown}`, and the old one stays"));
        return Err(match new.description.positional().into_option() {
            Some(setting) => failure.remedy(format!(
                "set another directory for the new one in `.pyve/config`: `{id}: {{{}: {shown}-{id}}}`",
                setting.key
            )),
            None => failure.remedy(format!("recreate the old one elsewhere, or use `pyve init --backend {id}`")),
        });
    }
    match prefix.symlink_metadata() {
        Err(_) => Ok(Some(prefix)),
        Ok(_) => {
            Err(Failure::new(format!("could not create an environment of backend `{id}`: `{shown}` already exists"))
                .remedy(format!("remove it with `pyve purge {shown}`, or move it away")))
        }
    }
}

/// Where its backend puts an environment, if it says so.
fn usual(new: &ProjectContext, session: &Session) -> Result<Option<PathBuf>, Failure> {
    let recorded = record(new).filter(|record| record.status == Status::Ready).map(|record| record.recorded.prefix);
    let said = match recorded.filter(|_| new.placed.is_none()) {
        Some(recorded) => recorded,
        None => new.backend.inspect(&request(new, session)?, &session.hosting(&new.layout))?.prefix,
    };
    Ok(Some(said.path().into_owned()).filter(|prefix| !prefix.as_os_str().is_empty()))
}

/// Whether a file has to the byte what the step would write.
fn says_already(layout: &Layout, step: &Step) -> bool {
    let there = || read::bytes(layout.root().join(step.path.path()), Limit::SHARED_FILE).ok().flatten();
    step.kind == StepKind::WRITE_FILE && there().is_some_and(|bytes| bytes == step.contents.as_slice())
}

/// A file that will be there; one that is there already is in the way.
fn made(layout: &Layout, file: &OsText, steps: &[Step], backend: &str) -> Result<MadeFile, Failure> {
    let path = file.path();
    let plain = !file.is_empty() && path.components().all(|part| matches!(part, Component::Normal(_)));
    if !plain {
        return Err(Failure::new(format!("backend `{backend}` returned an invalid answer to `adopt`"))
            .detail(format!("`{}` is not a file of the project", path.display()))
            .remedy("report this to the author of the backend"));
    }
    if layout.root().join(&path).symlink_metadata().is_ok() {
        return Err(Failure::new(format!("could not write `{}`: it already exists", path.display()))
            .remedy(format!("move `{}` away, then try again", path.display())));
    }
    let writing = steps.iter().position(|step| step.kind == StepKind::WRITE_FILE && step.path == *file);
    // A program that runs after that may write to it as well, as one does that locks.
    let last = writing.filter(|at| steps[*at..].iter().all(|step| step.kind != StepKind::RUN));
    Ok(MadeFile { path: file.clone(), sha256: last.map(|at| sha256::of(&steps[at].contents)) })
}
