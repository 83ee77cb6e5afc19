//! A program to start, as data.

use abi_stable::StableAbi;
use abi_stable::std_types::{RString, RVec};
use serde::{Deserialize, Serialize};

use crate::extension::Extension;
use crate::os_text::OsText;

/// A variable of the environment and its value.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    /// The name, as in `NAME=value`.
    pub name: RString,
    /// The value, taken literally: nothing in it is expanded.
    pub value: OsText,
    /// Room to grow within API 1.
    #[serde(default, skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Variable {
    /// A variable.
    pub fn new(name: &str, value: impl Into<OsText>) -> Self {
        Self { name: name.into(), value: value.into(), extension: Extension::new() }
    }
}

/// A program with its arguments, started directly and never through a shell.
///
/// Reads like [`std::process::Command`]:
///
/// ```
/// use pyve_plugin_api::Command;
/// let command = Command::new("/usr/bin/python3").arg("-m").arg("venv").arg("/tmp/env");
/// assert_eq!(command.to_string(), "/usr/bin/python3 -m venv /tmp/env");
/// ```
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Command {
    /// The program: an absolute path, or a name looked for on PATH.
    pub program: OsText,
    /// The arguments, without the program.
    pub args: RVec<OsText>,
    /// The working directory; empty means the project's root.
    #[serde(skip_serializing_if = "OsText::is_empty")]
    pub current_dir: OsText,
    /// Variables set over what is inherited.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub env: RVec<Variable>,
    /// Variables removed from what is inherited.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub env_remove: RVec<RString>,
    /// Milliseconds after which it is ended; 0 means the host's own limit for the question, if any.
    #[serde(skip_serializing_if = "is_zero")]
    pub timeout: u64,
    /// The files that what it writes depends on, and on nothing else: see [`Command::depends_on`].
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub depends_on: RVec<OsText>,
    /// The SHA-256 of programs that the backend knows, in lower case: see [`Command::pinned`].
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub pinned: RVec<RString>,
    /// The file of the project that names the program, and the line; empty where it was found otherwise.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub named_by: RString,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Command {
    /// A command of `program` without arguments.
    pub fn new(program: impl Into<OsText>) -> Self {
        Self { program: program.into(), ..Self::default() }
    }

    /// Appends one argument.
    pub fn arg(mut self, arg: impl Into<OsText>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Appends several arguments.
    pub fn args<T: Into<OsText>>(mut self, args: impl IntoIterator<Item = T>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Starts it in `directory` instead of the project's root.
    pub fn current_dir(mut self, directory: impl Into<OsText>) -> Self {
        self.current_dir = directory.into();
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl Into<OsText>) -> Self {
        self.env.push(Variable::new(name, value));
        self
    }

    /// Removes a variable.
    pub fn env_remove(mut self, name: &str) -> Self {
        self.env_remove.push(name.into());
        self
    }

    /// Ends it after `limit` (rounded to milliseconds).
    pub fn timeout(mut self, limit: std::time::Duration) -> Self {
        self.timeout = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// Says that what it writes depends on the file at `path`, be that there or not.
    ///
    /// Where all such files are named, and there is at least one, the host may give the answer of an
    /// earlier capture of the same command as long as none of them has changed. Never said of a command
    /// whose answer depends on the working directory or on the user's variables.
    pub fn depends_on(mut self, path: impl Into<OsText>) -> Self {
        self.depends_on.push(path.into());
        self
    }

    /// Says that a program with this SHA-256 is one that the backend knows.
    ///
    /// To answer a question, the host starts a program that lies in the project only where its hash is one of these, or
    /// where pyve put it there itself: what came with the checkout is not run before the user agreed to anything.
    pub fn pinned(mut self, sha256: &str) -> Self {
        self.pinned.push(sha256.to_ascii_lowercase().into());
        self
    }

    /// Says that a file of the project names the program, and which: `.tool-versions:2`.
    ///
    /// To answer a question, the host starts such a program only where the user asked for an environment, and where
    /// nobody but the user and the system can change it.
    pub fn named_by(mut self, origin: &str) -> Self {
        self.named_by = origin.into();
        self
    }

    /// The program followed by its arguments.
    pub fn argv(&self) -> impl Iterator<Item = &OsText> {
        std::iter::once(&self.program).chain(self.args.iter())
    }
}

/// As one would type it: words that a POSIX shell would change are in single quotes.
impl std::fmt::Display for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, word) in self.argv().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(&quoted(&word.display()))?;
        }
        Ok(())
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./=:@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// What a captured command left behind.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// The exit code; 128 plus the number of the signal that ended it.
    pub code: i32,
    /// Everything it wrote to standard output.
    pub stdout: RVec<u8>,
    /// Everything it wrote to standard error.
    pub stderr: RVec<u8>,
    /// Room to grow within API 1.
    pub extension: Extension,
}

impl Output {
    /// Whether it ended with 0.
    pub fn success(&self) -> bool {
        self.code == 0
    }

    /// Standard output as text without surrounding white space; bytes that are no UTF-8 become `U+FFFD`.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).trim().to_owned()
    }

    /// Standard error as text without surrounding white space; bytes that are no UTF-8 become `U+FFFD`.
    pub fn error_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_host_may_start_is_said_beside_it() {
        let told =
            Command::new("/p/tool").depends_on("/p/tool").pinned("AB12").pinned("cd").named_by(".tool-versions:2");
        assert_eq!(
            (told.pinned.as_slice(), told.named_by.as_str()),
            (&["ab12".into(), "cd".into()][..], ".tool-versions:2")
        );
        assert_eq!(told.depends_on, [OsText::from("/p/tool")]);
        let read: Command = serde_json::from_str(&serde_json::to_string(&told).unwrap()).unwrap();
        assert_eq!(read, told);
    }

    #[test]
    fn shown_commands_can_be_typed_again() {
        let command = Command::new("pyve").args(["run", "echo", "it's $HOME", ""]);
        assert_eq!(command.to_string(), r"pyve run echo 'it'\''s $HOME' ''");
    }
}
