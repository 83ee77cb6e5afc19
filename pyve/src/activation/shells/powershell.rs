//! PowerShell, from 5.1 on, on Windows and elsewhere.

use std::ffi::OsStr;

use super::posix::MARK;
use super::shell::Shell;
use crate::activation::code::Statement;

pub struct PowerShell;

/// The program, whatever functions and aliases are called like it.
const PROGRAM: &str =
    "(Microsoft.PowerShell.Core\\Get-Command -Name pyve -CommandType Application -TotalCount 1 -ErrorAction Stop)";

impl Shell for PowerShell {
    fn name(&self) -> &'static str {
        "powershell"
    }

    fn hook(&self) -> &'static str {
        include_str!("hook.ps1")
    }

    fn startup_file(&self) -> &'static str {
        "$PROFILE"
    }

    fn evaluation(&self, command: &str) -> String {
        format!("{command} | Out-String | Invoke-Expression")
    }

    /// Packages bring scripts of its own on Windows; elsewhere those for `sh` are the ones that all have.
    fn script_ending(&self) -> Option<&'static str> {
        cfg!(windows).then_some("ps1")
    }

    fn render(&self, statements: &[Statement]) -> Vec<u8> {
        let lines = statements.iter().filter_map(|statement| match statement {
            Statement::Set { name, value } => Some(format!("$env:{name} = {}\n", quoted(value))),
            Statement::Keep { name, value } => Some(format!("$global:{name} = {}\n", quoted(value))),
            Statement::Unset { name } => Some(format!("$env:{name} = $null\n")),
            // It looks for each command anew.
            Statement::Rehash => None,
            Statement::Source { scripts, .. } => {
                Some(scripts.iter().map(|script| format!(". {}\n", quoted(script.as_os_str()))).collect())
            }
            Statement::Evaluate { arguments, input } => {
                let words: String = arguments.iter().map(|word| format!(" {}", quoted(word))).collect();
                Some(format!("'{input}' | & {PROGRAM}{words} | Out-String | Invoke-Expression\n"))
            }
        });
        std::iter::once(MARK.to_owned()).chain(lines).collect::<String>().into_bytes()
    }
}

/// The text in single quotes, in which nothing but a quote means anything. The typographic ones are quotes to PowerShell,
/// too. What is no text cannot be said in it.
pub(super) fn quoted(text: &OsStr) -> String {
    let mut word = "'".to_owned();
    for letter in text.to_string_lossy().chars() {
        if matches!(letter, '\'' | '\u{2018}'..='\u{201b}') {
            word.push(letter);
        }
        word.push(letter);
    }
    word.push('\'');
    word
}
