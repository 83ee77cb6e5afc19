//! Who the backend is: its markers, its settings, what it keeps out of git.

use pyve_formats::pyproject;
use pyve_plugin_api::{Description, Marker, Setting, SettingKind};

use crate::choice;
use crate::project::{DEFAULT_PREFIX, LOCK, REQUIREMENTS};

pub const ID: &str = "uv";

/// The table in which the root of a workspace names its members.
pub const WORKSPACE: &str = "tool.uv.workspace";

pub fn description() -> Description {
    let directory = Setting::new("directory", SettingKind::PATH, "The environment's directory")
        .default_value(DEFAULT_PREFIX)
        .positional();
    let description = Description::new(ID, env!("CARGO_PKG_VERSION"), "Virtual environments and lock files of uv")
        .tool("uv")
        .marker(Marker::exclusive(LOCK))
        .marker(Marker::exclusive(pyproject::NAME).table("tool.uv"))
        .marker(Marker::generic(pyproject::NAME).workspace(WORKSPACE))
        .marker(Marker::generic(REQUIREMENTS))
        // By convention an environment with a name has the group of that name.
        .marker_of_environment(Marker::generic(pyproject::NAME).table("dependency-groups.{env}"))
        .setting(directory)
        .ignore("/{directory}/");
    choice::settings().into_iter().fold(description, Description::setting)
}
