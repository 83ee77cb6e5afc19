//! Scripts whose first line names an interpreter that is not there, and those of packages that name another one than the
//! environment's.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pyve_formats::dist_info::{SitePackages, record};
use pyve_formats::scripts;
use pyve_formats::shebang::Shebang;
use pyve_plugin_api::Finding;

use crate::environment::{Environment, same_folder};
use crate::layout::PROGRAMS;
use crate::rebuild;

/// As many are named; the rest is counted.
const NAMED: usize = 3;

/// With a dead first line the system answers "no such file", and a shell runs the next one on PATH.
pub fn dead(environment: &Environment, installed: Option<&SitePackages>) -> Option<Finding> {
    let folder = environment.prefix.join(PROGRAMS);
    let scripts = scripts::in_folder(&folder);
    // Seldom needed, and each package has a list of its own.
    let listed = OnceCell::new();
    let of_package = |script: &Path| {
        let listed = listed.get_or_init(|| installed.map(programs).unwrap_or_default());
        script.file_name().is_some_and(|name| listed.contains(&*name.to_string_lossy()))
    };
    let is_dead = |(script, shebang): &&(PathBuf, Shebang)| {
        let python = shebang.program();
        is_elsewhere(python, &folder) && (!python.exists() || of_package(script))
    };
    let dead: Vec<_> = scripts.iter().filter(is_dead).collect();
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

/// Whether it is a Python, and not one of the environment's own programs. A script of the user's may name any.
fn is_elsewhere(python: &Path, folder: &Path) -> bool {
    let is_python = python.file_name().is_some_and(|name| name.to_string_lossy().starts_with("py"));
    let belongs = || python.parent().is_some_and(|parent| parent == folder || same_folder(parent, folder));
    is_python && python.is_absolute() && !(python.exists() && belongs())
}

/// The names of the programs that packages brought, by their own lists.
fn programs(installed: &SitePackages) -> BTreeSet<String> {
    let lists = installed.distributions.iter().filter_map(|it| installed.record(it).ok().flatten());
    let names =
        lists.flat_map(|list| record::entries(&list).filter_map(|file| program(&file.path)).collect::<Vec<_>>());
    names.collect()
}

/// `../../../bin/black`
fn program(path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/')?;
    (path.starts_with("../") && folder.ends_with(&format!("/{PROGRAMS}"))).then(|| name.to_owned())
}
