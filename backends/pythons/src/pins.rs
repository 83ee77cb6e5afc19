//! Keeping a version that was named on the command line in the project's version files.

use std::path::Path;

use pyve_formats::python_version::files::{self as version_files, PYTHON_VERSION, TOOL_VERSIONS};
use pyve_plugin_api::{Level, Result, Step};

use crate::search::Search;

/// The steps that pin `pin`, of a Python found in `origin`.
///
/// asdf's file if asdf has it, else pyenv's if pyenv is here. A file of either kind that already
/// names a Python follows, since it would contradict otherwise. Without a version manager and
/// without such a file nothing would read a pin, and none is written.
pub fn steps(pin: &str, origin: &str, search: &Search, project: &Path) -> Result<Vec<Step>> {
    let here = |name: &str| search.managers.iter().any(|manager| manager.name == name);
    let (asdf, pyenv) = (origin == "asdf", origin == "pyenv" || (origin == "PATH" && here("pyenv")));
    let tool_versions = version_files::tool_versions(&project.join(TOOL_VERSIONS)).map_err(crate::unreadable)?;
    let python_version = version_files::python_version(&project.join(PYTHON_VERSION)).map_err(crate::unreadable)?;
    let in_tool_versions = asdf || (origin == "PATH" && here("asdf") && !here("pyenv")) || !tool_versions.is_empty();
    let in_python_version = (pyenv && !asdf) || project.join(PYTHON_VERSION).is_file();
    if !in_tool_versions && !in_python_version {
        let message = format!("Python {pin} is not pinned: neither asdf nor pyenv is here, and no version file is");
        search.host.log(Level::INFO, &message);
    }
    let mut steps = Vec::new();
    if in_tool_versions && !says(&tool_versions, pin) {
        steps.push(step(&project.join(TOOL_VERSIONS), "python", &format!("python {pin}"), pin));
    }
    if in_python_version && !says(&python_version, pin) {
        steps.push(step(&project.join(PYTHON_VERSION), "", pin, pin));
    }
    Ok(steps)
}

fn says(lines: &[version_files::Line], pin: &str) -> bool {
    matches!(lines, [only] if only.text == pin)
}

fn step(file: &Path, key: &str, line: &str, pin: &str) -> Step {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    Step::set_line(&format!("Pin Python {pin} in {name}"), file, key, line)
}
