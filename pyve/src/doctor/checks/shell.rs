//! The shell that pyve was started from: which environment is active in it, and whose programs come first.

use std::path::{Path, PathBuf};

use pyve_plugin_api::Launch;

use crate::doctor::check::Check;
use crate::doctor::context::Context;
use crate::process::is_program;

const SUBJECT: &str = "Shell";

pub fn checks(context: &Context) -> Vec<Check> {
    let Some(record) = context.record() else { return Vec::new() };
    let Some(kept) = &record.launch else { return Vec::new() };
    let prefix = record.recorded.prefix.path();
    let mut checks: Vec<Check> = outer(context, &kept.launch, &prefix).into_iter().collect();
    checks.extend(hidden(context, &kept.launch, &record.recorded.interpreter.path()));
    checks
}

/// An environment of somebody else's that is active. `pyve run` leaves it; what is typed here by itself does not.
fn outer(context: &Context, launch: &Launch, prefix: &Path) -> Option<Check> {
    let nesting = launch.nesting.as_ref().into_option().map(|nesting| nesting.prefix.as_str());
    let names = launch.deactivate.iter().map(|name| name.as_str()).chain(nesting);
    let caller = &context.session.caller;
    let active = |name: &str| caller.nonempty(name).map(PathBuf::from).filter(|path| path != prefix);
    let (name, path) = names.into_iter().find_map(|name| Some((name.to_owned(), active(name)?)))?;
    let detail = format!("{name} is {}: another environment is active in this shell", path.display());
    let check = Check::warning("pyve.outer-environment", SUBJECT, detail);
    Some(check.hint(format!("deactivate it, or open another shell (`pyve run` is not touched by {name})")))
}

/// The environment is entered, but a folder in front of its own has another interpreter: a shim, as a rule.
fn hidden(context: &Context, launch: &Launch, interpreter: &Path) -> Option<Check> {
    let own: Vec<PathBuf> = launch.path.iter().map(|entry| entry.directory.path().into_owned()).collect();
    let path = context.session.caller.path();
    let name = interpreter.file_name()?;
    let first = path.iter().position(|folder| own.contains(folder))?;
    let Some(other) = path[..first].iter().map(|folder| folder.join(name)).find(|program| is_program(program)) else {
        return Some(Check::ok("pyve.path", SUBJECT, "the environment's programs come first on PATH"));
    };
    let detail = format!("PATH: {} comes before the environment's own programs", other.display());
    let check = Check::warning("pyve.path-shadowed", SUBJECT, detail);
    Some(check.hint("in the shell's start-up file, put the line of direnv behind those that change PATH"))
}
