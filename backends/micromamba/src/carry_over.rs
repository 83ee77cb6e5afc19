//! What the user put into an environment, for the one that takes its place: pins, variables, scripts, settings.

use pyve_formats::sorted;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pyve_formats::conda_package::PackageFile;
use pyve_formats::match_spec::MatchSpec;
use pyve_formats::read::{self, Limit};
use pyve_plugin_api::{Request, Step};
use serde_json::Value;

use crate::inputs::Inputs;
use crate::installed;
use crate::source::Source;

/// What the solver has to keep to.
const PINNED: &str = "conda-meta/pinned";
/// Variables: those of the environment file, and those that the user set.
const STATE: &str = "conda-meta/state";
/// Settings of micromamba for this environment.
const SETTINGS: [&str; 3] = [".condarc", "condarc", ".mambarc"];
/// Folders in which packages and users have scripts and variables side by side.
const SHARED: [&str; 3] = ["etc/conda/activate.d", "etc/conda/deactivate.d", "etc/conda/env_vars.d"];

/// What is put into the new environment.
#[derive(Default)]
pub struct CarriedOver {
    /// Pins of what is installed, for the solver: its own file is gone before it reads it.
    pub pins: Vec<MatchSpec>,
    /// To be taken once the environment is there.
    pub steps: Vec<Step>,
    /// What cannot be put there, each with the reason.
    pub left: Vec<String>,
}

/// What the recorded environment at `prefix` has besides what its packages and files brought.
pub fn of(request: &Request, source: &Source, prefix: &Path) -> CarriedOver {
    let mut carried = CarriedOver::default();
    let Some(recorded) = request.recorded().filter(|recorded| recorded.ready && *recorded.prefix.path() == *prefix)
    else {
        return carried;
    };
    let Some(packages) = installed::packages(prefix) else { return carried };
    if let Some(bytes) = carried.file(prefix, PINNED) {
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().filter_map(|line| line.split('#').next()).map(str::trim);
        let pins = lines.filter_map(|line| MatchSpec::parse(line).ok());
        let is_installed = |pin: &MatchSpec| packages.iter().any(|package| package.name == pin.name);
        carried.pins = pins.filter(is_installed).collect();
    }
    for file in SETTINGS {
        let _ = carried.file(prefix, file);
    }
    for file in own_files(prefix, &packages) {
        let _ = carried.file(prefix, &file);
    }
    carried.steps.extend(variables(prefix, source, Inputs::recorded(recorded).as_ref()));
    carried
}

impl CarriedOver {
    /// The file that the pins were read from as messages name it; none where there are no pins.
    pub fn pins_file(&self, request: &Request, prefix: &Path) -> Option<String> {
        let file = prefix.strip_prefix(request.project()).unwrap_or(prefix).join(PINNED);
        (!self.pins.is_empty()).then(|| file.display().to_string())
    }

    /// Takes a file as it is; its bytes where there is one.
    fn file(&mut self, prefix: &Path, file: &str) -> Option<Vec<u8>> {
        let path = prefix.join(file);
        match read::bytes_no_follow(&path, Limit::SCRIPT) {
            Ok(bytes) => {
                let bytes = bytes?;
                self.steps.push(Step::write_file(&format!("Carry over {file}"), path, &bytes));
                Some(bytes)
            }
            Err(error) => {
                self.left.push(format!("{}: {}", path.display(), error.reason()));
                None
            }
        }
    }
}

/// The files in the shared folders that no package brought, relative to the prefix.
fn own_files(prefix: &Path, packages: &[PackageFile]) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    for folder in SHARED {
        let entries = prefix.join(folder).read_dir().into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        files.extend(names.map(|name| format!("{folder}/{name}")));
    }
    // Most packages call a script by their own name, and then few descriptions have to be read.
    let (likely, others): (Vec<_>, Vec<_>) =
        packages.iter().partition(|package| files.iter().any(|file| file.contains(&package.name)));
    for package in likely.into_iter().chain(others) {
        if files.is_empty() {
            break;
        }
        // Its list of files is looked through, not parsed: of some packages it has megabytes.
        let description = read::bytes(installed::description(package, prefix), Limit::METADATA).ok().flatten();
        let text = String::from_utf8_lossy(description.as_deref().unwrap_or_default());
        for (at, _) in text.match_indices("\"etc/conda/") {
            let brought = text[at + 1..].split('"').next().unwrap_or_default();
            files.remove(brought);
        }
    }
    files
}

/// The variables that the user set, beside those that the environment file has now.
fn variables(prefix: &Path, source: &Source, then: Option<&Inputs>) -> Option<Step> {
    let stood = env_vars(prefix)?;
    let upper = |variables: &BTreeMap<String, String>| -> BTreeMap<String, Value> {
        variables.iter().map(|(name, value)| (name.to_uppercase(), value.as_str().into())).collect()
    };
    // micromamba reads variables from an environment file only.
    let of_file = source.environment.as_ref().filter(|_| source.lock.is_none());
    let now = of_file.map(|environment| upper(&environment.content.variables)).unwrap_or_default();
    let then = then.map(|then| upper(&then.variables)).unwrap_or_default();
    // What the file said is the file's to change; where it says the same as then, the user's own value stands.
    let is_own =
        |(name, value): &(&String, &Value)| then.get(*name) != Some(value) && now.get(*name) == then.get(*name);
    let own: BTreeMap<&String, &Value> = sorted::map(stood.iter().filter(is_own));
    if own.is_empty() {
        return None;
    }
    let names = own.keys().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
    let all: BTreeMap<&String, &Value> = sorted::map(now.iter().chain(own));
    let state = serde_json::json!({ "env_vars": all });
    Some(Step::write_file(&format!("Carry over {names} of {STATE}"), prefix.join(STATE), state.to_string()))
}

fn env_vars(prefix: &Path) -> Option<BTreeMap<String, Value>> {
    let bytes = read::bytes_no_follow(prefix.join(STATE), Limit::SETTINGS).ok()??;
    let state: Value = pyve_formats::json::read(&bytes).ok()?;
    let variables = state.get("env_vars")?.as_object()?;
    Some(variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
}
