//! How commands are started in the environment.

use std::path::Component;

use pyve_plugin_api::{Launch, Outer, PathEntry};

use super::faults::{Faults, shown_path};
use super::{Answer, Subject};

/// What separates the folders of PATH, and so cannot be part of one.
const SEPARATOR: char = if cfg!(windows) { ';' } else { ':' };

impl Answer for Launch {
    fn validate(&self, _: &Subject<'_>, faults: &mut Faults) {
        parts(self, faults);
        faults.unless(!self.inputs.is_empty(), || "`inputs` names nothing that the answer depends on".to_owned());
        self.inputs.iter().for_each(|input| faults.absolute("an input", input));
        if let Some(shell) = self.shell.as_ref().into_option() {
            parts(shell, faults);
        }
    }
}

/// What also the launch of an interactive shell has.
fn parts(launch: &Launch, faults: &mut Faults) {
    let folders = launch.path.iter().chain(&launch.path_append);
    folders.for_each(|entry| folder(entry, faults));
    launch.env.iter().for_each(|variable| faults.variable("`env`", &variable.name));
    for (field, names) in [("`env_remove`", &launch.env_remove), ("`deactivate`", &launch.deactivate)] {
        names.iter().for_each(|name| faults.variable(field, name));
    }
    if let Some(nesting) = launch.nesting.as_ref().into_option() {
        faults.variable("`nesting`", &nesting.level);
        faults.variable("`nesting`", &nesting.prefix);
    }
    faults.argv("`wrapper`", &launch.wrapper);
    launch.scripts.iter().for_each(|script| faults.absolute("a script", script));
    launch.outer.iter().for_each(|outer| left(outer, faults));
    for caution in &launch.cautions {
        faults.unless(!caution.command.is_empty(), || "a caution has no command".to_owned());
        faults.words("the message of a caution", &caution.message);
        faults.remedy("the remedy of a caution", &caution.remedy);
    }
    for command in &launch.own_commands {
        let is_name = !command.name.is_empty() && !command.name.contains(['/', '\\']);
        faults.unless(is_name, || format!("`own_commands` names `{}`, which is no program's name", command.name));
        faults.remedy("the remedy of an own command", &command.remedy);
    }
    faults.remedy("`missing`", &launch.missing);
}

fn left(outer: &Outer, faults: &mut Faults) {
    faults.variable("`outer`", &outer.prefix);
    faults.variable("`outer`", &outer.level);
    let paths = outer.variables.iter().map(|file| &file.path).chain([&outer.scripts]);
    for path in paths {
        let below = path.path().components().all(|part| matches!(part, Component::Normal(_)));
        faults.unless(below, || format!("`outer` names what is not below the prefix: {}", shown_path(&path.path())));
    }
}

fn folder(entry: &PathEntry, faults: &mut Faults) {
    match entry.variable.is_empty() {
        true => faults.absolute("a directory for PATH", &entry.directory),
        false => faults.variable("`path`", &entry.variable),
    }
    let folder = entry.directory.path();
    faults.unless(!folder.to_string_lossy().contains(SEPARATOR), || {
        format!("a directory for PATH contains `{SEPARATOR}`: {}", shown_path(&folder))
    });
}
