//! Commands that do harm in an environment, as its backend says: the user is warned, and the command runs.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use pyve_plugin_api::{Caution, Launch};

/// What the user has to hear before this command is started.
pub fn caution<'a>(launch: &'a Launch, command: &[OsString]) -> Option<&'a Caution> {
    launch.cautions.iter().find(|caution| begins_with(command, caution))
}

/// A program may be named by its path.
fn begins_with(command: &[OsString], caution: &Caution) -> bool {
    let Some((program, args)) = command.split_first() else { return false };
    let name = Path::new(program).file_name().unwrap_or(program);
    let words = std::iter::once(name).chain(args.iter().map(OsString::as_os_str));
    let same = caution.command.iter().zip(words).all(|(word, said)| OsStr::new(word.as_str()) == said);
    !caution.command.is_empty() && caution.command.len() <= command.len() && same
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_commands_that_begin_with_these_words_are_cautioned_against() {
        let nothing: [&str; 0] = [];
        let launch = Launch::new()
            .caution(Caution::new(["tool", "add"], "it harms").hint("do not"))
            .caution(Caution::new(nothing, "says nothing"));
        let told = |command: &[&str]| {
            let command: Vec<OsString> = command.iter().map(OsString::from).collect();
            caution(&launch, &command).map(|caution| format!("{}; {}", caution.message, caution.remedy))
        };
        assert_eq!(told(&["tool", "add", "x"]).as_deref(), Some("it harms; do not"));
        assert_eq!(told(&["/e/bin/tool", "add"]).as_deref(), Some("it harms; do not"));
        for command in [&["tool"][..], &["tool", "list"], &["tools", "add"], &["x", "tool", "add"], &[]] {
            assert_eq!(told(command), None, "{command:?}");
        }
    }
}
