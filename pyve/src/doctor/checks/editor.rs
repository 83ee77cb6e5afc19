//! Editors: they find an environment directly in the project by themselves, and any other one by its interpreter.

use std::path::Path;

use pyve_formats::read::{self, Limit};

use crate::doctor::check::Check;
use crate::doctor::context::Context;

const ID: &str = "pyve.editor";
const SUBJECT: &str = "Editor";

/// VS Code's settings of a project. They are the user's: they are only looked into.
const SETTINGS: &str = ".vscode/settings.json";
/// What names the interpreter in them.
const KEY: &str = "python.defaultInterpreterPath";

pub fn checks(context: &Context) -> Vec<Check> {
    let Some(record) = context.record().filter(|_| context.is_ready()) else { return Vec::new() };
    let (root, prefix) = (context.layout.root(), record.recorded.prefix.path());
    let interpreter = record.recorded.interpreter.path();
    if prefix.parent() == Some(root) || !interpreter.starts_with(&prefix) || !interpreter.exists() {
        return Vec::new();
    }
    let settings = read::text(root.join(SETTINGS), Limit::SETTINGS).ok().flatten().unwrap_or_default();
    vec![if names(&settings, root, &interpreter) {
        Check::ok(ID, SUBJECT, format!("{SETTINGS} names the environment's interpreter"))
    } else {
        let check = Check::info(ID, SUBJECT, interpreter.display().to_string());
        check.hint(format!("in VS Code set `{KEY}` to it, in PyCharm add it as an existing interpreter"))
    }]
}

/// Whether the settings, which may have comments, have the interpreter or a folder that it is in.
fn names(settings: &str, root: &Path, interpreter: &Path) -> bool {
    let Some((_, value)) = settings.split_once(&format!("\"{KEY}\"")) else { return false };
    let Some(value) = value.trim_start().strip_prefix(':').and_then(|rest| rest.trim_start().strip_prefix('"')) else {
        return false;
    };
    let said = value.split('"').next().unwrap_or_default().replace("\\\\", "/");
    let said = said.replace("${workspaceFolder}", &root.display().to_string());
    let said = root.join(said.trim_end_matches('/'));
    said != root && said.starts_with(root) && interpreter.starts_with(&said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_may_name_it_in_several_ways() {
        let named = |settings: &str| names(settings, Path::new("/p"), Path::new("/p/.pyve/envs/x/bin/python"));
        for value in [
            "/p/.pyve/envs/x/bin/python",
            "${workspaceFolder}/.pyve/envs/x/bin/python",
            ".pyve/envs/x/bin/python",
            "${workspaceFolder}/.pyve/envs/x/",
        ] {
            assert!(named(&format!("{{\n  // mine\n  \"{KEY}\": \"{value}\",\n}}")), "{value}");
        }
        for value in ["", ".venv", "/usr/bin/python3", "${workspaceFolder}"] {
            assert!(!named(&format!("{{\"{KEY}\": \"{value}\"}}")), "{value}");
        }
        assert!(!named("") && !named("{\"python.envFile\": \".pyve/envs/x\"}"));
    }
}
