//! The question of the lock: `conda-lock.yml` from micromamba's own solver, and how fresh it is.

mod changes;
mod content;
mod graph;
mod known;
mod pip_part;
mod project;
mod search;
mod secrets;
mod solution;
mod state;
mod wheels;
mod with_conda_lock;

use pyve_formats::conda_lock::LockHead;
use pyve_formats::conda_platform;
use pyve_plugin_api::{Command, Error, Host, Lock, LockRequest, LockState, ROption, Request, Result};

use content::Solution;
use known::Known;
use pip_part::PipPart;
use project::{Project, Wish};
use search::{Goal, Progress, Search};

pub use project::PLATFORMS;

/// Where an option of the command line says it.
const FLAG: &str = "--platform";

pub fn answer(request: &Request, asked: &LockRequest, host: &dyn Host) -> Result<Lock> {
    let project = Project::read(request)?;
    if !asked.is_check() && !asked.with.is_empty() {
        return with_conda_lock::plan(&project, asked, host);
    }
    let standing = state::of(&project)?;
    let mut lock = Lock::new(project.file.as_str(), standing.state);
    for reason in &standing.reasons {
        lock = lock.reason(reason);
    }
    let ROption::RSome(tool) = &asked.tool else { return Ok(lock) };
    if project.foreign_source().is_some() {
        let again = Command::new("conda-lock").args(["lock", "--lockfile", &project.file]);
        return Err(Error::new(standing.reasons.join("; ")).remedy(&again));
    }
    let plan = Plan::of(&project, asked, &standing)?;
    if plan.to_solve.is_empty() && plan.gone.is_empty() {
        // It says already what it is to say.
        let text = project.text.as_deref().unwrap_or_default();
        return Ok(lock.content(text).summary(&summary(project.head.as_ref().map(|head| head.platforms.as_slice()))));
    }
    let known = Known::read(&project)?;
    let update = names(asked, &known, &plan.wishes)?;
    let goal = match (asked.upgrade, update.is_empty()) {
        (true, _) => Goal::All,
        (false, true) => Goal::Keep,
        (false, false) => Goal::Move(&update),
    };
    let mut solutions = Vec::new();
    for wish in plan.wishes.iter().filter(|wish| plan.to_solve.contains(&wish.platform)) {
        let locked = known.conda(&wish.platform);
        let search =
            Search { project: &project, wish, tool, lock: asked, host, locked: &locked, is_merge: known.is_merge };
        let conda = match search.run(&goal)? {
            Progress::Done(set) => set,
            Progress::Ask(solve) => {
                lock = lock.solve(*solve);
                continue;
            }
        };
        let part =
            PipPart { project: &project, wish, conda: &conda, lock: asked, host, locked: &known.pip(&wish.platform) };
        match part.run(&goal)? {
            pip_part::Progress::Done { packages, warnings } => {
                for warning in warnings {
                    lock = lock.warning(&warning);
                }
                solutions.push(Solution { wish, conda, pip: packages });
            }
            pip_part::Progress::Ask(solve) => lock = lock.solve(*solve),
        }
    }
    if !lock.solves.is_empty() {
        return Ok(lock);
    }
    let new = content::file(&project, &plan.wishes, &solutions, &known.before, host)?;
    let gone: Vec<&str> = plan.gone.iter().map(String::as_str).collect();
    for change in changes::of(&known, &solutions, &gone, &update, asked.upgrade) {
        lock = lock.change(change);
    }
    let platforms: Vec<String> = new.content_hash.keys().cloned().collect();
    Ok(lock.content(&new.text()).summary(&summary(Some(&platforms))))
}

/// What changed since the lock was written for this platform; `None` where it does not tell.
pub fn changed_here(request: &Request, file: &str) -> Option<Vec<String>> {
    let project = Project::read(request).ok().filter(|project| project.file == file && project.conflict().is_none())?;
    state::changed(&project, &conda_platform::current())
}

/// The lock file of the environment, relative to the project, and what it says; `None` where it is not there.
pub fn file(request: &Request) -> Result<(String, Option<String>)> {
    let Project { file, text, .. } = Project::read(request)?;
    Ok((file, text))
}

/// Whether `pyve lock` wrote the file.
pub fn is_ours(text: &str) -> bool {
    LockHead::read(text).is_ok_and(|head| head.custom.keys().any(|key| key.starts_with(state::ASKED)))
}

fn summary(platforms: Option<&[String]>) -> String {
    let names = platforms.unwrap_or_default().join(", ");
    if names.is_empty() { String::new() } else { format!("for {names}") }
}

/// Which platforms are solved for, and which leave the file.
struct Plan {
    /// Of all platforms that the file will have.
    wishes: Vec<Wish>,
    to_solve: Vec<String>,
    gone: Vec<String>,
}

impl Plan {
    fn of(project: &Project, asked: &LockRequest, standing: &state::Standing) -> Result<Self> {
        let named: Vec<String> = asked.platforms.iter().map(|name| name.to_string()).collect();
        let named = project::checked(named, FLAG)?;
        let declared = project.declared()?;
        if let Some((platforms, origin)) = &declared
            && let Some(other) = named.iter().find(|name| !platforms.contains(name))
        {
            return Err(Error::new(format!("{origin} does not list the platform `{other}`"))
                .hint(format!("add `{other}` to `platforms:` in {origin}"))
                .usage());
        }
        let locked = project.head.as_ref().map(|head| head.platforms.clone()).unwrap_or_default();
        let is_conflict = standing.state == LockState::CONFLICT;
        let mut platforms = match (&declared, named.is_empty()) {
            (Some((platforms, _)), _) => platforms.clone(),
            (None, false) => locked.iter().chain(&named).cloned().collect(),
            (None, true) if is_conflict => conflicting_platforms(project)?,
            (None, true) => project.platforms()?,
        };
        platforms.sort();
        platforms.dedup();
        let moves = asked.upgrade || !asked.update.is_empty() || is_conflict;
        // Of a conflict nothing can be kept as it is.
        let is_meant = |platform: &String| is_conflict || named.is_empty() || named.contains(platform);
        let is_due = |platform: &&String| is_meant(platform) && (moves || !standing.fresh.contains(platform));
        let to_solve = platforms.iter().filter(is_due).cloned().collect();
        let gone = locked.into_iter().filter(|platform| !platforms.contains(platform)).collect();
        let wishes = platforms.iter().map(|platform| project.wish(platform)).collect::<Result<_>>()?;
        Ok(Self { wishes, to_solve, gone })
    }
}

/// The platforms of both sides of a merge.
fn conflicting_platforms(project: &Project) -> Result<Vec<String>> {
    let known = Known::read(project)?;
    let mut platforms: Vec<String> = known.before.iter().filter_map(|package| package.platform.clone()).collect();
    platforms.sort();
    platforms.dedup();
    if platforms.is_empty() { project.platforms() } else { project::checked(platforms, &project.file) }
}

/// The packages that are to move, in lower case; each must be locked or asked for.
fn names(asked: &LockRequest, known: &Known, wishes: &[Wish]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for name in asked.update.iter().map(|name| name.to_ascii_lowercase()) {
        let all = known.names();
        let is_asked = |wish: &Wish| wish.specs.iter().any(|spec| spec.name == name);
        if !all.contains(&name.as_str()) && !wishes.iter().any(is_asked) {
            let near = crate::nearest(&name, &all);
            let error = Error::new(format!("`{name}` is not locked"));
            return Err(match near {
                Some(near) => error.remedy(&crate::pyve(&["lock", "--update", near])),
                None => error.hint("name a package that is locked"),
            }
            .usage());
        }
        names.push(name);
    }
    Ok(names)
}
