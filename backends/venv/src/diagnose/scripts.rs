//! Scripts whose first line names an interpreter that is not there, or another environment's.

use std::path::Path;

use pyve_formats::scripts;
use pyve_plugin_api::Finding;

use crate::environment::{Environment, same_folder};
use crate::layout::PROGRAMS;
use crate::rebuild;

/// As many are named; the rest is counted.
const NAMED: usize = 3;

/// With a dead first line the system answers "no such file", and a shell runs the next one on PATH.
pub fn dead(environment: &Environment) -> Option<Finding> {
    let folder = environment.prefix.join(PROGRAMS);
    let scripts = scripts::in_folder(&folder);
    let dead: Vec<_> = scripts.iter().filter(|(_, shebang)| is_dead(shebang.program(), &folder)).collect();
    let (_, first) = dead.first()?;
    let first = first.program();
    let names = dead.iter().take(NAMED).filter_map(|(path, _)| path.file_name());
    let names: Vec<_> = names.map(|name| name.to_string_lossy()).collect();
    let more = dead.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let state = if first.exists() { "is not of this environment" } else { "does not exist" };
    let detail =
        format!("{}{rest} in {} run by {}, which {state}", names.join(", "), folder.display(), first.display());
    Some(Finding::error("venv.dead-shebang", "Scripts", &detail).remedy(&rebuild()))
}

/// Whether a Python that scripts name is not there, or none of the environment's own programs.
fn is_dead(python: &Path, folder: &Path) -> bool {
    let is_python = python.file_name().is_some_and(|name| name.to_string_lossy().starts_with("py"));
    let belongs = || python.parent().is_some_and(|parent| parent == folder || same_folder(parent, folder));
    is_python && python.is_absolute() && !(python.exists() && belongs())
}
