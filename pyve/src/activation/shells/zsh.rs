//! zsh, from 5.0 on.

use super::posix::{Dialect, render};
use super::shell::Shell;
use crate::activation::code::Statement;

pub struct Zsh;

const DIALECT: Dialect = Dialect { name: "zsh", rehash: "\\rehash", source: include_str!("source.zsh") };

impl Shell for Zsh {
    fn name(&self) -> &'static str {
        DIALECT.name
    }

    fn hook(&self) -> &'static str {
        include_str!("hook.zsh")
    }

    fn auto_hook(&self) -> Option<&'static str> {
        Some(include_str!("auto.zsh"))
    }

    fn startup_file(&self) -> &'static str {
        "~/.zshrc"
    }

    fn evaluation(&self, command: &str) -> String {
        format!("eval \"$({command})\"")
    }

    fn script_ending(&self) -> Option<&'static str> {
        Some("sh")
    }

    fn render(&self, statements: &[Statement]) -> Vec<u8> {
        render(&DIALECT, statements)
    }
}
