//! The answer to "what stands there?": every virtual environment of the project, told by its files.

use std::path::{Path, PathBuf};

use pyve_formats::pyvenv_cfg;
use pyve_plugin_api::{ExistingEnvironment, Inspection, Request, Result};

use crate::create::name;
use crate::environment::{Environment, Sight, look};
use crate::fault::Fault;
use crate::{layout, prefix};

/// Where environments of other names are.
const NAMED: &str = ".pyve/envs";

pub fn environments(request: &Request) -> Result<Inspection> {
    let requested = prefix::prefix(request)?;
    let project = request.project();
    let request = Request { recorded: Default::default(), ..request.clone() };
    let mut prefixes = vec![requested.clone()];
    for prefix in environments_in(&project).into_iter().chain(environments_in(&project.join(NAMED))) {
        if prefix != requested {
            prefixes.push(prefix);
        }
    }
    let existing = prefixes.iter().filter_map(|prefix| match look(prefix, &request) {
        Sight::Environment(environment) => Some(existing(&environment, &request)),
        Sight::Absent | Sight::Foreign(_) | Sight::Beginnings => None,
    });
    Ok(existing.fold(Inspection::at(requested), Inspection::environment))
}

/// The folders of `folder` that say they are virtual environments, in the order of their names.
fn environments_in(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path());
    let mut found: Vec<PathBuf> = folders.filter(|folder| folder.join(pyvenv_cfg::NAME).is_file()).collect();
    found.sort();
    found
}

fn existing(environment: &Environment, request: &Request) -> ExistingEnvironment {
    let existing = ExistingEnvironment::new(&name(&request.project()), &environment.prefix)
        .interpreter(layout::interpreter(&environment.prefix));
    let existing = match environment.made_elsewhere() {
        Some(folder) => existing.moved_from(folder),
        None => existing,
    };
    match Fault::of(environment, request) {
        Some(fault) if !fault.runs() => existing.broken(&fault.words()),
        _ => existing.detail(&format!("made with Python {}", environment.version())),
    }
}
