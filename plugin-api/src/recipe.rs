//! Recipes: a label for a menu, and the steps behind it.

use abi_stable::StableAbi;
use abi_stable::std_types::{ROption, RString, RVec};
use serde::{Deserialize, Serialize};

use crate::extension::Extension;
use crate::open_enum::open_enum;
use crate::step::Step;
use crate::tool::Tool;

open_enum! {
    /// What has to be agreed to before the steps of a [`Recipe`] are taken.
    Consent {
        /// `--yes` is enough: nothing is fetched that is not verified.
        CONFIRM = 1, "confirm";
        /// Only the bootstrap flags agree to it without a question.
        BOOTSTRAP = 2, "bootstrap";
        /// The user does it: [`Recipe::instruction`] says how, there are no steps.
        MANUAL = 3, "manual";
    }
}

/// One recipe for a solution: a label for a menu and the steps behind it.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recipe {
    /// A short stable name, the value of `--bootstrap-to`: `project`, `user`.
    pub id: RString,
    /// What a menu shows: `Install to user sandbox: ~/.pyve/bin/tool`.
    pub label: RString,
    /// What is done if it is taken.
    pub steps: RVec<Step>,
    /// What must be agreed to.
    pub consent: Consent,
    /// For [`Consent::MANUAL`]: what to type.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub instruction: RString,
    /// The tool that is there afterwards, so that the rest can be planned before it is.
    #[serde(skip_serializing_if = "ROption::is_none")]
    pub provides: ROption<Tool>,
    /// What is read, for people: `requirements.txt`, `group dev of pyproject.toml`. For
    /// [`Creation::dependencies`](crate::Creation::dependencies).
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub reads: RVec<RString>,
    /// What lies beside it and is not read, each with how it would be: ``extra docs (`--extra docs`)``.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub leaves: RVec<RString>,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Recipe {
    /// A recipe of steps.
    pub fn new(id: &str, label: &str, consent: Consent) -> Self {
        Self { id: id.into(), label: label.into(), consent, ..Self::default() }
    }

    /// A recipe that the user follows by typing `instruction`.
    pub fn manual(id: &str, label: &str, instruction: &str) -> Self {
        Self { instruction: instruction.into(), ..Self::new(id, label, Consent::MANUAL) }
    }

    /// Appends a step.
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Names something that is read.
    pub fn reads(mut self, what: &str) -> Self {
        self.reads.push(what.into());
        self
    }

    /// Names something that is left out, and how it would not be.
    pub fn leaves(mut self, what: &str) -> Self {
        self.leaves.push(what.into());
        self
    }

    /// Says which tool is there afterwards.
    pub fn provides(mut self, tool: Tool) -> Self {
        self.provides = ROption::RSome(tool);
        self
    }
}
