//! cmd.exe. It evaluates no text: the hook is a macro that calls a file, which calls a file of what pyve prints.

use std::ffi::OsStr;

use super::shell::Shell;
use crate::activation::code::Statement;

pub struct Cmd;

/// What a line may have at most.
const LONGEST: usize = 8190;

impl Shell for Cmd {
    fn name(&self) -> &'static str {
        "cmd"
    }

    fn hook(&self) -> &'static str {
        include_str!("hook.cmd")
    }

    fn startup_file(&self) -> &'static str {
        "a file that each cmd calls"
    }

    fn evaluation(&self, command: &str) -> String {
        format!("{command} > \"%TEMP%\\pyve.cmd\" && call \"%TEMP%\\pyve.cmd\"")
    }

    fn hook_line(&self) -> String {
        "pyve shell-hook cmd > \"%USERPROFILE%\\pyve-hook.cmd\"".to_owned()
    }

    /// Scripts for it change variables by `setlocal` and `goto` as they like, so they are left to pyve.
    fn script_ending(&self) -> Option<&'static str> {
        None
    }

    fn render(&self, statements: &[Statement]) -> Vec<u8> {
        let lines = statements.iter().filter_map(|statement| match statement {
            Statement::Set { name, value } => Some(set(name, value)),
            Statement::Unset { name } => Some(format!("set \"{name}=\"\r\n")),
            // It remembers nothing, looks for each command anew, and has no scripts.
            Statement::Keep { .. } | Statement::Rehash | Statement::Source { .. } | Statement::Evaluate { .. } => None,
        });
        std::iter::once("@rem pyve\r\n".to_owned())
            .chain(lines.map(|line| format!("@{line}")))
            .collect::<String>()
            .into()
    }
}

/// The line that sets a variable, or says that no line can. An empty value is none to cmd.
fn set(name: &str, value: &OsStr) -> String {
    let value = value.to_string_lossy();
    let line = match value.contains('"') {
        false => format!("set \"{name}={}\"\r\n", value.replace('%', "%%")),
        true => format!("set {name}={}\r\n", escaped(&value)),
    };
    // One of them ends a line, another the file.
    let ends = |letter: char| letter.is_control() && letter != '\t';
    if value.contains(ends) || line.encode_utf16().count() > LONGEST {
        return format!("echo warning: cmd cannot hold the value of {name} 1>&2\r\n");
    }
    line
}

/// Outside of quotes, with no meaning left to any character: a quote within quotes would end them.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 8);
    for letter in value.chars() {
        match letter {
            '%' => text.push('%'),
            '^' | '&' | '|' | '<' | '>' | '(' | ')' | '"' | '!' | '=' | ',' | ';' | ' ' | '\t' => text.push('^'),
            _ => {}
        }
        text.push(letter);
    }
    text
}
