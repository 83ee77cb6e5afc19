//! What stands: the conda environments of the project, told by their files.

use std::path::{Path, PathBuf};

use pyve_plugin_api::{ExistingEnvironment, Inspection, Request, Result};

use crate::prefix::{self, ENVS};
use crate::{installed, launch, name, origin, source, state};

pub fn environments(request: &Request) -> Result<Inspection> {
    let name = name::of(request, source::environment(request).as_ref())?;
    let meant = prefix::prefix(request, &name)?;
    let mut prefixes = environments_in(&request.in_project(ENVS));
    let meant = match &prefixes[..] {
        // A project of the bash tool's has one, under whatever name was said then.
        [only] if !is_said(request) && !is_environment(&meant) => only.clone(),
        _ => meant,
    };
    if !prefixes.contains(&meant) && is_environment(&meant) {
        prefixes.insert(0, meant.clone());
    }
    Ok(prefixes.iter().map(|prefix| told(prefix)).fold(Inspection::at(meant), Inspection::environment))
}

/// Whether somebody said which environment of several is meant.
fn is_said(request: &Request) -> bool {
    request.text("prefix").is_some() || request.text("env_name").is_some() || request.environment != "default"
}

fn is_environment(prefix: &Path) -> bool {
    prefix.symlink_metadata().is_ok_and(|data| data.is_dir()) && prefix.join("conda-meta").is_dir()
}

fn environments_in(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> = entries.filter(|prefix| is_environment(prefix)).collect();
    found.sort();
    found
}

fn told(prefix: &Path) -> ExistingEnvironment {
    let name = prefix.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut told = ExistingEnvironment::new(&name, prefix);
    let interpreter = installed::interpreter(prefix);
    if interpreter.exists() {
        told = told.interpreter(interpreter);
    }
    for script in launch::scripts(prefix) {
        told = told.script(script);
    }
    if let Some(folder) = origin::elsewhere(prefix) {
        return told.moved_from(folder).broken(&state::moved(prefix).unwrap_or_default());
    }
    match state::incomplete(prefix) {
        Some(why) => told.broken(&why),
        None => told.detail(&state::made_with(&installed::packages(prefix).unwrap_or_default())),
    }
}
