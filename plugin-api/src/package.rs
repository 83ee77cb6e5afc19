//! The answers to "what is installed?" and "which environments does the project declare?".

use abi_stable::StableAbi;
use abi_stable::std_types::RString;
use serde::{Deserialize, Serialize};

use crate::extension::Extension;
use crate::os_text::OsText;
use crate::requirement::Ecosystem;

/// A package that is installed in an environment, as its own files tell.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Package {
    /// Its name, as it calls itself.
    pub name: RString,
    /// Its version.
    pub version: RString,
    /// Whose package it is.
    pub ecosystem: Ecosystem,
    /// Who installed it, as far as it tells: `pip`, `uv`, `conda`.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub installer: RString,
    /// Where it came from, if that is told: a channel, a URL, an editable directory.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub source: RString,
    /// The build, for ecosystems that have several of one version: `py312h5eee18b_0`.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub build: RString,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Package {
    /// A package of this name and version.
    pub fn new(ecosystem: Ecosystem, name: &str, version: &str) -> Self {
        Self { name: name.into(), version: version.into(), ecosystem, ..Self::default() }
    }

    /// Says who installed it.
    pub fn installer(mut self, program: &str) -> Self {
        self.installer = program.into();
        self
    }

    /// Says where it came from.
    pub fn source(mut self, source: &str) -> Self {
        self.source = source.into();
        self
    }

    /// Says which build it is.
    pub fn build(mut self, build: &str) -> Self {
        self.build = build.into();
        self
    }
}

/// An environment that the project declares in the backend's own files, whether it is there or not.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeclaredEnvironment {
    /// Its name, as `--env` takes it.
    pub name: RString,
    /// The file that declares it, relative to the project's root.
    pub file: OsText,
    /// The line in it, from 1; 0 means the whole file.
    pub line: u32,
    /// What it is for, if the file says so.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub summary: RString,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl DeclaredEnvironment {
    /// An environment that `file` declares.
    pub fn new(name: &str, file: impl Into<OsText>) -> Self {
        Self { name: name.into(), file: file.into(), ..Self::default() }
    }

    /// Says which line declares it.
    pub fn line(mut self, line: u32) -> Self {
        self.line = line;
        self
    }
}
