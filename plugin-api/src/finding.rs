//! The answer to "what is wrong?".

use abi_stable::StableAbi;
use abi_stable::std_types::{RString, RVec};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::command::Command;
use crate::open_enum::open_enum;
use crate::os_text::OsText;
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

/// One thing that was checked.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Finding {
    /// A stable name, `<backend>.<what>`: `venv.interpreter-missing`. Scripts rely on it.
    pub id: RString,
    /// How bad it is.
    pub status: Status,
    /// What was checked, as a title: `Python`.
    pub subject: RString,
    /// What was seen: `3.12.4`, `its interpreter /usr/bin/python3.11 is gone`.
    pub detail: RString,
    /// The command that mends it, as one would type it; empty if there is nothing to mend.
    pub remedy: RVec<OsText>,
    /// What `doctor --fix` may do by itself; empty means it may not.
    pub fix: RVec<Step>,
    /// Room to grow within API 1: a JSON object, or empty. A host passes over keys that it does not know.
    ///
    /// - `asked`: true where the steps of a [`Creation`](crate::Creation) ask about it
    ///   ([`StepKind::CONFIRM`](crate::StepKind)): `init` does not tell it again.
    /// - `hint`: what [`hint`](Self::hint) was given.
    pub extension: RString,
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

    /// The command that mends it.
    pub fn remedy(mut self, command: &Command) -> Self {
        self.remedy = command.argv().cloned().collect();
        self
    }

    /// The edit that mends it, in words, where no command does: `remove line 3 of environment.yml`.
    ///
    /// Hosts that know of no hints show none.
    pub fn hint(mut self, edit: &str) -> Self {
        let mut growth: Map<String, Value> = serde_json::from_str(&self.extension).unwrap_or_default();
        growth.insert("hint".to_owned(), edit.into());
        self.extension = Value::Object(growth).to_string().into();
        self
    }

    /// The edit that [`hint`](Self::hint) was given, if any.
    pub fn hint_text(&self) -> Option<String> {
        let growth: Map<String, Value> = serde_json::from_str(&self.extension).ok()?;
        growth.get("hint")?.as_str().map(str::to_owned)
    }

    /// A step that `doctor --fix` may take.
    pub fn fix(mut self, step: Step) -> Self {
        self.fix.push(step);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Finding;

    #[test]
    fn a_hint_leaves_the_rest_of_the_extension() {
        let finding = Finding { extension: r#"{"asked":true}"#.into(), ..Finding::default() }.hint("edit \"it\"");
        assert_eq!(finding.hint_text().as_deref(), Some("edit \"it\""));
        assert!(finding.extension.contains(r#""asked":true"#));
        assert_eq!(Finding::default().hint_text(), None);
    }
}
