//! Environments that the caller's shell has activated already, and how one of them is left.

use abi_stable::StableAbi;
use abi_stable::std_types::{RString, RVec};
use serde::{Deserialize, Serialize};

use crate::extension::Extension;
use crate::os_text::OsText;

/// How an environment of one kind is left that the caller's shell has activated: what its own deactivation would undo.
///
/// The host does this before it applies the [`Launch`](crate::Launch), and only where [`Outer::prefix`] names a directory that
/// belongs to this user or root and that nobody else can write to. That the variable goes and the directories of PATH make place
/// is said by [`Launch::deactivate`](crate::Launch::deactivate) or [`Launch::nesting`](crate::Launch::nesting).
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outer {
    /// The caller's variable that holds the prefix: `CONDA_PREFIX`.
    pub prefix: RString,
    /// The caller's variable that counts how many are active, one within the other: `CONDA_SHLVL`. Where it is not at least 1
    /// none is.
    pub level: RString,
    /// What the names begin with in which an activation saved the values that it replaced; the level before it, `_` and the
    /// name follow: `__CONDA_SHLVL_` for `__CONDA_SHLVL_0_GDAL_DATA`. Empty where none are saved.
    pub saved: RString,
    /// The directory below the prefix whose `*.sh` are sourced, the last name first: `etc/conda/deactivate.d`.
    pub scripts: OsText,
    /// Where the variables are named that the activation set.
    pub variables: RVec<VariablesFile>,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

/// A JSON file, or a directory of such, with variables that an activation sets.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VariablesFile {
    /// Below the prefix: `conda-meta/state`; of a directory all files `*.json`.
    pub path: OsText,
    /// The key of the object whose keys are the names; empty where the whole file is that object.
    pub key: RString,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Outer {
    /// An environment of conda's, whichever of its tools activated it.
    pub fn conda() -> Self {
        let file = |path: &str, key: &str| VariablesFile { path: path.into(), key: key.into(), ..Default::default() };
        Self {
            prefix: "CONDA_PREFIX".into(),
            level: "CONDA_SHLVL".into(),
            saved: "__CONDA_SHLVL_".into(),
            scripts: "etc/conda/deactivate.d".into(),
            variables: vec![file("etc/conda/env_vars.d", ""), file("conda-meta/state", "env_vars")].into(),
            extension: Extension::new(),
        }
    }
}
