//! fish, from 3.1 on.

use std::ffi::OsStr;

use super::posix::{MARK, event};
use super::shell::Shell;
use crate::activation::code::Statement;

pub struct Fish;

/// A universal variable is all shells' and is not touched: a global one hides it, and once that goes it shows again. What is
/// to be removed stays where it is universal, since nothing can hide that.
const HELPERS: &str = "\
function __pyve_set
    set --erase --global $argv[1]
    set --query --universal --export $argv[1]; and test \"$$argv[1]\" = \"$argv[2]\"; and return
    set --global --export $argv[1] $argv[2]
end
";

const SOURCE: &str = include_str!("source.fish");

impl Shell for Fish {
    fn name(&self) -> &'static str {
        "fish"
    }

    fn hook(&self) -> &'static str {
        include_str!("hook.fish")
    }

    fn auto_hook(&self) -> Option<&'static str> {
        Some(include_str!("auto.fish"))
    }

    fn startup_file(&self) -> &'static str {
        "~/.config/fish/config.fish"
    }

    fn evaluation(&self, command: &str) -> String {
        format!("{command} | source")
    }

    fn script_ending(&self) -> Option<&'static str> {
        Some("fish")
    }

    fn render(&self, statements: &[Statement]) -> Vec<u8> {
        let mut code = format!("{MARK}{HELPERS}");
        for statement in statements {
            match statement {
                Statement::Set { name, value } => code += &format!("__pyve_set {name} {}\n", quoted(value)),
                Statement::Keep { name, value } => {
                    code += &format!("set --global --unexport {name} {}\n", quoted(value));
                }
                Statement::Unset { name } => code += &format!("set --erase --global {name}\n"),
                // It looks for each command anew.
                Statement::Rehash => {}
                Statement::Source { scripts, leaving } => {
                    let words: String =
                        scripts.iter().map(|script| format!(" {}", quoted(script.as_os_str()))).collect();
                    code += &format!("{SOURCE}__pyve_source {}{words}\n", event(*leaving));
                    code += "functions --erase __pyve_source\n";
                }
                Statement::Evaluate { arguments, input } => {
                    let words: String = arguments.iter().map(|word| format!(" {}", quoted(word))).collect();
                    code += &format!("printf %s '{input}' | command pyve{words} | source\n");
                }
            }
        }
        code += "functions --erase __pyve_set\n";
        code.into_bytes()
    }
}

/// The text as one word. Control characters, and bytes that are no text, are spelled out behind the quotes.
fn quoted(text: &OsStr) -> String {
    let mut word = "'".to_owned();
    for chunk in text.as_encoded_bytes().utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\\' | '\'' => word.extend(['\\', letter]),
                letter if letter.is_ascii_control() => word += &format!("'\\x{:02x}'", letter as u32),
                letter => word.push(letter),
            }
        }
        chunk.invalid().iter().for_each(|byte| word += &format!("'\\X{byte:02x}'"));
    }
    word.push('\'');
    word
}
