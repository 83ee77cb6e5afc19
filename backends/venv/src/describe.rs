//! Who the backend is: its markers, its settings, what it keeps out of git.

use pyve_plugin_api::{Description, Marker, Setting, SettingKind};

use crate::prefix::DEFAULT;
use crate::wanted::choice;

pub const ID: &str = "venv";

/// Files of Python projects in general: other backends could serve them as well.
const MARKERS: [&str; 6] = ["pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile", "poetry.lock"];

pub fn description() -> Description {
    let directory = Setting::new("directory", SettingKind::PATH, "The directory of the virtual environment")
        .default_value(DEFAULT)
        .positional();
    let description =
        Description::new(ID, env!("CARGO_PKG_VERSION"), "Virtual environments of Python itself, with pip")
            .tool("Python")
            .setting(directory)
            .ignore("/{directory}");
    let description = choice::settings().into_iter().fold(description, Description::setting);
    MARKERS.iter().fold(description, |description, file| description.marker(Marker::generic(file)))
}
