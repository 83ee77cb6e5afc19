//! What a command inherits, besides variables, from the shell that sourced its scripts: the file mode mask, limits, and
//! signals that are ignored.
//!
//! pyve hands variables on by itself. For the rest the command is started through one more shell, which does the same to
//! itself and then becomes the command.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::shell::Shell;

/// Defines a function that prints the commands which lead to what there is now, in any POSIX shell; whatever functions
/// the scripts define, the commands are the shell's own.
pub const STATE: &str = r#"
__pyve_state() {
    command printf 'umask '
    command umask
    for __pyve_kind in S H; do
        for __pyve_limit in c d e f i l m n q r s t u v x; do
            command printf 'ulimit -%s -%s ' "$__pyve_kind" "$__pyve_limit"
            command ulimit "-$__pyve_kind" "-$__pyve_limit" || command echo
        done
    done 2>/dev/null
    command trap
    unset __pyve_kind __pyve_limit
}
"#;

/// A shell that becomes a command after these commands of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    shell: Shell,
    commands: Vec<String>,
}

impl Relay {
    /// What it takes to come from one state to the other; `None` where they are the same.
    pub fn between(shell: &Shell, before: &[u8], after: &[u8]) -> Option<Self> {
        let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(after));
        let before: Vec<&str> = before.lines().collect();
        let changed = after.lines().filter(|line| !before.contains(line) && is_command(line));
        let mut commands: Vec<String> = changed.map(str::to_owned).collect();
        // A new soft limit may be above the old hard one, and a new hard one below the old soft one.
        let soft = commands.iter().filter(|command| command.starts_with("ulimit -S ")).cloned();
        commands.extend(soft.collect::<Vec<_>>());
        (!commands.is_empty()).then(|| Self { shell: shell.clone(), commands })
    }

    /// This, and after it what the other one does.
    pub fn then(mut self, other: Self) -> Self {
        self.commands.extend(other.commands);
        self
    }

    /// The shell, and the arguments with which it becomes `program` called `name`; those of the program follow.
    pub fn to(&self, program: &Path, name: &OsStr) -> (PathBuf, Vec<OsString>) {
        let (shell, options, becomes) = match &self.shell {
            Shell::Bash(shell) => (shell, Shell::BASH_OPTIONS, r#"exec -a "$0" "$@""#),
            Shell::Sh(shell, _) => (shell, [].as_slice(), r#"exec "$@""#),
        };
        let script = format!("{{\n{}\n}} 2>/dev/null\n{becomes}", self.commands.join("\n"));
        let mut words: Vec<OsString> = options.iter().map(OsString::from).collect();
        words.extend(["-c".into(), script.into(), name.into(), program.into()]);
        (shell.clone(), words)
    }
}

/// Whether the line is one of those that [`STATE`] prints: part of a trap of several lines may look like anything.
fn is_command(line: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_letter = |text: &str| text.len() == 2 && text.starts_with('-') && text.as_bytes()[1].is_ascii_lowercase();
    let is_signal = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-_".contains(&byte))
    };
    match *line.split(' ').collect::<Vec<_>>() {
        ["umask", mask] => is_number(mask),
        ["ulimit", "-S" | "-H", limit, value] => is_letter(limit) && (value == "unlimited" || is_number(value)),
        ["trap", "--", "''", signal] => is_signal(signal),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(before: &str, after: &str) -> Option<Vec<String>> {
        let shell = Shell::Bash("/bin/bash".into());
        Relay::between(&shell, before.as_bytes(), after.as_bytes()).map(|relay| relay.commands)
    }

    #[test]
    fn what_changed_is_done_again() {
        let before = "umask 0022\nulimit -S -s 8192\nulimit -S -x \nulimit -H -s unlimited\ntrap -- '' SIGPIPE\n";
        assert_eq!(commands(before, before), None);
        let after =
            "umask 0002\nulimit -S -s 512\nulimit -S -x \nulimit -H -s 1024\ntrap -- '' SIGPIPE\ntrap -- '' HUP\n";
        let all = ["umask 0002", "ulimit -S -s 512", "ulimit -H -s 1024", "trap -- '' HUP", "ulimit -S -s 512"];
        assert_eq!(commands(before, after).unwrap(), all);
    }

    #[test]
    fn only_what_is_meant_becomes_a_command() {
        for other in [
            "umask 0002; id",
            "umask $(id)",
            "ulimit -S -s $(id)",
            "ulimit -S -ss 1",
            "ulimit -S -s ",
            "trap -- 'echo a' EXIT",
            "trap -- '' INT; id",
            "id",
            "",
        ] {
            assert_eq!(commands("umask 0022\n", other), None, "{other}");
        }
    }
}
