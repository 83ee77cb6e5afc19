//! Commands that do harm in an environment, as its backend says: the user is warned, and the command runs.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use pyve_plugin_api::Launch;
use serde::Deserialize;

/// One of `cautions` in [`Launch::extension`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Caution {
    /// The words that the command begins with.
    command: Vec<String>,
    pub message: String,
    #[serde(default)]
    pub remedy: String,
}

#[derive(Deserialize)]
struct Extension {
    #[serde(default)]
    cautions: Vec<Caution>,
}

/// What the user has to hear before this command is started.
pub fn caution(launch: &Launch, command: &[OsString]) -> Option<Caution> {
    if launch.extension.is_empty() {
        return None;
    }
    let extension: Extension = serde_json::from_str(&launch.extension).ok()?;
    extension.cautions.into_iter().find(|caution| caution.is_of(command))
}

impl Caution {
    /// A program may be named by its path.
    fn is_of(&self, command: &[OsString]) -> bool {
        let Some((program, args)) = command.split_first() else { return false };
        let name = Path::new(program).file_name().unwrap_or(program);
        let words = std::iter::once(name).chain(args.iter().map(OsString::as_os_str));
        let same = self.command.iter().zip(words).all(|(word, said)| OsStr::new(word) == said);
        !self.command.is_empty() && self.command.len() <= command.len() && same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cautioned(extension: &str, command: &[&str]) -> Option<String> {
        let launch = Launch { extension: extension.into(), ..Launch::new() };
        let command: Vec<OsString> = command.iter().map(OsString::from).collect();
        caution(&launch, &command).map(|caution| format!("{}; {}", caution.message, caution.remedy))
    }

    #[test]
    fn only_commands_that_begin_with_these_words_are_cautioned_against() {
        let extension = r#"{"cautions": [
            {"command": ["tool", "add"], "message": "it harms", "remedy": "do not"},
            {"command": [], "message": "says nothing"}], "other": 1}"#;
        let told = |command: &[&str]| cautioned(extension, command);
        assert_eq!(told(&["tool", "add", "x"]).as_deref(), Some("it harms; do not"));
        assert_eq!(told(&["/e/bin/tool", "add"]).as_deref(), Some("it harms; do not"));
        for command in [&["tool"][..], &["tool", "list"], &["tools", "add"], &["x", "tool", "add"], &[]] {
            assert_eq!(told(command), None, "{command:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_cautions_against_nothing() {
        for extension in ["", "{}", "no json", r#"{"cautions": 7}"#] {
            assert_eq!(cautioned(extension, &["tool"]), None, "{extension}");
        }
    }
}
