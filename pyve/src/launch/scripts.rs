//! The scripts of an environment, before a shell runs any of them.

use std::path::PathBuf;

use pyve_plugin_api::{Launch, OsText};

use super::prepare::launch_at_hand;
use crate::config::CommandLine;
use crate::context::{Asked, Backends, ProjectContext, Session, Wanted};
use crate::failure::Failure;
use crate::project::{EnvironmentName, Layout};

/// Everything in the folders of the scripts that run when the environment is entered or left, for whichever shell it is.
pub fn scripts(launch: &Launch) -> Vec<PathBuf> {
    let scripts: Vec<PathBuf> = launch.scripts.iter().map(|script| script.path().into_owned()).collect();
    let leaving = leaving_folders(launch);
    let folders = scripts.iter().filter_map(|script| script.parent()).map(PathBuf::from);
    let folders: Vec<PathBuf> = folders.chain(leaving.iter().map(|folder| folder.path().into_owned())).collect();
    let inside = folders.iter().filter_map(|folder| folder.read_dir().ok()).flatten().flatten();
    let files = inside.map(|entry| entry.path()).filter(|path| path.is_file());
    let mut all: Vec<PathBuf> = files.chain(scripts).collect();
    all.sort();
    all.dedup();
    all
}

/// The folders with the scripts for leaving the environment.
pub fn leaving_folders(launch: &Launch) -> Vec<OsText> {
    let kinds = launch.outer.iter().filter(|outer| !outer.scripts.is_empty());
    let folders = kinds.filter_map(|outer| {
        let prefix = launch.env.iter().find(|variable| variable.name == outer.prefix)?;
        Some(prefix.value.path().join(outer.scripts.path()).into())
    });
    folders.collect()
}

/// The scripts that could run while it is found out how commands are started in the environment: none where that is known.
pub fn scripts_to_run(
    session: &Session,
    layout: &Layout,
    environment: &EnvironmentName,
) -> Result<Vec<PathBuf>, Failure> {
    match launch_at_hand(session, layout, environment)? {
        Some(_) => Ok(Vec::new()),
        None => inspected(session, layout, environment),
    }
}

/// The scripts that are there, as far as that can be told without running any.
pub fn scripts_standing(
    session: &Session,
    layout: &Layout,
    environment: &EnvironmentName,
) -> Result<Vec<PathBuf>, Failure> {
    match launch_at_hand(session, layout, environment)? {
        Some(launch) => Ok(scripts(&launch)),
        None => inspected(session, layout, environment),
    }
}

/// Those that the backend sees: it is asked what stands, and runs nothing for that.
fn inspected(session: &Session, layout: &Layout, environment: &EnvironmentName) -> Result<Vec<PathBuf>, Failure> {
    let wanted = Wanted { environment: Some(environment), ..Wanted::default() };
    let choice = ProjectContext::in_project(session, Backends::known(session)?, layout.clone(), wanted)?;
    let recorded = choice.record()?.mine().map(|record| record.recorded);
    let prefix = recorded.as_ref().map(|recorded| recorded.prefix.clone());
    let asked = Asked { line: &CommandLine::default(), python: None, recorded, strict: false };
    let inspection = choice.backend.inspect(&choice.request(session, asked)?, &session.hosting(layout))?;
    let meant = prefix.as_ref().unwrap_or(&inspection.prefix);
    let environment = inspection.environments.iter().find(|environment| environment.prefix == *meant);
    let scripts = environment.map(|environment| environment.scripts.clone()).unwrap_or_default();
    Ok(scripts.iter().map(|script| script.path().into_owned()).collect())
}
