//! Who the backend is, and the files that ask for it.

use std::path::Path;

use pyve_plugin_api::{Description, Detection, Marker, Setting, SettingKind, Strength};

use crate::prefix::DEFAULT;

/// Files of Python projects in general: other backends could serve them as well.
const MARKERS: [&str; 6] = ["pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile", "poetry.lock"];

pub fn description() -> Description {
    let directory = Setting::new("directory", SettingKind::PATH, "The folder of the virtual environment")
        .default_value(DEFAULT)
        .positional();
    let description =
        Description::new("venv", env!("CARGO_PKG_VERSION"), "Virtual environments of Python itself, with pip")
            .tool("Python")
            .setting(directory)
            .ignore("/{directory}");
    MARKERS.iter().fold(description, |description, file| description.marker(Marker::generic(file)))
}

pub fn detections(project: &Path) -> Vec<Detection> {
    let there = MARKERS.iter().filter(|file| project.join(file).is_file());
    there.map(|file| Detection::new(*file, Strength::GENERIC)).collect()
}
