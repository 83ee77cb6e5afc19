//! Scripts whose first line names an interpreter that is gone.

use std::path::Path;

use pyve_formats::scripts;
use pyve_plugin_api::Finding;

use super::sight::Sight;
use super::{listed, rebuild};

/// Interpreters here are the system's; a package that wants one which this machine lacks is no fault of the environment,
/// nor is one that wants another language's at a place of its builder's.
const SYSTEM: [&str; 4] = ["/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];

/// With a dead first line the system answers "no such file", and a shell runs the next one on PATH.
pub fn dead(sight: &Sight) -> Option<Finding> {
    let folder = sight.prefix.join("bin");
    let scripts = scripts::in_folder(&folder);
    let dead = scripts.iter().filter(|(_, shebang)| is_gone(shebang.program(), &sight.prefix));
    let dead: Vec<(String, &Path)> = dead.map(|(path, shebang)| (name(path), shebang.program())).collect();
    let (_, interpreter) = dead.first()?;
    let names: Vec<String> = dead.iter().map(|(name, _)| name.clone()).collect();
    let (folder, gone) = (folder.display(), interpreter.display());
    let detail = format!("{} in {folder} run by {gone}, which does not exist", listed(&names));
    Some(Finding::warning("micromamba.dead-shebang", "Scripts", &detail).remedy(&rebuild()))
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn is_gone(interpreter: &Path, prefix: &Path) -> bool {
    let python = interpreter.file_name().is_some_and(|name| name.to_string_lossy().starts_with("py"));
    let of_environment = interpreter.is_absolute() && (python || interpreter.starts_with(prefix));
    let system = interpreter.parent().is_some_and(|folder| SYSTEM.iter().any(|of| folder == Path::new(of)));
    of_environment && !system && !scripts::is_placeholder(interpreter) && !interpreter.exists()
}
