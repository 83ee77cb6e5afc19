//! Keeping a version that was named on the command line in the project's version files.

use std::path::Path;

use pyve_formats::python_version::files::{self as version_files, PYTHON_VERSION, TOOL_VERSIONS};
use pyve_plugin_api::{Level, Request, Result, Step, ToolAnswer};

use crate::search::Search;

/// Adds the steps that pin `pin`, of a Python found in `origin`.
///
/// asdf's file if asdf has it, else pyenv's if pyenv is here. A file of either kind that already
/// names a Python follows, since it would contradict otherwise. Without a version manager and
/// without such a file nothing would read a pin, and none is written.
pub fn add(answer: ToolAnswer, pin: &str, origin: &str, search: &Search, request: &Request) -> Result<ToolAnswer> {
    let project = request.project();
    let here = |name: &str| search.managers.iter().any(|manager| manager.name == name);
    let (asdf, pyenv) = (origin == "asdf", origin == "pyenv" || (origin == "PATH" && here("pyenv")));
    let tool_versions = version_files::tool_versions(&project.join(TOOL_VERSIONS)).map_err(crate::unreadable)?;
    let python_version = version_files::python_version(&project.join(PYTHON_VERSION)).map_err(crate::unreadable)?;
    let in_tool_versions = asdf || (origin == "PATH" && here("asdf") && !here("pyenv")) || !tool_versions.is_empty();
    let in_python_version = (pyenv && !asdf) || project.join(PYTHON_VERSION).is_file();
    if !in_tool_versions && !in_python_version {
        let message = format!("Python {pin} is not pinned: neither asdf nor pyenv is here, and no version file is");
        search.host.log(Level::INFO, &message);
        return Ok(answer);
    }
    let answer = if in_tool_versions && !says(&tool_versions, pin) {
        answer.pin(step(&project.join(TOOL_VERSIONS), "python", &format!("python {pin}"), pin))
    } else {
        answer
    };
    if in_python_version && !says(&python_version, pin) {
        return Ok(answer.pin(step(&project.join(PYTHON_VERSION), "", pin, pin)));
    }
    Ok(answer)
}

fn says(lines: &[version_files::Line], pin: &str) -> bool {
    matches!(lines, [only] if only.text == pin)
}

fn step(file: &Path, key: &str, line: &str, pin: &str) -> Step {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    Step::set_line(&format!("Pin Python {pin} in {name}"), file, key, line)
}
