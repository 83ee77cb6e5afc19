//! nushell, from 0.101 on. It evaluates no text: the hook takes JSON into its variables.

use serde_json::{Map, Value, json};

use super::shell::Shell;
use crate::activation::code::Statement;

pub struct Nushell;

impl Shell for Nushell {
    fn name(&self) -> &'static str {
        "nushell"
    }

    fn hook(&self) -> &'static str {
        include_str!("hook.nu")
    }

    fn startup_file(&self) -> &'static str {
        "its autoload directory"
    }

    fn evaluation(&self, command: &str) -> String {
        format!("{command} | from json | get load-env | load-env")
    }

    fn hook_line(&self) -> String {
        "pyve shell-hook nushell | save -f ($nu.user-autoload-dirs.0 | path join pyve.nu)".to_owned()
    }

    /// No package has scripts for it.
    fn script_ending(&self) -> Option<&'static str> {
        None
    }

    fn render(&self, statements: &[Statement]) -> Vec<u8> {
        let (mut set, mut hidden) = (Map::new(), Vec::new());
        for statement in statements {
            match statement {
                Statement::Set { name, value } => {
                    set.insert(name.clone(), Value::from(value.to_string_lossy()));
                }
                Statement::Unset { name } => hidden.push(Value::from(name.as_str())),
                // It remembers nothing, looks for each command anew, and has no scripts.
                Statement::Keep { .. } | Statement::Rehash | Statement::Source { .. } | Statement::Evaluate { .. } => {}
            }
        }
        format!("{}\n", json!({"load-env": set, "hide-env": hidden})).into_bytes()
    }
}
