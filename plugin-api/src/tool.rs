//! The answer to "where is your tool?".

use abi_stable::StableAbi;
use abi_stable::std_types::{ROption, RString, RVec};
use serde::{Deserialize, Serialize};

use crate::command::Command;
use crate::extension::Extension;
use crate::os_text::OsText;
use crate::recipe::Recipe;
use crate::remedy::Remedy;
use crate::step::Step;

/// A program that a backend works with: an interpreter, a package manager.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tool {
    /// The program itself, absolute; never a shim that only stands for it.
    pub path: OsText,
    /// The version it says it has: `3.12.4`.
    pub version: RString,
    /// Where it was found, for people: `project`, `user`, `PATH`, `pyenv`.
    pub origin: RString,
    /// Room to grow within API 1. A backend may keep facts of its own in it, under its own id.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Tool {
    /// A tool at `path`.
    pub fn new(path: impl Into<OsText>, version: &str, origin: &str) -> Self {
        Self { path: path.into(), version: version.into(), origin: origin.into(), extension: Extension::new() }
    }
}

/// Found, or missing with the recipes for getting it.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolAnswer {
    /// The tool, if there is one that fits.
    pub found: ROption<Tool>,
    /// If there is none: why, as one sentence without a full stop (`Python 3.9 is not installed`).
    pub missing: RString,
    /// What was looked at and passed over, a line each: `pyenv 3.11.7 (/…/bin/python3.11)`.
    pub seen: RVec<RString>,
    /// What made the tool necessary: a file or setting (`environment.yml`); may be empty.
    pub required_by: RString,
    /// The recipes for getting it, best first. Empty means there is none that the backend knows.
    pub recipes: RVec<Recipe>,
    /// Steps that make the choice last (`.python-version`), taken when the user named a version.
    pub pins: RVec<Step>,
    /// What helps, if no recipe does.
    #[serde(skip_serializing_if = "Remedy::is_none")]
    pub remedy: Remedy,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl ToolAnswer {
    /// The tool is there.
    pub fn found(tool: Tool) -> Self {
        Self { found: ROption::RSome(tool), ..Self::default() }
    }

    /// No tool that fits is there.
    pub fn missing(why: &str) -> Self {
        Self { missing: why.into(), ..Self::default() }
    }

    /// Names a candidate that was passed over.
    pub fn seen(mut self, line: &str) -> Self {
        self.seen.push(line.into());
        self
    }

    /// Names the file or setting that needs the tool.
    pub fn required_by(mut self, what: &str) -> Self {
        self.required_by = what.into();
        self
    }

    /// Offers a recipe for getting it.
    pub fn recipe(mut self, recipe: Recipe) -> Self {
        self.recipes.push(recipe);
        self
    }

    /// Adds a step that makes the choice last.
    pub fn pin(mut self, step: Step) -> Self {
        self.pins.push(step);
        self
    }

    /// Names the command that helps where no recipe is offered.
    pub fn remedy(mut self, command: &Command) -> Self {
        self.remedy.command = Remedy::command(command).command;
        self
    }

    /// Says in words what helps where no recipe is offered.
    pub fn hint(mut self, text: impl AsRef<str>) -> Self {
        self.remedy.text = text.as_ref().into();
        self
    }
}
