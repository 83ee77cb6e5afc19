//! `.pyve/config`: the settings of a project, each with the line that says it.

mod backend_line;
mod check;
mod check_plugins;
mod document;
mod environment_lines;
mod flags;
mod host;
mod initial;
mod key_line;
mod layer;
mod link_mode;
mod merge;
mod needed_plugins;
mod problem;
mod prompt;
mod schema;
mod sourced;
#[cfg(test)]
mod tests;
mod user;
mod value;
mod values;

use std::collections::BTreeMap;
use std::path::Path;

use pyve_formats::read::{self, Limit};
use pyve_plugin_api::{Description, SettingValue};

use crate::failure::Failure;
use crate::project::{EnvironmentName, Layout};
use check::Check;
use layer::Layer;
use problem::Problem;

pub use crate::ui::{is_unprintable, printable};
pub use backend_line::{line_of, switch_backend};
pub use environment_lines::EnvironmentLines;
pub use flags::{CommandLine, arguments};
pub use host::{ENVS, Fallback, HostSetting, SETTINGS, Scope};
pub use initial::{Initial, head, section_text};
pub use key_line::{update_backend_line, update_version_line};
pub use link_mode::LinkMode;
pub use merge::{RequestParts, merge, python};
pub use needed_plugins::{NeededPlugin, PluginSource, TARGET};
pub use problem::quoted;
pub use schema::schema;
pub use sourced::{FILE, Sourced};
pub use user::UserConfig;

/// The settings of a project; all of them may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    present: bool,
    /// What is said for the whole project.
    layer: Layer,
    /// What is said for one environment alone.
    environments: BTreeMap<EnvironmentName, Declared>,
    plugins: Vec<NeededPlugin>,
}

/// An environment that `envs` of the config names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Where it is named: `.pyve/config:7`.
    pub origin: String,
    layer: Layer,
}

/// The environment that the project's file means where none is named; nothing else of it is looked at. What is wrong with
/// the file is told by [`Config::load`].
pub fn default_env(project: &Layout) -> Result<Option<EnvironmentName>, Failure> {
    let Some(bytes) = read::bytes(project.config(), Limit::SETTINGS)? else { return Ok(None) };
    let root = document::read(&bytes).ok().and_then(|(root, _)| root);
    let said = root.as_ref().and_then(|root| root.get(host::DEFAULT_ENV)).and_then(|node| node.text());
    Ok(said.and_then(|text| text.parse().ok()))
}

impl Config {
    /// Reads the project's file; one that is not there says nothing. Sections belong to the `known` backends.
    pub fn load(project: &Layout, known: &[Description]) -> Result<Self, Failure> {
        match read::bytes(project.config(), Limit::SETTINGS)? {
            None => Ok(Self::default()),
            Some(bytes) => {
                let parsed = Self::parse(&bytes, project.root(), known);
                parsed
                    .map(|config| Self { present: true, ..config })
                    .map_err(|problems| problem::failure(FILE, problems))
            }
        }
    }

    /// The settings in the bytes of a file, or everything that is wrong with them.
    fn parse(bytes: &[u8], root_folder: &Path, known: &[Description]) -> Result<Self, Vec<Problem>> {
        let (root, problems) = document::read(bytes)?;
        let mut check = Check::of_project(FILE, root_folder, known);
        check.problems = problems;
        root.iter().for_each(|root| check.document(root));
        if check.problems.is_empty() { Ok(check.config) } else { Err(check.problems) }
    }

    /// Whether there is such a file.
    pub fn is_present(&self) -> bool {
        self.present
    }

    /// The environments that it names, each with what it says of them.
    pub fn environments(&self) -> &BTreeMap<EnvironmentName, Declared> {
        &self.environments
    }

    /// The plugins that the project needs.
    pub fn plugins(&self) -> &[NeededPlugin] {
        &self.plugins
    }

    /// Who asks for the backend of that id, for the whole project or for one environment.
    pub fn asks_for(&self, id: &str) -> Option<&Sourced<String>> {
        let layers = std::iter::once(&self.layer).chain(self.environments.values().map(|declared| &declared.layer));
        layers.filter_map(|layer| layer.values.get(host::BACKEND)).find(|said| said.value == id)
    }

    /// The environment that is meant where none is named.
    pub fn default_env(&self) -> Option<Sourced<EnvironmentName>> {
        let said = self.layer.values.get(host::DEFAULT_ENV)?;
        Some(Sourced { value: said.value.parse().ok()?, origin: said.origin.clone() })
    }

    /// The environment that is meant where none is named.
    pub fn meant(&self) -> EnvironmentName {
        self.default_env().map_or_else(EnvironmentName::default, |said| said.value)
    }

    /// Whether that is another one than this.
    pub fn means_another(&self, name: &EnvironmentName) -> bool {
        self.meant() != *name
    }

    /// The settings that hold for one environment: its own, and those of the whole project that they leave. What a
    /// setting of the `known` backends says of one environment alone is not taken over for one with a name.
    pub fn of_environment(&self, name: &EnvironmentName, known: &[Description]) -> Self {
        let common = if name.is_default() { self.layer.clone() } else { self.layer.shared(known) };
        let layer = match self.environments.get(name) {
            Some(declared) => declared.layer.over(common),
            None => common,
        };
        Self { layer, ..self.clone() }
    }

    /// The backend that was asked for below the name of an environment.
    pub fn backend_of(&self, name: &EnvironmentName) -> Option<Sourced<String>> {
        self.environments.get(name)?.layer.values.get(host::BACKEND).cloned()
    }

    /// What was said of a setting of the host's.
    pub fn said(&self, setting: &HostSetting) -> Option<&Sourced<String>> {
        self.layer.values.get(setting.key)
    }

    /// Which backend was asked for; may be `auto` or one that nobody knows.
    pub fn backend(&self) -> Option<Sourced<String>> {
        self.layer.values.get(host::BACKEND).cloned()
    }

    /// The pyve that the project was last set up with.
    pub fn pyve_version(&self) -> Option<Sourced<String>> {
        self.layer.values.get(host::PYVE_VERSION).cloned()
    }

    /// Which Python was asked for, trimmed, not parsed.
    pub fn python(&self) -> Option<Sourced<String>> {
        self.layer.values.get(host::PYTHON_VERSION).cloned()
    }

    /// Whether commands get the variables of `.env`.
    pub fn dotenv(&self) -> bool {
        self.layer.values.effective(host::RUN_DOTENV) == "true"
    }

    /// How the environment shows in the shell's prompt, with the words in braces still to be filled in; `None` where it
    /// does not.
    pub fn prompt_format(&self) -> Option<&str> {
        let shown = self.layer.values.effective(host::PROMPT_SHOW) == "true";
        shown.then(|| self.layer.values.effective(host::PROMPT_FORMAT))
    }

    /// The settings of a backend that were said, ready for a request.
    pub fn section(&self, id: &str) -> Vec<SettingValue> {
        self.layer.sections.get(id).cloned().unwrap_or_default()
    }
}
