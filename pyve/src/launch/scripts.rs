//! The scripts of an environment, before a shell runs any of them.

use std::path::PathBuf;

use pyve_plugin_api::{Launch, OsText, Outer};

use super::prepare::launch_at_hand;
use crate::config::CommandLine;
use crate::context::{Asked, Backends, ProjectContext, Session, Wanted};
use crate::failure::Failure;
use crate::project::{EnvironmentName, Layout};

/// Everything in the folders of the scripts that run when the environment is entered or left, for whichever shell it is, and
/// the files with the variables that its packages and its user have it set.
pub fn scripts(launch: &Launch) -> Vec<PathBuf> {
    let scripts = launch.scripts.iter().map(|script| script.path().into_owned()).collect();
    let leaving = leaving_folders(launch).into_iter().map(|folder| folder.path().into_owned());
    let variables = kinds(launch)
        .flat_map(|(prefix, outer)| outer.variables.iter().map(move |variables| prefix.join(variables.path.path())));
    with_neighbours(scripts, leaving.chain(variables).collect())
}

/// The scripts, everything beside them, and what the others are: files, or folders with everything in them.
fn with_neighbours(scripts: Vec<PathBuf>, others: Vec<PathBuf>) -> Vec<PathBuf> {
    let beside = scripts.iter().filter_map(|script| script.parent()).map(PathBuf::from);
    let (mut folders, files): (Vec<PathBuf>, Vec<PathBuf>) = beside.chain(others).partition(|path| path.is_dir());
    folders.sort();
    folders.dedup();
    let inside = folders.iter().filter_map(|folder| folder.read_dir().ok()).flatten().flatten();
    let files = inside.map(|entry| entry.path()).chain(files).filter(|path| path.is_file());
    let mut all: Vec<PathBuf> = files.chain(scripts).collect();
    all.sort();
    all.dedup();
    all
}

/// The folders with the scripts for leaving the environment.
pub fn leaving_folders(launch: &Launch) -> Vec<OsText> {
    let with_scripts = kinds(launch).filter(|(_, outer)| !outer.scripts.is_empty());
    with_scripts.map(|(prefix, outer)| prefix.join(outer.scripts.path()).into()).collect()
}

/// The kinds of environments that this one can be left as, each with its prefix.
fn kinds(launch: &Launch) -> impl Iterator<Item = (PathBuf, &Outer)> {
    launch.outer.iter().filter_map(|outer| {
        let prefix = launch.env.iter().find(|variable| variable.name == outer.prefix)?;
        Some((prefix.value.path().into_owned(), outer))
    })
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
        None => Ok(with_neighbours(inspected(session, layout, environment)?, Vec::new())),
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
