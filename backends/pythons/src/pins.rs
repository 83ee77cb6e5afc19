//! Keeping a version that was named on the command line in the project's version files.

use std::path::Path;

use pyve_formats::python_version::VersionRequest;
use pyve_formats::python_version::files::{self as version_files, PYTHON_VERSION, TOOL_VERSIONS};
use pyve_plugin_api::{Result, Step};

use crate::search::Search;

/// What is pinned: the request as it was made, and what it means on this machine.
pub struct Pin<'a> {
    pub request: &'a VersionRequest,
    /// How its version manager names the Python: `3.12.4`.
    pub resolved: &'a str,
    /// Where it was found: `asdf`, `pyenv`, `PATH`.
    pub origin: &'a str,
}

/// The steps that keep it.
///
/// In asdf's file if asdf has the Python, else in `.python-version`, which pyenv and uv read. A file of either kind that
/// already names a Python follows, since it would contradict otherwise. The pin is as precise as the request, but for
/// asdf, which reads only the full names of what it has installed. Neither asdf nor pyenv reads ranges: where one of
/// them is here, or asdf's file names a Python, there is no pin of a range.
pub fn steps(pin: &Pin, search: &Search, project: &Path) -> Result<Vec<Step>> {
    let here = |name: &str| search.managers.iter().any(|manager| manager.name == name);
    let (with_asdf, with_pyenv) = (here("asdf"), here("pyenv"));
    let (tools, python) = (project.join(TOOL_VERSIONS), project.join(PYTHON_VERSION));
    let in_tools = version_files::tool_versions(&tools).map_err(crate::unreadable)?;
    let in_python = version_files::python_version(&python).map_err(crate::unreadable)?;
    if pin.request.is_range() && (with_asdf || with_pyenv || !in_tools.is_empty()) {
        return Ok(Vec::new());
    }
    let is_of = |manager: &str, other: bool| pin.origin == manager || (pin.origin == "PATH" && here(manager) && !other);
    let to_tools = is_of("asdf", with_pyenv) || !in_tools.is_empty();
    let is_alone = !to_tools && !with_asdf && !with_pyenv;
    let is_folder = matches!(pin.request, VersionRequest::Folder(_));
    let to_python = is_of("pyenv", false) || python.is_file() || is_alone;
    let requested = pin.request.pin().unwrap_or_else(|| pin.resolved.to_owned());
    let mut steps = Vec::new();
    if to_tools {
        let is_full = with_asdf && !is_folder && *pin.request != VersionRequest::System;
        let text = if is_full { pin.resolved } else { requested.as_str() };
        steps.extend(step(&in_tools, &tools, "python", text));
    }
    // Only asdf's file can name a folder.
    if to_python && !is_folder {
        steps.extend(step(&in_python, &python, "", &requested));
    }
    Ok(steps)
}

/// Nothing where the file says it first already.
fn step(lines: &[version_files::Line], file: &Path, key: &str, pin: &str) -> Option<Step> {
    if lines.first().is_some_and(|line| line.text == pin) {
        return None;
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let line = if key.is_empty() { pin.to_owned() } else { format!("{key} {pin}") };
    Some(Step::set_line(&format!("Pin Python {pin} in {name}"), file, key, &line))
}
