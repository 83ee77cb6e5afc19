//! From a project to a launch that holds: the kept one if nothing changed, else a new one.

use std::path::{Path, PathBuf};

use pyve_plugin_api::{Launch, OsText, Recorded};

use super::environment::inside;
use super::prefix_stamp::PrefixStamp;
use super::refresh::{keep, refresh};
use super::unrecorded::{self, Unrecorded};
use crate::config::{self, CommandLine};
use crate::context::{Asked, Backends, ProjectContext, Session, Wanted};
use crate::environments::MeantNote;
use crate::failure::Failure;
use crate::process::BackendHost;
use crate::project::{EnvironmentName, Layout};
use crate::records::trust::Basis;
use crate::records::{Chosen, Current, Fingerprint, Folder, KeptLaunch, Lock, Record, Status, all, lock};
use crate::steps::recover;
use crate::ui::suggest::did_you_mean;

/// An environment that can be used now.
pub struct Prepared {
    pub environment: EnvironmentName,
    /// Whose environment it is.
    pub backend: String,
    pub recorded: Box<Recorded>,
    pub launch: Box<Launch>,
    /// The folder that was found at the prefix.
    pub prefix_stamp: PrefixStamp,
    /// Whether commands get the variables of the project's `.env`: only where a sealed record tells of the environment.
    pub dotenv: bool,
    /// Whether it is the old one of a recreation that is not finished.
    replaced: bool,
}

impl Prepared {
    /// A failure to start a command is another one's doing where the environment is not there any more.
    pub fn blame(&self, failure: Failure) -> Failure {
        if self.prefix_stamp.holds() { failure } else { failure.passing() }
    }
}

/// The environment as it is recorded, with a launch that holds: the one that was `named`, or is meant where none is.
/// `flag` is the backend that was named.
pub fn prepare(
    session: &Session,
    layout: &Layout,
    named: Option<&EnvironmentName>,
    flag: Option<&str>,
) -> Result<Prepared, Failure> {
    let ended = attempted(session, layout, named, flag);
    let replaced = match &ended {
        Ok(prepared) => prepared.replaced,
        Err(failure) => failure.passing,
    };
    if replaced && followed_journal(layout) { attempted(session, layout, named, flag) } else { ended }
}

/// Brings back what a pyve that was interrupted had put aside; who is still at work is not disturbed.
fn followed_journal(layout: &Layout) -> bool {
    if !recover::is_open(layout) {
        return false;
    }
    let Some(lock) = Lock::attempt(layout, "pyve run") else { return false };
    recover::quietly(layout, &lock).is_ok()
}

fn attempted(
    session: &Session,
    layout: &Layout,
    named: Option<&EnvironmentName>,
    flag: Option<&str>,
) -> Result<Prepared, Failure> {
    let default = EnvironmentName::default();
    let environment = named.unwrap_or(&default);
    let (folder, current) = state(layout, environment)?;
    // Where the default environment is in use, one look at the config's stamp tells that it is still the one that is meant.
    if named.is_none()
        && !current.as_ref().is_some_and(|current| current.is_meant(layout))
        && let Some(other) = other_than_default(layout)?
    {
        return attempted(session, layout, Some(&other), flag);
    }
    if let Some(prepared) = at_hand(session, layout, environment, flag, (folder.as_ref(), current.as_ref()))? {
        return Ok(prepared);
    }
    let computed = computed(session, &session.hosting(layout), layout, environment, flag, current.as_ref())?;
    let Computed { record, kept, chosen, prefix_stamp, replaced, found } = computed;
    let (environment, backend) = (record.environment.clone(), record.backend.clone());
    let dotenv = found.is_none() && kept.dotenv;
    match found {
        None => keep(layout, &record, &kept, chosen),
        Some((choice, basis)) if flag.is_none() => unrecorded::keep(session, &choice, &record, &kept, basis),
        // The flag may name another backend the next time.
        Some(_) => {}
    }
    let recorded = record.recorded;
    Ok(Prepared { environment, backend, recorded, launch: kept.launch, prefix_stamp, dotenv, replaced })
}

/// The environment that the config means where none is named, if that is not the default one.
fn other_than_default(layout: &Layout) -> Result<Option<EnvironmentName>, Failure> {
    if let Some(noted) = MeantNote::find(layout)? {
        return Ok(Some(noted));
    }
    let config = Fingerprint::now(&layout.config());
    let Some(meant) = config::default_env(layout)?.filter(|name| !name.is_default()) else { return Ok(None) };
    if layout.keyring().lasts() && layout.state().is_dir() {
        let _ = MeantNote::new(meant.clone(), config).keep(layout);
    }
    Ok(Some(meant))
}

/// The folders in which an environment has its programs, as far as nobody has to be asked: no plugin is opened, nothing
/// started, nothing written. Where no launch is kept, that is where the interpreter is.
pub fn own_folders(
    session: &Session,
    layout: &Layout,
    environment: &EnvironmentName,
    flag: Option<&str>,
) -> Result<Vec<PathBuf>, Failure> {
    let (folder, current) = state(layout, environment)?;
    let (folder, current) = (folder.as_ref(), current.as_ref());
    if let Some(prepared) = at_hand(session, layout, environment, flag, (folder, current))? {
        return Ok(inside(session.caller.variables(), &prepared.launch).own);
    }
    let last = flag.or_else(|| Some(current?.backend.as_str()));
    let Some((folder, backend)) = folder.zip(last) else { return Ok(Vec::new()) };
    let record = Record::load_in(folder, layout, environment, backend)?.mine();
    let interpreter = record.map(|record| record.recorded.interpreter.path().into_owned());
    Ok(interpreter.iter().filter_map(|path| path.parent()).map(Path::to_owned).collect())
}

/// The launch of the last time, if it still holds and may be used: nobody is asked.
pub fn launch_at_hand(
    session: &Session,
    layout: &Layout,
    environment: &EnvironmentName,
) -> Result<Option<Box<Launch>>, Failure> {
    let (folder, current) = state(layout, environment)?;
    let prepared = at_hand(session, layout, environment, None, (folder.as_ref(), current.as_ref()))?;
    Ok(prepared.map(|prepared| prepared.launch))
}

/// The launch of a record that still holds, or of an environment without a record that was looked at before.
fn at_hand(
    session: &Session,
    layout: &Layout,
    environment: &EnvironmentName,
    flag: Option<&str>,
    (folder, current): (Option<&Folder>, Option<&Current>),
) -> Result<Option<Prepared>, Failure> {
    if let Some(prepared) = kept(folder, layout, environment, flag, current)? {
        return Ok(Some(prepared));
    }
    if let (None, None) = (current, flag)
        && let Some(known) = unrecorded::known(session, layout, environment)
        && let Some(prefix_stamp) = PrefixStamp::now(&known.recorded.prefix.path())
    {
        let (environment, backend) = (known.environment, known.backend);
        let (recorded, launch) = (known.recorded, known.launch.launch);
        let (dotenv, replaced) = (false, false);
        return Ok(Some(Prepared { environment, backend, recorded, launch, prefix_stamp, dotenv, replaced }));
    }
    Ok(None)
}

/// What `prepare` would come to.
pub struct Found {
    pub launch: Box<Launch>,
    /// Whether it was there already.
    pub kept: bool,
}

/// The same for those who only look: nothing is written.
pub fn found(
    session: &Session,
    host: &BackendHost<'_>,
    layout: &Layout,
    environment: &EnvironmentName,
    flag: Option<&str>,
) -> Result<Found, Failure> {
    let (folder, current) = state(layout, environment)?;
    if let Some(prepared) = kept(folder.as_ref(), layout, environment, flag, current.as_ref())? {
        return Ok(Found { launch: prepared.launch, kept: true });
    }
    let computed = computed(session, host, layout, environment, flag, current.as_ref())?;
    Ok(Found { launch: computed.kept.launch, kept: false })
}

/// What is recorded of the environment lies in one folder, which is opened once.
fn state(layout: &Layout, environment: &EnvironmentName) -> Result<(Option<Folder>, Option<Current>), Failure> {
    let Some(folder) = Folder::find(layout, Some(environment))? else { return Ok((None, None)) };
    let current = Current::load_in(&folder, layout, environment)?.mine();
    Ok((Some(folder), current))
}

/// The launch of the last time, if all that it depends on is as it was.
fn kept(
    folder: Option<&Folder>,
    layout: &Layout,
    environment: &EnvironmentName,
    flag: Option<&str>,
    current: Option<&Current>,
) -> Result<Option<Prepared>, Failure> {
    let settled = flag.or_else(|| current?.settled(layout));
    if let Some((folder, backend)) = folder.zip(settled)
        && let Some(record) = Record::load_in(folder, layout, environment, backend)?.mine()
    {
        let replaced = record.journal.is_some();
        let record = record.of_what_stands();
        let prefix_stamp = usable(&record, layout)?;
        let kept = record.launch.filter(|kept| kept.holds(layout));
        return Ok(kept.map(|kept| Prepared {
            environment: record.environment,
            backend: record.backend,
            recorded: record.recorded,
            dotenv: kept.dotenv,
            launch: kept.launch,
            prefix_stamp,
            replaced,
        }));
    }
    Ok(None)
}

/// What was found out, and what it was found from.
struct Computed {
    record: Record,
    kept: KeptLaunch,
    chosen: Option<Chosen>,
    prefix_stamp: PrefixStamp,
    replaced: bool,
    /// Of an environment without a record: who said so, and why it is used.
    found: Option<(ProjectContext, Basis)>,
}

fn computed(
    session: &Session,
    host: &BackendHost<'_>,
    layout: &Layout,
    environment: &EnvironmentName,
    flag: Option<&str>,
    current: Option<&Current>,
) -> Result<Computed, Failure> {
    // Before the config is read: a change in between must not go unnoticed.
    let config = Fingerprint::now(&layout.config());
    if current.is_none() {
        let mut records = all(layout).records.into_iter();
        let begun = records.find(|record| record.environment == *environment && record.status != Status::Ready);
        if let Some(record) = begun {
            return Err(unfinished(&record, layout));
        }
    }
    let wanted = Wanted { backend: flag, environment: Some(environment), recreate: false };
    let choice = ProjectContext::in_project(session, Backends::known(session)?, layout.clone(), wanted)?;
    let id = choice.description.id.to_string();
    let Some(record) = choice.record()?.mine() else {
        let absent = |known: &[EnvironmentName]| match current {
            Some(current) => made_by_another(&current.backend, &id, environment, layout),
            None => no_environment(layout, environment, known),
        };
        let Some(found) = unrecorded::find(session, host, &choice, config)? else {
            return Err(absent(&choice.known_environments(session)));
        };
        return stands(found, choice).ok_or_else(|| absent(&[]));
    };
    let replaced = record.journal.is_some();
    let record = record.of_what_stands();
    let prefix_stamp = usable(&record, layout)?;
    let other_is_meant = choice.config.means_another(environment);
    let chosen = flag.is_none().then(|| Chosen { backend: id.clone(), config: config.clone(), other_is_meant });
    let kept = match &record.launch {
        Some(kept) if kept.holds(layout) => kept.clone(),
        _ => {
            let asked = Asked { line: &CommandLine::default(), python: None, recorded: None, strict: false };
            let request = choice.request(session, asked)?;
            let refreshed = refresh(host, layout, &record, &choice.backend, request, config);
            let refreshed = refreshed.map_err(|failure| if prefix_stamp.holds() { failure } else { failure.passing() });
            refreshed?.with_dotenv(choice.config.dotenv())
        }
    };
    Ok(Computed { record, kept, chosen, prefix_stamp, replaced, found: None })
}

/// What stands without a record, unless it is gone by now.
fn stands(Unrecorded { record, kept, basis }: Unrecorded, choice: ProjectContext) -> Option<Computed> {
    let prefix_stamp = PrefixStamp::now(&record.recorded.prefix.path())?;
    let found = Some((choice, basis));
    Some(Computed { record, kept, chosen: None, prefix_stamp, replaced: false, found })
}

/// Refuses an environment that is unfinished, somewhere else, or gone.
fn usable(record: &Record, layout: &Layout) -> Result<PrefixStamp, Failure> {
    if record.status != Status::Ready {
        return Err(unfinished(record, layout));
    }
    if let Some(old) = record.moved_from(layout) {
        return Err(Failure::new(format!("this project was moved or copied from {}", old.display()))
            .detail(format!(
                "it is at {} now; its environment and the scripts in it name the old place",
                layout.root().display()
            ))
            .remedy("recreate the environment here")
            .command(["pyve", "init", "--force"]));
    }
    let prefix = record.recorded.prefix.path();
    PrefixStamp::now(&prefix).ok_or_else(|| {
        Failure::new(format!("the environment at {} is gone", layout.show(&prefix)))
            .detail(format!("project: {}", layout.root().display()))
            .remedy("recreate it")
            .command(init(&record.environment))
            .passing()
    })
}

fn unfinished(record: &Record, layout: &Layout) -> Failure {
    let project = format!("project: {}", layout.root().display());
    let removed = record.status == Status::Removing;
    if let Some(program) = lock::left_running(layout) {
        // It may go on for as long as it likes: only `init` ends it.
        return Failure::new("creating the environment was interrupted")
            .detail(project)
            .detail(format!("still at work on it is {program}"))
            .remedy("end that and recreate the environment")
            .command(init(&record.environment));
    }
    let failure = match (lock::holder(layout), removed) {
        (Some(holder), _) => {
            let what = if removed { "removed" } else { "created" };
            Failure::new(format!("the environment is being {what} right now"))
                .detail(project)
                .detail(format!("by {holder}"))
                .remedy("wait until that is done, then try again")
        }
        (None, true) => Failure::new("removing the environment was interrupted")
            .detail(project)
            .remedy("remove the rest with `pyve purge`, or create it again")
            .command(init(&record.environment)),
        (None, false) => Failure::new("creating the environment was interrupted")
            .detail(project)
            .remedy("recreate it")
            .command(init(&record.environment)),
    };
    failure.passing()
}

fn no_environment(layout: &Layout, environment: &EnvironmentName, known: &[EnvironmentName]) -> Failure {
    let message = if environment.is_default() {
        "this project has no environment yet".to_owned()
    } else {
        let others = known.iter().filter(|other| *other != environment).map(|other| &**other);
        format!("this project has no environment called `{environment}` yet{}", did_you_mean(environment, others))
    };
    Failure::new(message)
        .detail(format!("project: {}", layout.root().display()))
        .remedy("create it")
        .command(init(environment))
        .passing()
}

/// The environment at `shown` was exchanged or removed while a command was looked up in it.
pub fn replaced(shown: &str) -> Failure {
    Failure::new(format!("the environment at {shown} was replaced or removed just now"))
        .remedy("wait until that is done, then try again")
        .passing()
}

fn made_by_another(last: &str, chosen: &str, environment: &EnvironmentName, layout: &Layout) -> Failure {
    Failure::new(format!("this project has no {chosen} environment yet"))
        .detail(format!("project: {}; its environment was last created with {last}", layout.root().display()))
        .remedy("create one")
        .command([init(environment), vec!["--backend".into(), chosen.into()]].concat())
        .passing()
}

fn init(environment: &EnvironmentName) -> Vec<OsText> {
    let named = (!environment.is_default()).then_some(["--env", environment]);
    ["pyve", "init"].into_iter().chain(named.into_iter().flatten()).map(OsText::from).collect()
}

/// Nothing from `folder` upward is a project of pyve's.
pub fn no_project(folder: &Path) -> Failure {
    Failure::new(format!("no pyve project found in `{}` or any parent directory", folder.display()))
        .remedy("run `pyve init` in the project's directory, or name a project with `-C DIR`")
}
