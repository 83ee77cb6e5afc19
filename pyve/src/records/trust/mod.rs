//! Whom to believe where nothing was recorded: an environment that stands is used if nobody else could have put it
//! there, or if the user said so.

mod consent;
mod git;
mod looked_at;
mod owner;

use std::path::{Path, PathBuf};

use pyve_plugin_api::OsText;

use crate::caller::Caller;
use crate::failure::Failure;
use crate::project::Layout;

pub use consent::{
    Decision, Entering, EnteringDecision, decision, entering, file, name, remember, remember_scripts, seen,
};
pub use git::indexes;
pub use looked_at::files;

/// The environment that is to be used.
pub struct Candidate<'a> {
    pub prefix: &'a Path,
    /// Scripts that a shell would source.
    pub scripts: &'a [OsText],
}

/// Why an environment is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Only this user or root could have made it.
    Own,
    /// The user said so.
    Allowed,
}

/// Whether the environment may be used without a record.
pub fn check(caller: &Caller, layout: &Layout, candidate: &Candidate<'_>) -> Result<Basis, Failure> {
    match decision(caller, layout) {
        Some(Decision::Allowed) => return Ok(Basis::Allowed),
        Some(Decision::Denied) => return Err(refused(layout, candidate, "`pyve deny` was typed for this project")),
        None => {}
    }
    if let Some(script) = candidate.scripts.first() {
        let shown = layout.show(&script.path());
        return Err(refused(layout, candidate, &format!("a shell would source its activation script `{shown}`")));
    }
    found(caller, layout, candidate.prefix).map_err(|why| refused(layout, candidate, &why))?;
    Ok(Basis::Own)
}

/// The same for one that `init` is to keep: for its scripts, which are shown, `consent` stands for `pyve allow`.
pub fn check_kept(
    caller: &Caller,
    layout: &Layout,
    candidate: &Candidate<'_>,
    consent: impl FnOnce(&str) -> bool,
) -> Result<(), Failure> {
    let basis = check(caller, layout, &Candidate { prefix: candidate.prefix, scripts: &[] })?;
    match candidate.scripts.first() {
        Some(script) if basis == Basis::Own && !consent(&layout.show(&script.path())) => {
            check(caller, layout, candidate).map(drop)
        }
        _ => Ok(()),
    }
}

/// What was found that speaks against it, as half a sentence.
fn found(caller: &Caller, layout: &Layout, prefix: &Path) -> Result<(), String> {
    let root = layout.root().canonicalize().map_err(|error| crate::failure::reason(&error))?;
    let real = prefix.canonicalize().map_err(|error| crate::failure::reason(&error))?;
    if real == root || !real.starts_with(&root) {
        return Err(format!("it lies at `{}`, outside of the project", real.display()));
    }
    let programs: Vec<PathBuf> = ["bin", "Scripts"].iter().map(|name| real.join(name)).collect();
    for place in programs.iter().filter(|place| place.exists()).map(PathBuf::as_path).chain(real.ancestors()) {
        owner::check(place)?;
    }
    git::check(caller, &real)
}

fn refused(layout: &Layout, candidate: &Candidate<'_>, why: &str) -> Failure {
    Failure::new(format!("the environment at `{}` is not trusted: {why}", layout.show(candidate.prefix)))
        .detail("this user's pyve has no record of it")
        .detail(format!("project: {}", layout.root().display()))
        .remedy("look at it, then allow it")
        .command(["pyve", "allow"])
}
