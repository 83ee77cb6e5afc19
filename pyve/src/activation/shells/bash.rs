//! bash, from 3.2 on, which macOS has.

use super::posix::{Dialect, render};
use super::shell::Shell;
use crate::activation::code::Statement;

pub struct Bash;

const DIALECT: Dialect = Dialect {
    name: "bash",
    // Where `set +h` forbids to remember commands there is nothing to forget.
    rehash: "\\hash -r 2>/dev/null || \\:",
    source: include_str!("source.bash"),
};

impl Shell for Bash {
    fn name(&self) -> &'static str {
        DIALECT.name
    }

    fn hook(&self) -> &'static str {
        include_str!("hook.bash")
    }

    fn auto_hook(&self) -> Option<&'static str> {
        Some(include_str!("auto.bash"))
    }

    fn startup_file(&self) -> &'static str {
        "~/.bashrc"
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
