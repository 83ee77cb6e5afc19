//! How a version that is not there can be installed: by asdf or pyenv, or as a build of pyve's own.

use std::path::Path;
use std::time::Duration;

use pyve_formats::python_version::{Build, VersionRequest};
use pyve_formats::sorted;
use pyve_plugin_api::{Consent, Level, Recipe, Step, Tool};

use crate::builds::{self, PythonBuild};
use crate::layout;
use crate::managers::{Manager, asdf, pyenv};
use crate::search::Search;

use crate::first_line;

/// What one version manager can do, or pyve itself.
#[derive(Default)]
pub struct Offer {
    pub manager: &'static str,
    /// The full version it would install.
    pub version: String,
    pub recipe: Option<Recipe>,
    /// Why it can do nothing.
    pub unavailable: Option<String>,
}

// asdf's plugin may refresh its list from the network first.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// The recipes of all version managers that are here, then pyve's own, for the version asked for first; `offline` only what
/// needs no network can be done. `pyve` is the folder of pyve itself, where there is one.
pub fn offers(search: &Search, pyve: Option<&Path>, offline: bool) -> Vec<Offer> {
    let (spec, text) = first_ask(search);
    let able = search.managers.iter().filter(|manager| manager.program.is_some() && can_be_installed(&spec));
    let by_managers = able.map(|manager| match offline {
        true => unavailable(manager.name, format!("{} needs the network", manager.name)),
        false => offer(search, manager, &spec, &text),
    });
    by_managers.chain(own(search, pyve, offline)).collect()
}

/// What is asked for first, as it was read and as it was written.
fn first_ask(search: &Search) -> (VersionRequest, String) {
    match search.requested.asks.first() {
        Some(ask) => (ask.spec.clone(), ask.text.clone()),
        None => (VersionRequest::Any, String::new()),
    }
}

fn can_be_installed(spec: &VersionRequest) -> bool {
    !matches!(spec, VersionRequest::System | VersionRequest::Folder(_))
}

/// The build of pyve's own for it; none without a folder to put it into.
pub fn own(search: &Search, pyve: Option<&Path>, offline: bool) -> Option<Offer> {
    let (pyve, (spec, _)) = (pyve?, first_ask(search));
    // What has a name only is a version manager's.
    if !can_be_installed(&spec) || matches!(spec, VersionRequest::Named(_)) {
        return None;
    }
    let build = match PythonBuild::meant(&spec, &|version| search.requested.allows(version), search.host) {
        Ok(build) => build,
        Err(why) => return Some(unavailable(builds::ORIGIN, why)),
    };
    if offline && !build.is_local(search.host) {
        return Some(unavailable(
            builds::ORIGIN,
            format!("the download of CPython {} needs the network", build.version),
        ));
    }
    let mut recipe = builds::recipe(&build, pyve);
    let directory = build.directory(pyve);
    // It appears whole, so one that does not work was changed since; it makes place for another.
    let is_damaged = directory.exists() && !build.interpreter(&directory).is_file();
    if is_damaged || search.has_failed_below(&directory) {
        recipe.steps.insert(0, Step::remove_dir("Remove the damaged build", &directory));
    }
    let recipe = Some(recipe);
    Some(Offer { manager: builds::ORIGIN, version: build.version.to_string(), recipe, unavailable: None })
}

fn unavailable(manager: &'static str, why: String) -> Offer {
    Offer { manager, unavailable: Some(why), ..Offer::default() }
}

fn offer(search: &Search, manager: &Manager, spec: &VersionRequest, text: &str) -> Offer {
    let offer = Offer { manager: manager.name, ..Offer::default() };
    let Some(program) = &manager.program else { return offer };
    let version = match full_version(search, manager, spec, text) {
        Ok(version) => version,
        Err(why) => return Offer { unavailable: Some(why), ..offer },
    };
    let interpreter = layout::installed_interpreter(&manager.installs.join(&version));
    let label = format!("Install Python {version} with {}", manager.name);
    let recipe =
        Recipe::new(manager.name, &label, Consent::CONFIRM).provides(Tool::new(interpreter, &version, manager.name));
    let recipe = match manager.name {
        "asdf" => asdf::install(recipe, manager, program, &version),
        _ => pyenv::install(recipe, manager, program, &version),
    };
    Offer { version, recipe: Some(recipe), ..offer }
}

/// The version as it is installed: `3.12` is asked of the manager, `3.12.4` is one already.
fn full_version(search: &Search, manager: &Manager, spec: &VersionRequest, text: &str) -> Result<String, String> {
    let Some(program) = &manager.program else { return Err("its program is not on PATH".to_owned()) };
    let command = match manager.name {
        // asdf has no cheap way to look for one version; its own words are plain if there is none.
        "asdf" if let VersionRequest::Exact(version) = spec => return Ok(version.to_string()),
        "asdf" => asdf::known(spec, text, program).env("ASDF_DATA_DIR", &manager.root),
        _ => pyenv::known(spec, text, program).env("PYENV_ROOT", &manager.root),
    };
    let unknown = || format!("{} does not know it", manager.name);
    let output = search.host.capture(&command.timeout(TIME_LIMIT)).map_err(|error| error.message.to_string())?;
    if !output.success() {
        search.host.log(Level::DEBUG, &format!("{}: {}", manager.name, first_line(&output.error_text())));
        return Err(unknown());
    }
    let answer = output.text();
    let names = answer.split_whitespace();
    if let VersionRequest::Named(name) = spec {
        return names.last().filter(|known| known.starts_with(name)).map(str::to_owned).ok_or_else(unknown);
    }
    let allowed = |build: &Build| search.requested.allows(&build.version) && !build.version.any_prerelease();
    let is_exact = matches!(spec.of_any_build(), VersionRequest::Exact(_));
    let fits = |build: &Build| spec.fits(build) && (is_exact || allowed(build));
    let mut known: Vec<_> = names.filter_map(Build::parse).filter(fits).collect();
    sorted::by(&mut known, Build::best_first);
    // `3.12` alone is not the name of anything that can be installed.
    known.retain(|build| build.version.release().len() >= 3);
    known.first().map(Build::to_string).ok_or_else(unknown)
}
