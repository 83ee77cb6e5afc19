//! The environments that are known of a project: those that its config names, and those that were created.

use super::meant::meant;
use crate::caller::Caller;
use crate::config::Config;
use crate::failure::Failure;
use crate::project::{EnvironmentName, Layout};
use crate::records;
use crate::ui::suggest::nearest;
use pyve_formats::sorted;

/// The default one first, which every project can have, the others by their names.
pub fn known(layout: &Layout, config: &Config) -> Vec<EnvironmentName> {
    let mut names = recorded_or_named(layout, config);
    names.push(EnvironmentName::default());
    sorted(names)
}

/// Those that were created and those that the config names; it names the default one by a `backend` of the whole project.
pub fn recorded_or_named(layout: &Layout, config: &Config) -> Vec<EnvironmentName> {
    let mut names: Vec<EnvironmentName> = records::environments(layout);
    names.extend(config.environments().keys().cloned());
    names.extend(config.backend().map(|_| EnvironmentName::default()));
    names.extend(config.default_env().map(|said| said.value));
    sorted(names)
}

/// The same, first the one that is meant where none is named.
pub fn meant_first(layout: &Layout, config: &Config, caller: &Caller) -> Result<Vec<EnvironmentName>, Failure> {
    let meant = meant(None, caller, layout.root(), config)?.name;
    let mut names = recorded_or_named(layout, config);
    names.retain(|name| *name != meant);
    names.insert(0, meant);
    Ok(names)
}

/// The default one first, the others by their names, each once.
pub fn sorted(mut names: Vec<EnvironmentName>) -> Vec<EnvironmentName> {
    sorted::by_key(&mut names, |name| (!name.is_default(), name.clone()));
    names.dedup();
    names
}

/// Nobody knows an environment of that name.
pub fn unknown(name: &EnvironmentName, known: &[EnvironmentName]) -> Failure {
    let names: Vec<&str> = known.iter().map(|known| &**known).collect();
    let failure =
        Failure::new(format!("environment `{name}` not found")).detail(format!("environments: {}", names.join(", ")));
    match nearest(name, names) {
        Some(near) => failure.remedy(format!("did you mean `--env {near}`?")),
        None => failure.remedy("see all environments").command(["pyve", "envs"]),
    }
}
