//! Scripts whose first line names an interpreter that is not there, or another environment's.

use std::path::{Path, PathBuf};

use pyve_formats::read;
use pyve_plugin_api::Finding;

use super::rebuild;
use crate::environment::{Environment, same_folder};
use crate::layout::PROGRAMS;

/// As many are named; the rest is counted.
const NAMED: usize = 3;

/// With a dead first line the system answers "no such file", and a shell runs the next one on PATH.
pub fn dead(environment: &Environment) -> Option<Finding> {
    let folder = environment.prefix.join(PROGRAMS);
    let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let is_dead = |path: &PathBuf| shebang(path).is_some_and(|python| !belongs(&python, &folder));
    let mut dead: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_dead).collect();
    dead.sort();
    let first = shebang(dead.first()?)?;
    let names = dead.iter().take(NAMED).filter_map(|path| path.file_name());
    let names: Vec<_> = names.map(|name| name.to_string_lossy()).collect();
    let more = dead.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let state = if first.exists() { "is not of this environment" } else { "is not there" };
    let detail =
        format!("{}{rest} in {} run by {}, which {state}", names.join(", "), folder.display(), first.display());
    Some(Finding::error("venv.dead-shebang", "Scripts", &detail).remedy(&rebuild()))
}

/// Whether the interpreter is there, and is one of the environment's own programs.
fn belongs(python: &Path, folder: &Path) -> bool {
    python.exists() && python.parent().is_some_and(|parent| parent == folder || same_folder(parent, folder))
}

/// The Python in the first line of a script; pip writes long paths and those with spaces into the second.
fn shebang(script: &Path) -> Option<PathBuf> {
    let start = read::start(script, 1024).ok()??;
    let text = String::from_utf8_lossy(&start);
    let mut lines = text.lines();
    let first = lines.next()?.strip_prefix("#!")?.trim();
    let program = match lines.next().and_then(|line| line.strip_prefix("'''exec' ")) {
        Some(exec) if first == "/bin/sh" => match exec.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next()?,
            None => exec.split_whitespace().next()?,
        },
        _ => first.split_whitespace().next()?,
    };
    let path = PathBuf::from(program);
    let python = path.file_name()?.to_str()?.starts_with("py");
    (python && path.is_absolute()).then_some(path)
}
