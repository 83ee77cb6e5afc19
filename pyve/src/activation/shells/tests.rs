//! Real shells read back what is quoted for them, and have the variables that they are told to have.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::process::{Command, Stdio};

use super::*;
use crate::activation::code::Statement;

/// A number generator of one line: tests repeat.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// A text of what is hard to quote, and of any bytes.
    fn text(&mut self) -> OsString {
        const PIECES: [&str; 24] = [
            "'",
            "\"",
            "\\",
            "\n",
            "!",
            "$x",
            "$(echo no)",
            "`echo no`",
            "\t",
            "\r",
            "\x1b[0m",
            "\x7f",
            " ",
            "é",
            "*",
            "~",
            "%",
            "#",
            "\\'",
            "'\\''",
            "\\x41",
            ";",
            "&",
            "\u{202e}",
        ];
        let mut text = Vec::new();
        for _ in 0..self.below(9) {
            match self.below(3) {
                0 => text.push(1 + self.below(255) as u8),
                _ => text.extend_from_slice(PIECES[self.below(PIECES.len() as u64) as usize].as_bytes()),
            }
        }
        OsString::from_vec(text)
    }
}

/// Values of every kind.
pub fn values() -> Vec<OsString> {
    let all: Vec<u8> = (1..=255).collect();
    let fixed: [&[u8]; 9] =
        [b"", b"plain", b"\n", b"a\n\n", b"!!", b"\xff\xfe", "é\u{1f40d}".as_bytes(), b"\xc3", &all];
    let mut numbers = Numbers(7);
    let random = std::iter::repeat_with(|| numbers.text()).take(200);
    fixed.into_iter().map(|bytes| OsStr::from_bytes(bytes).to_owned()).chain(random).collect()
}

/// What the shell has as variables once it has evaluated the code.
fn variables(shell: &str, locale: &str, code: &[u8]) -> Vec<(OsString, OsString)> {
    let line = if shell == "fish" { "cat | source; env -0" } else { "set -eu; eval \"$(cat)\"; env -0" };
    let mut command = Command::new(shell);
    let plain: &[&str] = match shell {
        "bash" => &["--norc"],
        "zsh" => &["-f"],
        _ => &["--no-config"],
    };
    command.args(plain).args(["-c", line]).env_clear();
    command.env("PATH", "/usr/bin:/bin").env("LC_ALL", locale).env("GONE", "x");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(code).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{shell}");
    let pair = |record: &[u8]| {
        let at = record.iter().position(|byte| *byte == b'=')?;
        Some((OsStr::from_bytes(&record[..at]).to_owned(), OsStr::from_bytes(&record[at + 1..]).to_owned()))
    };
    output.stdout.split(|byte| *byte == 0).filter_map(pair).collect()
}

#[test]
fn every_value_arrives() {
    let values = values();
    let name = |index: usize| format!("V{index}");
    let set = values.iter().enumerate().map(|(at, value)| Statement::Set { name: name(at), value: value.clone() });
    let more = [Statement::Unset { name: "GONE".to_owned() }, Statement::Rehash];
    let statements: Vec<Statement> = set.chain(more).collect();
    for shell in ALL.map(Shell::name).into_iter().filter(|name| ["bash", "zsh", "fish"].contains(name)) {
        let code = find(shell).unwrap().render(&statements);
        assert!(code.starts_with(b"# pyve\n"));
        for locale in ["C.UTF-8", "C"] {
            let found = variables(shell, locale, &code);
            let get = |name: &str| found.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
            for (index, value) in values.iter().enumerate() {
                assert_eq!(get(&name(index)).as_ref(), Some(value), "{shell}, {locale}, {index}");
            }
            assert_eq!(get("GONE"), None, "{shell}");
        }
    }
}

#[test]
fn shells_are_found_by_their_names() {
    assert!(names().iter().all(|name| find(name).is_some_and(|shell| shell.name() == *name)));
    assert!(find("tcsh").is_none());
}
