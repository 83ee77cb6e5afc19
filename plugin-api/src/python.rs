//! Interpreters: what a backend asks the host for, and what the host found.

use abi_stable::StableAbi;
use abi_stable::std_types::{ROption, RString, RVec};
use serde::{Deserialize, Serialize};

use crate::extension::Extension;
use crate::os_text::OsText;
use crate::recipe::Recipe;
use crate::remedy::Remedy;
use crate::request::{PythonRequest, Request};
use crate::step::Step;
use crate::tool::{Tool, ToolAnswer};

/// Which Python is looked for.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PythonSpec {
    /// What is asked for in so many words; none: what the project's version files say, else whatever the version managers
    /// use by default, else the newest.
    #[serde(skip_serializing_if = "ROption::is_none")]
    pub python: ROption<PythonRequest>,
    /// Whether `requires-python` and the version files of the project count: `.tool-versions`, `.python-version`.
    pub project_files: bool,
    /// Whether nothing may be fetched: then no version manager is asked what it could install.
    #[serde(skip_serializing_if = "is_false")]
    pub offline: bool,
    /// Modules that it must have: `venv`.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub modules: RVec<RString>,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl PythonSpec {
    /// The Python that the project and the user ask for.
    ///
    /// ```
    /// use pyve_plugin_api::{PythonSpec, Request};
    /// let spec = PythonSpec::of(&Request::new("/p", "/home/me/.pyve")).module("venv");
    /// assert!(spec.project_files && spec.python.is_none());
    /// ```
    pub fn of(request: &Request) -> Self {
        Self { python: request.python.clone(), project_files: true, offline: request.offline, ..Self::default() }
    }

    /// A version (`3.12`, `>=3.11`), whatever the project says.
    pub fn version(version: &str, origin: &str) -> Self {
        Self { python: ROption::RSome(PythonRequest::new(version, origin)), ..Self::default() }
    }

    /// Names a module that it must have.
    pub fn module(mut self, name: &str) -> Self {
        self.modules.push(name.into());
        self
    }
}

/// A Python that was started and answered.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Interpreter {
    /// The program itself, absolute: never a shim, never that of a virtual environment.
    pub path: OsText,
    /// Its version: `3.12.4`, `3.13.0rc1`.
    pub version: RString,
    /// Where it was found: `asdf`, `pyenv`, `pyve`, `PATH`, or `path` for a directory that was named.
    pub origin: RString,
    /// How a version file names it: `3.12.4`, `pypy3.10-7.3.15`.
    pub name: RString,
    /// `cpython`, `pypy`.
    pub implementation: RString,
    /// The installation that it belongs to (`sys.base_prefix`).
    pub base_prefix: OsText,
    /// The directory of its standard library; empty where `path` is a script that starts a Python elsewhere.
    pub library: OsText,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Interpreter {
    /// The program at `path`.
    pub fn new(path: impl Into<OsText>, version: &str, origin: &str) -> Self {
        let (path, name) = (path.into(), version.into());
        Self { path, version: version.into(), origin: origin.into(), name, ..Self::default() }
    }

    /// It as the tool of a backend.
    pub fn tool(&self) -> Tool {
        Tool::new(&self.path, &self.version, &self.origin)
    }
}

/// What the search for a Python found: one that fits, or why there is none and the recipes for getting one.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PythonSearch {
    /// The best that fits.
    pub found: ROption<Interpreter>,
    /// If none does: why, as one sentence without a full stop.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub missing: RString,
    /// What was looked at and passed over, a line each.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub seen: RVec<RString>,
    /// Who asked for the version: a file, flag or setting; may be empty.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub required_by: RString,
    /// Recipes for getting one, best first.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub recipes: RVec<Recipe>,
    /// Steps that keep a version that was named on the command line in the project's version files.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub pins: RVec<Step>,
    /// What helps, if no recipe does.
    #[serde(skip_serializing_if = "Remedy::is_none")]
    pub remedy: Remedy,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl PythonSearch {
    /// This one fits.
    pub fn found(interpreter: Interpreter) -> Self {
        Self { found: ROption::RSome(interpreter), ..Self::default() }
    }

    /// None fits.
    pub fn missing(why: &str) -> Self {
        Self { missing: why.into(), ..Self::default() }
    }
}

/// The whole answer of a backend whose tool is a Python.
impl From<PythonSearch> for ToolAnswer {
    fn from(search: PythonSearch) -> Self {
        Self {
            found: search.found.into_option().map(|python| python.tool()).into(),
            missing: search.missing,
            seen: search.seen,
            required_by: search.required_by,
            recipes: search.recipes,
            pins: search.pins,
            remedy: search.remedy,
            ..Self::default()
        }
    }
}
