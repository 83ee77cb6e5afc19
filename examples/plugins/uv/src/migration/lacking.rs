//! What is said where a file is there already, and does not say all that would be written.

use pyve_formats::dependencies::List;
use pyve_formats::pyproject;
use pyve_plugin_api::{Command, Error};

use super::leaving;
use crate::project::Project;

/// So many lines are told.
const TOLD: usize = 10;

/// That these lines are not in a file.
pub fn file(file: &str, lines: &[String]) -> Error {
    let error = Error::new(format!("`{file}` is there already, and does not say all that would be written"));
    lines.iter().take(TOLD).fold(error, |error, line| error.detail(format!("not in it: {line}")))
}

/// That a project does not ask for these lines; some may stand in a group or an extra that nobody chose.
pub fn project(project: &Project, lines: &[String]) -> Error {
    let declared = &project.root.declared;
    let kinds = [("extra", &declared.extras), ("group", &declared.groups)];
    let stands = |line: &String| {
        let has = |list: &List| list.iter().flatten().any(|one| leaving::model(one, "").pip_line() == *line);
        kinds.iter().find_map(|(kind, lists)| {
            let (name, _) = lists.iter().find(|(_, list)| has(list))?;
            Some(format!("{line} is in the {kind} `{name}`"))
        })
    };
    let chosen: Vec<String> = lines.iter().filter_map(stands).collect();
    if chosen.is_empty() {
        let add = Command::new("uv").args(["add", "--frozen"]).args(lines.iter().map(String::as_str));
        return file(pyproject::NAME, lines).remedy(&add);
    }
    let error = Error::new(format!(
        "`{}` says in groups or extras what would be written, and uv is not told which",
        pyproject::NAME
    ));
    let hint = "choose them below `uv:` in .pyve/config, such as `groups: [test]`, then run the same command again";
    chosen.iter().take(TOLD).fold(error, Error::detail).hint(hint)
}
