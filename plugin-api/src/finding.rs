//! The answer to "what is wrong?".

use abi_stable::StableAbi;
use abi_stable::std_types::{RString, RVec};
use serde::{Deserialize, Serialize};

use crate::command::Command;
use crate::extension::Extension;
use crate::open_enum::open_enum;
use crate::remedy::Remedy;
use crate::step::Step;

open_enum! {
    /// How bad a [`Finding`] is.
    Status {
        /// As it should be.
        OK = 1, "ok";
        /// Worth knowing, nothing to do.
        INFO = 2, "info";
        /// Works, but will hurt.
        WARNING = 3, "warning";
        /// Does not work.
        ERROR = 4, "error";
    }
}

open_enum! {
    /// What a [`Finding`] is about, where `init` has to tell it from others. None of these is the usual case.
    FindingKind {
        /// What the steps of a [`Creation`](crate::Creation) ask about ([`StepKind::CONFIRM`](crate::StepKind)): `init` does not
        /// tell again what it asked.
        ASKED = 1, "asked";
        /// The project's dependencies, which are not as its files ask: `init` tells it after it installed them, and of an
        /// environment that it kept; `init --update` installs them.
        DEPENDENCIES = 2, "dependencies";
    }
}

/// One thing that was checked.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Finding {
    /// A stable name, `<backend>.<what>`: `venv.interpreter-missing`. Scripts rely on it.
    pub id: RString,
    /// How bad it is.
    pub status: Status,
    /// What it is about, if `init` has to know.
    #[serde(skip_serializing_if = "FindingKind::is_unset")]
    pub kind: FindingKind,
    /// What was checked, as a title: `Python`.
    pub subject: RString,
    /// What was seen: `3.12.4`, `its interpreter /usr/bin/python3.11 is gone`.
    pub detail: RString,
    /// What fixes it; nothing if there is nothing to fix.
    #[serde(skip_serializing_if = "Remedy::is_none")]
    pub remedy: Remedy,
    /// What `doctor --fix` may do by itself; empty means it may not.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub fix: RVec<Step>,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Finding {
    /// A finding on `subject`.
    pub fn new(id: &str, status: Status, subject: &str, detail: &str) -> Self {
        Self { id: id.into(), status, subject: subject.into(), detail: detail.into(), ..Self::default() }
    }

    /// All is well.
    pub fn ok(id: &str, subject: &str, detail: &str) -> Self {
        Self::new(id, Status::OK, subject, detail)
    }

    /// It works, but will hurt.
    pub fn warning(id: &str, subject: &str, detail: &str) -> Self {
        Self::new(id, Status::WARNING, subject, detail)
    }

    /// It does not work.
    pub fn error(id: &str, subject: &str, detail: &str) -> Self {
        Self::new(id, Status::ERROR, subject, detail)
    }

    /// Says what it is about.
    pub fn kind(mut self, kind: FindingKind) -> Self {
        self.kind = kind;
        self
    }

    /// Names the command that fixes it.
    pub fn remedy(mut self, command: &Command) -> Self {
        self.remedy.command = Remedy::command(command).command;
        self
    }

    /// Says in words what fixes it, where no command does: `remove line 3 of environment.yml`.
    pub fn hint(mut self, text: impl AsRef<str>) -> Self {
        self.remedy.text = text.as_ref().into();
        self
    }

    /// Gives it a remedy that is there already, an error's for example.
    pub fn with_remedy(mut self, remedy: Remedy) -> Self {
        self.remedy = remedy;
        self
    }

    /// What [`Finding::hint`] was given, if anything.
    pub fn hint_text(&self) -> Option<&str> {
        Some(self.remedy.text.as_str()).filter(|text| !text.is_empty())
    }

    /// A step that `doctor --fix` may take.
    pub fn fix(mut self, step: Step) -> Self {
        self.fix.push(step);
        self
    }
}
