//! The variables of a command: the caller's, with outer environments left and this one entered.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use pyve_plugin_api::{Launch, Nesting, PathEntry};

use super::sourced::{Effects, Relay};

/// Where programs are looked for in a process without PATH.
const PATH_OF_NOBODY: &str = if cfg!(unix) { "/usr/bin:/bin" } else { "" };

/// Folders that hold much besides an environment which claims them as its prefix.
const SHARED: &[&str] = &["/", "/usr", "/usr/local"];

/// What a command is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inside {
    pub variables: Vec<(OsString, OsString)>,
    /// The folders that the environment put on PATH, first one first.
    pub own: Vec<PathBuf>,
    /// The folders of PATH behind them, those that the environment put there last.
    pub others: Vec<PathBuf>,
    /// What else scripts did to what a command inherits.
    pub relay: Option<Relay>,
}

impl Inside {
    /// Whether the program lies in a folder that the environment put on PATH.
    pub fn owns(&self, program: &Path) -> bool {
        program.parent().is_some_and(|folder| self.own.iter().any(|own| own == folder))
    }

    /// The same once scripts of the environment have changed the variables. What they put on PATH in front of the
    /// environment's folders is the environment's, too.
    pub fn after(self, effects: &Effects) -> Self {
        let mut variables = Variables(self.variables);
        effects.apply(&mut variables);
        let path: Vec<PathBuf> = folders_of(variables.get("PATH")).into_iter().map(PathBuf::from).collect();
        let last = path.iter().rposition(|folder| self.own.contains(folder));
        let (own, others) = path.split_at(last.map_or(0, |last| last + 1));
        let (own, others) = (own.to_vec(), others.to_vec());
        Self { variables: variables.0, own, others, relay: self.relay }.relayed(effects.relay.clone())
    }

    /// The same with what scripts did to what is no variable, after what others did before.
    pub fn relayed(mut self, relay: Option<Relay>) -> Self {
        self.relay = match (self.relay, relay) {
            (Some(before), Some(relay)) => Some(before.then(relay)),
            (before, relay) => before.or(relay),
        };
        self
    }
}

/// Enters the environment of `launch` from the caller's.
pub fn inside(caller: &[(OsString, OsString)], launch: &Launch) -> Inside {
    let mut variables = Variables(caller.to_vec());
    let mut path = folders_of(variables.get("PATH"));
    for name in &launch.deactivate {
        leave(&mut variables, &mut path, name);
    }
    for name in &launch.env_remove {
        variables.remove(name);
    }
    for variable in &launch.env {
        variables.set(&variable.name, &variable.value.os_str());
    }
    if let Some(nesting) = launch.nesting.as_ref().into_option() {
        nest(caller, launch, nesting, &mut variables, &mut path);
    }
    // A launch that sets PATH as a whole means it.
    if launch.env.iter().any(|variable| same_name(OsStr::new(variable.name.as_str()), "PATH")) {
        path = folders_of(variables.get("PATH"));
    }
    let own = folders(caller, &launch.path);
    path.retain(|folder| !own.iter().any(|own| own == Path::new(folder)));
    // What is there already stays where it is.
    for folder in folders(caller, &launch.path_append) {
        let known = own.contains(&folder) || path.iter().any(|known| folder == Path::new(known));
        path.extend((!known).then(|| folder.into_os_string()));
    }
    let whole = joined(own.iter().map(|folder| folder.as_os_str()).chain(path.iter().map(OsString::as_os_str)));
    variables.set("PATH", &whole);
    Inside { variables: variables.0, own, others: path.into_iter().map(PathBuf::from).collect(), relay: None }
}

/// Goes out of the environment whose prefix the variable holds, if the caller is in one.
fn leave(variables: &mut Variables, path: &mut Vec<OsString>, name: &str) {
    if let Some(prefix) = variables.remove(name) {
        drop_folders_of(Path::new(&prefix), variables.get("HOME"), path);
    }
}

/// Takes the folders at or below `prefix` off PATH; `/usr/local` and the like hold more than an environment.
fn drop_folders_of(prefix: &Path, home: Option<&OsStr>, path: &mut Vec<OsString>) {
    let shared = SHARED.iter().any(|folder| prefix == Path::new(folder)) || home.is_some_and(|home| prefix == home);
    if prefix.is_absolute() && !shared {
        path.retain(|folder| !Path::new(folder).starts_with(prefix));
    }
}

/// Counts the level up inside another environment of the kind, and down where the caller came to that one out of this one, as
/// `micromamba run` does; inside the same one nothing changes.
fn nest(
    caller: &[(OsString, OsString)],
    launch: &Launch,
    nesting: &Nesting,
    variables: &mut Variables,
    path: &mut Vec<OsString>,
) {
    let outer = Variables::find(caller, &nesting.prefix).filter(|prefix| !prefix.is_empty());
    let own = launch.env.iter().find(|variable| variable.name == nesting.prefix).map(|variable| &variable.value);
    let (Some(outer), Some(own)) = (outer, own) else { return };
    let level = Variables::find(caller, &nesting.level);
    if Path::new(outer) == own.path() {
        // The launch says the level of one that stands alone.
        if let Some(level) = level {
            variables.set(&nesting.level, level);
        }
        return;
    }
    let level = level.and_then(OsStr::to_str).and_then(|level| level.trim().parse::<u32>().ok());
    let level = level.filter(|level| *level > 0).unwrap_or(1);
    let below = format!("{}_{}", nesting.prefix, level - 1);
    let goes_back = level > 1 && Variables::find(caller, &below).is_some_and(|below| Path::new(below) == own.path());
    let level = if goes_back {
        variables.remove(&below);
        level - 1
    } else {
        variables.set(&format!("{}_{level}", nesting.prefix), outer);
        level.saturating_add(1)
    };
    variables.set(&nesting.level, OsStr::new(&level.to_string()));
    drop_folders_of(Path::new(outer), Variables::find(caller, "HOME"), path);
}

/// The folders that the entries name for this caller.
fn folders(caller: &[(OsString, OsString)], entries: &[PathEntry]) -> Vec<PathBuf> {
    let entries = entries.iter().filter_map(|entry| {
        if entry.variable.is_empty() {
            return Some(entry.directory.path().into_owned());
        }
        let parent = Variables::find(caller, &entry.variable).filter(|parent| !parent.is_empty())?;
        Some(Path::new(parent).join(entry.directory.path()))
    });
    entries.collect()
}

/// The folders of PATH as they are written: an empty one, which means the working folder, stays.
fn folders_of(path: Option<&OsStr>) -> Vec<OsString> {
    let path = path.unwrap_or(OsStr::new(PATH_OF_NOBODY));
    if path.is_empty() {
        return Vec::new();
    }
    std::env::split_paths(path).map(PathBuf::into_os_string).collect()
}

/// Joined as they are: a folder that cannot be in PATH (with a colon in its name) is the caller's own doing.
fn joined<'a>(folders: impl Iterator<Item = &'a OsStr>) -> OsString {
    let separator = if cfg!(windows) { ";" } else { ":" };
    let mut whole = OsString::new();
    for (index, folder) in folders.enumerate() {
        if index > 0 {
            whole.push(separator);
        }
        whole.push(folder);
    }
    whole
}

/// Variables in the caller's order.
pub struct Variables(pub Vec<(OsString, OsString)>);

impl Variables {
    pub fn find<'a>(list: &'a [(OsString, OsString)], name: &str) -> Option<&'a OsStr> {
        list.iter().find(|(key, _)| same_name(key, name)).map(|(_, value)| value.as_os_str())
    }

    pub fn get(&self, name: &str) -> Option<&OsStr> {
        Self::find(&self.0, name)
    }

    pub fn remove(&mut self, name: &str) -> Option<OsString> {
        let place = self.0.iter().position(|(key, _)| same_name(key, name))?;
        let (_, value) = self.0.remove(place);
        // A name may be there twice; the first one counts.
        self.0.retain(|(key, _)| !same_name(key, name));
        Some(value)
    }

    pub fn set(&mut self, name: &str, value: &OsStr) {
        match self.0.iter().position(|(key, _)| same_name(key, name)) {
            Some(place) => {
                self.0[place].1 = value.to_owned();
                let mut index = 0;
                self.0.retain(|(key, _)| {
                    index += 1;
                    index <= place + 1 || !same_name(key, name)
                });
            }
            None => self.0.push((name.into(), value.to_owned())),
        }
    }
}

fn same_name(key: &OsStr, name: &str) -> bool {
    if cfg!(windows) { key.eq_ignore_ascii_case(name) } else { key == name }
}

#[cfg(all(test, unix))]
#[path = "environment_tests.rs"]
mod tests;
