//! `.pyve/config`: the settings of a project, each with the line that says it.

mod check;
mod document;
mod flags;
mod host;
mod initial;
mod key_line;
mod link_mode;
mod merge;
mod problem;
mod prompt;
mod schema;
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
use crate::project::Layout;
use check::Check;
use problem::Problem;
use values::Values;

pub use flags::{CommandLine, arguments};
pub use host::{Fallback, HostSetting, SETTINGS, Scope};
pub use initial::{Initial, section_text};
pub use key_line::{update_backend_line, update_version_line};
pub use link_mode::LinkMode;
pub use merge::{RequestParts, merge, python};
pub use problem::{is_unprintable, printable, quoted};
pub use schema::schema;
pub use user::UserConfig;

/// The file as origins and messages name it.
pub const FILE: &str = ".pyve/config";

/// A value and who said it: `.pyve/config:4`, `--backend`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sourced<T> {
    pub value: T,
    pub origin: String,
}

/// The settings of a project; all of them may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    present: bool,
    values: Values,
    sections: BTreeMap<String, Vec<SettingValue>>,
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

    /// What was said of a setting of the host's.
    pub fn said(&self, setting: &HostSetting) -> Option<&Sourced<String>> {
        self.values.get(setting.key)
    }

    /// Which backend was asked for; may be `auto` or one that nobody knows.
    pub fn backend(&self) -> Option<Sourced<String>> {
        self.values.get(host::BACKEND).cloned()
    }

    /// The pyve that the project was last set up with.
    pub fn pyve_version(&self) -> Option<Sourced<String>> {
        self.values.get(host::PYVE_VERSION).cloned()
    }

    /// Which Python was asked for, trimmed, not parsed.
    pub fn python(&self) -> Option<Sourced<String>> {
        self.values.get(host::PYTHON_VERSION).cloned()
    }

    /// How the environment shows in the shell's prompt, with the words in braces still to be filled in; `None` where it
    /// does not.
    pub fn prompt_format(&self) -> Option<&str> {
        let shown = self.values.effective(host::PROMPT_SHOW) == "true";
        shown.then(|| self.values.effective(host::PROMPT_FORMAT))
    }

    /// The settings of a backend that were said, ready for a request.
    pub fn section(&self, id: &str) -> Vec<SettingValue> {
        self.sections.get(id).cloned().unwrap_or_default()
    }
}
