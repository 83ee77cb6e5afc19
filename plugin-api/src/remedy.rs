//! What helps: a command to type, or an edit in words.

use abi_stable::StableAbi;
use abi_stable::std_types::{RString, RVec};
use serde::{Deserialize, Serialize};

use crate::command::Command;
use crate::extension::Extension;
use crate::os_text::OsText;

/// What the user can do about an error, a finding or a missing tool.
///
/// A command is kept as its words, so that pyve can add to its own what the user had typed (`--env`, `-C`) and a program can
/// run it. Only where no command does it is it a text.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remedy {
    /// The command to type, program first; empty where there is none.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub command: RVec<OsText>,
    /// What to do, in words; beside a command only what the command does not say.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub text: RString,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Remedy {
    /// Nothing helps, or nothing has to.
    pub fn none() -> Self {
        Self::default()
    }

    /// A command to type.
    pub fn command(command: &Command) -> Self {
        Self { command: command.argv().cloned().collect(), ..Self::default() }
    }

    /// An edit or another deed, in words.
    pub fn text(text: impl AsRef<str>) -> Self {
        Self { text: text.as_ref().into(), ..Self::default() }
    }

    /// Whether it says nothing.
    pub fn is_none(&self) -> bool {
        self.command.is_empty() && self.text.is_empty()
    }

    /// The command as one types it, without variables and directory; `None` where there is none.
    pub fn typed(&self) -> Option<String> {
        let (program, args) = self.command.split_first()?;
        Some(Command::new(program).args(args).to_string())
    }
}

/// As a sentence: the text, and the command as it is typed in backticks.
impl std::fmt::Display for Remedy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.typed(), self.text.is_empty()) {
            (None, _) => f.write_str(&self.text),
            (Some(command), true) => write!(f, "run `{command}`"),
            (Some(command), false) => write!(f, "{}: `{command}`", self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_is_typed() {
        let remedy = Remedy::command(&Command::new("chmod").args(["u+r", "a b"]));
        assert_eq!((remedy.typed().as_deref(), remedy.is_none()), (Some("chmod u+r 'a b'"), false));
        assert_eq!(remedy.to_string(), "run `chmod u+r 'a b'`");
        let explained = Remedy { text: "let yourself read it".into(), ..remedy };
        assert_eq!(explained.to_string(), "let yourself read it: `chmod u+r 'a b'`");
        assert_eq!(Remedy::text("remove line 3").to_string(), "remove line 3");
        assert!(Remedy::none().is_none() && Remedy::none().typed().is_none());
    }
}
