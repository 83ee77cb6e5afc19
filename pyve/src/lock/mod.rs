//! `pyve lock`: how the lock file of an environment is, and how it is written: what a backend plans, run and written here.

mod file;
mod outcome;
mod rounds;
mod scratch;

use std::path::PathBuf;

use pyve_plugin_api::{Lock, LockRequest, Question, ROption, Request, Step, Tool};

use crate::config::{CommandLine, Config};
use crate::context::{Asked, Backends, ProjectContext, Session, Wanted};
use crate::failure::Failure;
use crate::init::tool::{Agreeing, missing};
use crate::launch;
use crate::project::{EnvironmentName, Layout};
use crate::records::Found;
use crate::steps::Action;

pub use outcome::{Deed, Outcome};

/// The words of one `lock`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub backend: Option<String>,
    pub environment: Option<EnvironmentName>,
    pub platforms: Vec<String>,
    pub update: Vec<String>,
    pub upgrade: bool,
    /// The program that the user wants to do it.
    pub with: Option<String>,
    pub dry_run: bool,
    /// Nothing but how the file is.
    pub check: bool,
}

/// The project that the caller is in.
pub fn project(session: &Session) -> Result<Layout, Failure> {
    let backends = Backends::known(session)?;
    let found = backends.project(session).ok_or_else(|| launch::no_project(session.caller.folder()))?;
    Ok(session.layout(found.root()))
}

/// The environments of the project, the one that is meant where none is named first.
pub fn environments(layout: &Layout, session: &Session) -> Result<Vec<EnvironmentName>, Failure> {
    let backends = Backends::known(session)?;
    let config = Config::load(layout, backends.descriptions())?;
    crate::environments::meant_first(layout, &config, &session.caller)
}

/// Locks one environment, or looks how its lock is.
pub fn one(layout: &Layout, options: &Options, session: &Session) -> Result<Outcome, Failure> {
    let session = &if options.check { session.read_only() } else { session.clone() };
    let wanted =
        Wanted { backend: options.backend.as_deref(), environment: options.environment.as_ref(), recreate: false };
    let choice = ProjectContext::in_project(session, Backends::known(session)?, layout.clone(), wanted)?;
    choice.selection.warnings.iter().for_each(|warning| session.console.warning(&warning.to_string()));
    if !choice.description.can(Question::Lock) {
        return Err(Failure::new(format!("backend `{}` does not lock environments", choice.description.id))
            .remedy("lock with the backend's own tool, or choose another backend with `--backend`"));
    }
    let recorded = choice.record().ok().and_then(Found::mine).map(|record| record.recorded);
    let line = CommandLine::default();
    let request = choice.request(session, Asked { line: &line, python: None, recorded, strict: false })?;
    match options.check {
        true => check(&choice, &request, session),
        false => write(&choice, &request, options, session),
    }
}

fn check(choice: &ProjectContext, request: &Request, session: &Session) -> Result<Outcome, Failure> {
    let lock = choice.backend.lock(request, &LockRequest::check(), &session.hosting(&choice.layout))?;
    lock.warnings.iter().for_each(|warning| session.console.warning(warning));
    Ok(Outcome::new(choice, lock, Deed::Checked))
}

fn write(choice: &ProjectContext, request: &Request, options: &Options, session: &Session) -> Result<Outcome, Failure> {
    let scratch = scratch::Scratch::create()?;
    let asked = LockRequest {
        tool: ROption::RSome(tool(choice, request, options, session)?),
        update: options.update.iter().map(|name| name.as_str().into()).collect(),
        upgrade: options.upgrade,
        platforms: options.platforms.iter().map(|name| name.as_str().into()).collect(),
        with: options.with.as_deref().map(Into::into).unwrap_or_default(),
        scratch: scratch.path().into(),
        ..LockRequest::default()
    };
    let rounds::Answer { lock, before, commands } = rounds::ask(choice, request, asked, session, &scratch)?;
    lock.warnings.iter().for_each(|warning| session.console.warning(warning));
    let by_steps = !lock.steps.is_empty();
    let content = lock.content.as_ref().into_option();
    let prepared = content.filter(|_| by_steps).map(|_| Step::write_file("Prepare", lock.file.clone(), ""));
    let planned = prepared.into_iter().chain(lock.steps.iter().cloned());
    let planned = planned.map(|step| Action::from(step).show(&choice.layout));
    let commands: Vec<String> = commands.into_iter().chain(planned).collect();
    let deed = match content.filter(|_| !by_steps) {
        Some(content) if options.dry_run => file::planned(before.as_deref(), content),
        Some(content) => file::write(choice, session, &lock.file, before.as_deref(), content)?,
        None if options.dry_run => Deed::Planned,
        None => file::by_steps(choice, session, &lock, before.as_deref())?,
    };
    Ok(Outcome { commands, is_new: before.is_none(), ..Outcome::new(choice, lock, deed) })
}

/// The backend's tool. Where another program is to do it, that may be missing.
fn tool(choice: &ProjectContext, request: &Request, options: &Options, session: &Session) -> Result<Tool, Failure> {
    let host = session.hosting(&choice.layout).for_environment();
    let answer = choice.backend.ensure_tool(request, &host)?;
    match answer.found.clone().into_option() {
        Some(tool) => Ok(tool),
        None if options.with.is_some() => Ok(Tool::default()),
        None => Err(missing(&answer, &choice.description, &Agreeing::init())),
    }
}

/// The path of a lock file in the project.
fn path(layout: &Layout, lock: &Lock) -> PathBuf {
    layout.root().join(lock.file.path())
}
