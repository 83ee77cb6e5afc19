//! What bash and zsh have in common. Whatever the user made an alias or a function of, the shell's own commands are meant.

use std::ffi::OsStr;

use super::shell::Shell;
use crate::activation::code::Statement;
use crate::files::envrc_text::quoted;

/// By which the hook knows code from other output.
pub const MARK: &str = "# pyve\n";

/// One of the two, by what is its own.
pub struct Dialect {
    pub name: &'static str,
    pub hook: &'static str,
    pub auto_hook: &'static str,
    pub startup_file: &'static str,
    /// A command that makes the shell look anew for commands.
    pub rehash: &'static str,
    /// Defines `__pyve_source`, which runs the scripts that it is given.
    pub source: &'static str,
}

impl Shell for Dialect {
    fn name(&self) -> &'static str {
        self.name
    }

    fn hook(&self) -> &'static str {
        self.hook
    }

    fn auto_hook(&self) -> Option<&'static str> {
        Some(self.auto_hook)
    }

    fn startup_file(&self) -> &'static str {
        self.startup_file
    }

    fn evaluation(&self, command: &str) -> String {
        format!("eval \"$({command})\"")
    }

    fn script_ending(&self) -> Option<&'static str> {
        Some("sh")
    }

    fn render(&self, statements: &[Statement]) -> Vec<u8> {
        render(self, statements)
    }
}

/// The code for these statements.
fn render(dialect: &Dialect, statements: &[Statement]) -> Vec<u8> {
    let mut code = MARK.as_bytes().to_vec();
    for statement in statements {
        let parts: Vec<Vec<u8>> = match statement {
            Statement::Set { name, value } => vec![format!("\\export {name}=").into(), quoted(value)],
            Statement::Keep { name, value } => vec![format!("{name}=").into(), quoted(value)],
            Statement::Unset { name } => vec![format!("\\unset -v {name}").into()],
            Statement::Rehash => vec![dialect.rehash.into()],
            Statement::Source { scripts, leaving } => vec![
                format!("{}\n__pyve_source {}", dialect.source, event(*leaving)).into(),
                words(scripts.iter().map(|script| script.as_os_str())),
                "\n\\unset -f __pyve_source".into(),
            ],
            Statement::Evaluate { arguments, input } => vec![
                format!("\\eval \"$(\\printf %s '{input}' | \\command pyve").into(),
                words(arguments.iter().map(|argument| argument.as_os_str())),
                ")\"".into(),
            ],
        };
        code.extend(parts.concat());
        code.push(b'\n');
    }
    code
}

/// What `__pyve_source` is told first.
pub fn event(leaving: bool) -> &'static str {
    if leaving { "leaving" } else { "entering" }
}

fn words<'a>(words: impl Iterator<Item = &'a OsStr>) -> Vec<u8> {
    words.flat_map(|word| [b" ".to_vec(), quoted(word)].concat()).collect()
}
