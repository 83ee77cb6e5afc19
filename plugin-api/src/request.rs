//! What the host tells a backend with every question but `detect`.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use abi_stable::StableAbi;
use abi_stable::std_types::{ROption, RString, RVec};
use serde::{Deserialize, Serialize};

use crate::creation::Spec;
use crate::os_text::OsText;
use crate::tool::Tool;

/// A setting of the backend's section as it holds for this question.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingValue {
    /// The key.
    pub key: RString,
    /// One text; several for a list; `true` or `false` for a bool.
    pub values: RVec<RString>,
    /// Who said so: `--env-name`, `.pyve/config:4`.
    pub origin: RString,
}

/// The Python that was asked for.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PythonRequest {
    /// A version (`3.12`, `3.12.4`) or a PEP 440 constraint (`>=3.11`), already trimmed, not yet parsed.
    pub version: RString,
    /// Who said so: `--python-version`, `.pyve/config:7`.
    pub origin: RString,
    /// Whether it was said on the command line, and so is to be pinned.
    pub explicit: bool,
}

/// What the host recorded of the environment when it was made.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recorded {
    /// Where it is.
    pub prefix: OsText,
    /// The name shown for it.
    pub name: RString,
    /// The tool that made it.
    pub tool: Tool,
    /// The interpreter inside; empty if there is none.
    pub interpreter: OsText,
    /// The files it was made from, as they were.
    pub specs: RVec<Spec>,
    /// Whether it was finished: `false` for one whose making was interrupted.
    pub ready: bool,
    /// [`crate::Creation::extension`] as it was.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub extension: RString,
}

/// One question's circumstances: the project, its settings, and what is known already.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Request {
    /// The project's root, absolute.
    pub project: OsText,
    /// Which of the project's environments is meant; `default` unless the user has several.
    pub environment: RString,
    /// The folder of pyve itself (`~/.pyve`), absolute; empty for a user without a home folder.
    pub home: OsText,
    /// The settings that were said; those that were not are absent.
    pub settings: RVec<SettingValue>,
    /// The Python that was asked for by flag or config, if any.
    pub python: ROption<PythonRequest>,
    /// The environment as it was recorded, if it was.
    pub recorded: ROption<Recorded>,
    /// Whether what is doubtful (a stale or missing lock) is an error: `--strict`.
    pub strict: bool,
    /// Room to grow within API 1: a JSON object, or empty.
    pub extension: RString,
}

impl Request {
    /// A question about the project at `project`, an absolute path.
    pub fn new(project: impl Into<OsText>, home: impl Into<OsText>) -> Self {
        Self { project: project.into(), home: home.into(), environment: "default".into(), ..Self::default() }
    }

    /// Adds a setting.
    pub fn with_setting<T: AsRef<str>>(mut self, key: &str, values: impl IntoIterator<Item = T>, origin: &str) -> Self {
        let values = values.into_iter().map(|value| RString::from(value.as_ref())).collect();
        self.settings.push(SettingValue { key: key.into(), values, origin: origin.into() });
        self
    }

    /// The project's root.
    pub fn project(&self) -> Cow<'_, Path> {
        self.project.path()
    }

    /// `path` below the project's root; an absolute one stays as it is.
    pub fn in_project(&self, path: impl AsRef<Path>) -> PathBuf {
        self.project().join(path)
    }

    /// The folder of pyve itself. A user without a home folder has none: nothing can be kept for them, and tools are the
    /// project's or on PATH.
    pub fn home(&self) -> Option<Cow<'_, Path>> {
        (!self.home.is_empty()).then(|| self.home.path())
    }

    /// The setting and who said it.
    pub fn setting(&self, key: &str) -> Option<&SettingValue> {
        self.settings.iter().find(|given| given.key == key)
    }

    /// The value of a text or path setting.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.setting(key)?.values.first().map(RString::as_str)
    }

    /// The values of a list; empty where it was not said.
    pub fn list(&self, key: &str) -> Vec<&str> {
        self.setting(key).map_or_else(Vec::new, |given| given.values.iter().map(RString::as_str).collect())
    }

    /// The value of a bool; `None` where it was not said.
    pub fn flag(&self, key: &str) -> Option<bool> {
        self.text(key).map(|value| value == "true")
    }

    /// Who said a setting: `--env-name`, `.pyve/config:4`.
    pub fn origin(&self, key: &str) -> Option<&str> {
        self.setting(key).map(|given| given.origin.as_str())
    }

    /// The environment as it was recorded.
    pub fn recorded(&self) -> Option<&Recorded> {
        self.recorded.as_ref().into_option()
    }

    /// The Python that was asked for.
    pub fn python(&self) -> Option<&PythonRequest> {
        self.python.as_ref().into_option()
    }
}
