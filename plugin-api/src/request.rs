//! What the host tells a backend with every question but `detect`.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use abi_stable::StableAbi;
use abi_stable::std_types::{ROption, RString, RVec};
use serde::{Deserialize, Serialize};

use crate::creation::Spec;
use crate::extension::Extension;
use crate::open_enum::open_enum;
use crate::os_text::OsText;
use crate::tool::Tool;

/// The environment that is meant where none is named.
const DEFAULT_ENVIRONMENT: &str = "default";

/// A setting of the backend's section as it holds for this question.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingValue {
    /// The key.
    pub key: RString,
    /// One text; several for a list; `true` or `false` for a bool.
    pub values: RVec<RString>,
    /// Who said so: `--env-name`, `.pyve/config:4`.
    pub origin: RString,
    /// Whether a flag said so for an earlier `init`, and nobody says it now: see [`Setting::remembered`](crate::Setting::remembered).
    #[serde(default, skip_serializing_if = "is_false")]
    pub remembered: bool,
    /// Room to grow within API 1.
    #[serde(default, skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl SettingValue {
    /// The values of `key`, and who said them.
    pub fn new<T: AsRef<str>>(key: &str, values: impl IntoIterator<Item = T>, origin: &str) -> Self {
        let values = values.into_iter().map(|value| RString::from(value.as_ref())).collect();
        Self { key: key.into(), values, origin: origin.into(), ..Self::default() }
    }
}

/// The Python that was asked for.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PythonRequest {
    /// A version (`3.12`, `3.12.4`) or a PEP 440 constraint (`>=3.11`), already trimmed, not yet parsed.
    pub version: RString,
    /// Who said so: `--python-version`, `.pyve/config:7`.
    pub origin: RString,
    /// Whether it was said on the command line, and so is to be pinned.
    pub explicit: bool,
    /// Room to grow within API 1.
    #[serde(default, skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl PythonRequest {
    /// A version, and who asks for it.
    pub fn new(version: &str, origin: &str) -> Self {
        Self { version: version.into(), origin: origin.into(), ..Self::default() }
    }

    /// Says that it was said on the command line.
    pub fn explicit(mut self) -> Self {
        self.explicit = true;
        self
    }
}

open_enum! {
    /// Where a tool may be put: what `--bootstrap-to` takes.
    Scope {
        /// Into the project, for all who work in it: `.pyve/bin`.
        PROJECT = 1, "project";
        /// Into pyve's own directory, for all projects of the user: `~/.pyve/bin`.
        USER = 2, "user";
    }
}

/// What the host recorded of the environment when it was created.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recorded {
    /// Where it is.
    pub prefix: OsText,
    /// The name shown for it.
    pub name: RString,
    /// The tool that created it.
    pub tool: Tool,
    /// The interpreter inside; empty if there is none.
    pub interpreter: OsText,
    /// The files it was created from, as they were.
    pub specs: RVec<Spec>,
    /// The settings that it was created with, as they were said then; those that were not said are absent.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub settings: RVec<SettingValue>,
    /// Whether it was finished: `false` for one whose creation was interrupted.
    pub ready: bool,
    /// [`crate::Creation::extension`] as it was.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
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
    /// Where an environment with a name is put, and the default one that is beside another backend's:
    /// [`Request::environment_dir`]. Empty where the backend's own place is free.
    pub environment_dir: OsText,
    /// The directory of pyve itself (`~/.pyve`), absolute; empty for a user without a home directory.
    pub home: OsText,
    /// The settings that were said; those that were not are absent.
    pub settings: RVec<SettingValue>,
    /// The Python that was asked for by flag or config, if any.
    pub python: ROption<PythonRequest>,
    /// The environment as it was recorded, if it was.
    pub recorded: ROption<Recorded>,
    /// Whether what is doubtful (a stale or missing lock) is an error: `--strict`.
    pub strict: bool,
    /// Whether nothing may be fetched: `--offline`. A backend says so to every program that its steps start.
    pub offline: bool,
    /// Whether what is installed and not locked is removed with the dependencies' installation: `--prune`.
    #[serde(skip_serializing_if = "is_false")]
    pub prune: bool,
    /// Whether the answer to `requirements` has the versions of the lock file in place of those that are declared:
    /// `pyve migrate --from-lock`. It then says [which file](crate::Requirements::lock) that is.
    #[serde(skip_serializing_if = "is_false")]
    pub from_lock: bool,
    /// Where tools for this project are put: [`Request::tools_dir`].
    pub project_tools: OsText,
    /// Where tools for all projects of the user are put; empty for a user without a home directory.
    pub user_tools: OsText,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Recorded {
    /// The setting as it was said when the environment was created.
    pub fn setting(&self, key: &str) -> Option<&SettingValue> {
        self.settings.iter().find(|value| value.key == key)
    }
}

impl Request {
    /// A question about the project at `project`, an absolute path. Without a `home` there is no directory of pyve itself.
    pub fn new(project: impl Into<OsText>, home: impl Into<OsText>) -> Self {
        let (project, home): (OsText, OsText) = (project.into(), home.into());
        let user_tools = if home.is_empty() { OsText::new() } else { home.path().join("bin").into() };
        let project_tools = project.path().join(".pyve").join("bin").into();
        Self { project, home, environment: DEFAULT_ENVIRONMENT.into(), project_tools, user_tools, ..Self::default() }
    }

    /// Adds a setting.
    pub fn with_setting<T: AsRef<str>>(mut self, key: &str, values: impl IntoIterator<Item = T>, origin: &str) -> Self {
        self.settings.push(SettingValue::new(key, values, origin));
        self
    }

    /// The project's root.
    pub fn project(&self) -> Cow<'_, Path> {
        self.project.path()
    }

    /// The same question about the environment called `name`, in the directory that pyve has for it.
    pub fn with_environment(mut self, name: &str) -> Self {
        let directory = self.in_project(".pyve").join("envs").join(name);
        self.environment_dir = if name == DEFAULT_ENVIRONMENT { OsText::new() } else { directory.into() };
        self.environment = name.into();
        self
    }

    /// Whether the environment that is meant has a name of its own.
    pub fn is_named(&self) -> bool {
        !self.environment_dir.is_empty() && self.environment != DEFAULT_ENVIRONMENT
    }

    /// Where the environment is put unless a setting says otherwise: below `.pyve/envs` for one with a name, or where another
    /// backend has the usual place; else the backend's own `default`, a path from the project's root. No two environments
    /// of a project share one.
    ///
    /// ```
    /// use pyve_plugin_api::Request;
    /// let usual = Request::new("/p", "/home/.pyve");
    /// assert_eq!(usual.environment_dir(".moss"), std::path::Path::new("/p/.moss"));
    /// let beside = Request { environment_dir: "/p/.pyve/envs/default-moss".into(), ..usual };
    /// assert_eq!(beside.environment_dir(".moss"), std::path::Path::new("/p/.pyve/envs/default-moss"));
    /// assert!(!beside.is_named(), "it is the default one all the same");
    /// ```
    pub fn environment_dir(&self, default: impl AsRef<Path>) -> PathBuf {
        match self.environment_dir.is_empty() {
            true => self.in_project(default),
            false => self.environment_dir.path().into_owned(),
        }
    }

    /// `path` below the project's root; an absolute one stays as it is.
    pub fn in_project(&self, path: impl AsRef<Path>) -> PathBuf {
        self.project().join(path)
    }

    /// The directory of pyve itself. A user without a home directory has none: nothing can be kept for them, and tools are the
    /// project's or on PATH.
    pub fn home(&self) -> Option<Cow<'_, Path>> {
        (!self.home.is_empty()).then(|| self.home.path())
    }

    /// The directory that a tool is put into; `None` where there is none in this scope. It need not exist yet.
    pub fn tools_dir(&self, scope: Scope) -> Option<Cow<'_, Path>> {
        let directory = match scope {
            Scope::PROJECT => &self.project_tools,
            Scope::USER => &self.user_tools,
            _ => return None,
        };
        (!directory.is_empty()).then(|| directory.path())
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
