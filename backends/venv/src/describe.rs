//! Who the backend is: its markers, its settings, what it keeps out of git.

use pyve_formats::{pylock, pyproject};
use pyve_plugin_api::{Description, Marker, Setting, SettingKind};

use crate::prefix::DEFAULT;
use crate::wanted::{FILES_OF_NAME, TABLE_OF_NAME, choice};

pub const ID: &str = "venv";

/// Files of Python projects in general: other backends could serve them as well.
const MARKERS: [&str; 7] =
    ["pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile", "poetry.lock", pylock::NAME];

/// The lock of an environment with a name.
const LOCK_OF_NAME: &str = "pylock.{env}.toml";

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
    let description = MARKERS.iter().fold(description, |description, file| description.marker(Marker::generic(file)));
    let of_name = FILES_OF_NAME.iter().chain([&LOCK_OF_NAME]).map(|file| Marker::generic(file));
    let table = Marker::generic(pyproject::NAME).table(TABLE_OF_NAME);
    of_name.chain([table]).fold(description, Description::marker_of_environment)
}
