//! The first line of a script: the program that runs it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::read;
use crate::shell_word;

/// As many bytes of a script hold its first two lines: the longest path, with space for the words around it.
pub const HEAD: usize = 4096 + 256;

/// The words of a first line, and the program behind it where that is a shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shebang {
    /// The program that the kernel starts.
    pub interpreter: PathBuf,
    /// The other words; the kernel passes them on as one.
    pub arguments: Vec<OsString>,
    behind: Option<PathBuf>,
}

impl Shebang {
    /// Reads the beginning of a script; `None` for what has no such line.
    ///
    /// The kernel ends words at spaces and tabs only: a carriage return belongs to the name.
    pub fn parse(head: &[u8]) -> Option<Self> {
        let mut lines = head.strip_prefix(b"#!")?.split(|byte| *byte == b'\n');
        let mut words = lines.next()?.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty());
        let interpreter = PathBuf::from(text(words.next()?));
        let arguments = words.map(text).collect();
        let behind = lines.next().filter(|_| is_shell(&interpreter)).and_then(behind_shell);
        Some(Self { interpreter, arguments, behind })
    }

    /// Reads the beginning of a file; `None` where it is no script or cannot be read. A link is followed.
    pub fn read(script: &Path) -> Option<Self> {
        Self::parse(&read::start(script, HEAD).ok()??)
    }

    /// The same for a file that the listing of its folder calls a regular one.
    pub fn read_listed(script: &Path) -> Option<Self> {
        Self::parse(&read::start_of_listed(script, HEAD).ok()??)
    }

    /// The program behind a shell: pip, distlib and uv write a path that is too long for a first line, or has a space,
    /// into the second line, as `'''exec' "/long path/python" "$0" "$@"`.
    pub fn behind_shell(&self) -> Option<&Path> {
        self.behind.as_deref()
    }

    /// The program that `env` looks up in PATH.
    pub fn behind_env(&self) -> Option<&OsStr> {
        let is_env = self.interpreter.file_name() == Some(OsStr::new("env"));
        let is_program = |word: &&OsString| {
            let bytes = word.as_encoded_bytes();
            !bytes.starts_with(b"-") && !bytes.contains(&b'=')
        };
        self.arguments.iter().find(is_program).filter(|_| is_env).map(OsString::as_os_str)
    }

    /// The program that runs the script in the end, as far as a path says it.
    pub fn program(&self) -> &Path {
        self.behind_shell().unwrap_or(&self.interpreter)
    }
}

fn is_shell(interpreter: &Path) -> bool {
    interpreter.file_name() == Some(OsStr::new("sh"))
}

fn behind_shell(line: &[u8]) -> Option<PathBuf> {
    let (program, _) = shell_word::literal(line.strip_prefix(b"'''exec' ")?)?;
    Some(PathBuf::from(text(&program)))
}

#[cfg(unix)]
fn text(bytes: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(bytes).to_owned()
}

#[cfg(not(unix))]
fn text(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(head: &str) -> Option<String> {
        Shebang::parse(head.as_bytes()).map(|shebang| shebang.program().display().to_string())
    }

    #[test]
    fn the_first_line_names_the_program() {
        for (head, named) in [
            ("#!/p/bin/python -I\nx", "/p/bin/python"),
            ("#! /bin/sh -e\n", "/bin/sh"),
            ("#!/usr/bin/env python3", "/usr/bin/env"),
            ("#!/bin/sh\r\n", "/bin/sh\r"),
        ] {
            assert_eq!(program(head).as_deref(), Some(named), "{head:?}");
        }
        for none in ["", "#", "#!", "#!\n", "#!   \n", "\u{7f}ELF", "echo", " #!/bin/sh"] {
            assert_eq!(program(none), None, "{none:?}");
        }
    }

    #[test]
    fn behind_a_shell_the_second_line_names_it() {
        for (line, named) in [
            ("'''exec' \"/my p/bin/python\" \"$0\" \"$@\"", "/my p/bin/python"),
            ("'''exec' /long/bin/python \"$0\" \"$@\"", "/long/bin/python"),
            // uv.
            ("'''exec' '/my p/it'\"'\"'s/bin/python' \"$0\" \"$@\"", "/my p/it's/bin/python"),
            // uv, relocatable: the shell computes it.
            ("'''exec' \"$(CDPATH= cd -- \"$(dirname -- \"$0\")\" && echo \"$PWD\")\"/'python' \"$0\"", "/bin/sh"),
            ("exec /no/such/python", "/bin/sh"),
        ] {
            assert_eq!(program(&format!("#!/bin/sh\n{line}\n' '''\n")).as_deref(), Some(named), "{line}");
        }
        assert_eq!(program("#!/bin/bash\n'''exec' /a/python\n").as_deref(), Some("/bin/bash"));
    }

    #[test]
    fn env_looks_for_the_first_word_that_is_neither_option_nor_variable() {
        let env = |head: &str| Shebang::parse(head.as_bytes())?.behind_env().map(|word| word.display().to_string());
        assert_eq!(env("#!/usr/bin/env -S A=1 python3 -E\n").as_deref(), Some("python3"));
        assert_eq!(env("#!/usr/bin/env\n"), None);
        assert_eq!(env("#!/bin/sh python3\n"), None);
    }
}
