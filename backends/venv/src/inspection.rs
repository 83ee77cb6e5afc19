//! The answer to "what stands there?": every virtual environment of the project, told by its files.

use std::path::{Path, PathBuf};

use pyve_plugin_api::{ExistingEnvironment, Inspection, Request, Result};

use crate::create::name;
use crate::environment::{Environment, Sight, look};
use crate::fault::Fault;
use crate::pyvenv_cfg;
use crate::{directory, layout};

/// Where environments of other names are.
const NAMED: &str = ".pyve/envs";

pub fn of(request: &Request) -> Result<Inspection> {
    let meant = directory::prefix(request)?;
    let project = request.project();
    let request = Request { recorded: Default::default(), ..request.clone() };
    let mut prefixes = vec![meant.clone()];
    for prefix in environments_in(&project).into_iter().chain(environments_in(&project.join(NAMED))) {
        if prefix != meant {
            prefixes.push(prefix);
        }
    }
    let standing = prefixes.iter().filter_map(|prefix| match look(prefix, &request) {
        Sight::Environment(environment) => Some(standing(&environment, &request)),
        Sight::Absent | Sight::Foreign(_) | Sight::Beginnings => None,
    });
    Ok(standing.fold(Inspection::at(meant), Inspection::environment))
}

/// The folders of `folder` that say they are virtual environments, in the order of their names.
fn environments_in(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path());
    let mut found: Vec<PathBuf> = folders.filter(|folder| folder.join(pyvenv_cfg::NAME).is_file()).collect();
    found.sort();
    found
}

fn standing(environment: &Environment, request: &Request) -> ExistingEnvironment {
    let standing = ExistingEnvironment::new(&name(&request.project()), &environment.prefix)
        .interpreter(layout::interpreter(&environment.prefix));
    let standing = match environment.made_elsewhere() {
        Some(folder) => standing.moved_from(folder),
        None => standing,
    };
    match Fault::of(environment, request) {
        Some(fault) if !fault.runs() => standing.broken(&fault.words()),
        _ => standing.detail(&format!("made with Python {}", environment.version())),
    }
}
