//! Who the backend is: its markers, its settings, what it keeps out of git.

use pyve_formats::pyproject;
use pyve_plugin_api::{Description, Marker, Setting, SettingKind};

use crate::choice::LINK_MODE;
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
    settings().into_iter().fold(description, Description::setting)
}

/// The keys of its section besides the directory. What chooses packages is remembered with the environment, as in every backend.
fn settings() -> Vec<Setting> {
    let list = |key, flag, summary| Setting::new(key, SettingKind::LIST, summary).flag(flag).remembered();
    let truth = |key, flag, summary| Setting::new(key, SettingKind::BOOL, summary).default_value("false").flag(flag);
    let text = |key, flag, summary| Setting::new(key, SettingKind::TEXT, summary).flag(flag);
    vec![
        list("groups", "group", "Dependency groups to install"),
        truth("no_default_groups", "no-default-groups", "Whether to leave out the default groups").remembered(),
        truth("no_dev", "no-dev", "Whether to leave out the group dev").remembered(),
        list("extras", "extra", "Extras of the project to install"),
        truth("all_extras", "all-extras", "Whether to install all extras of the project").remembered(),
        truth("all_packages", "all-packages", "Whether to install all members of the workspace").remembered(),
        truth("frozen", "frozen", "Whether to install from uv.lock without comparing it with the project"),
        truth("locked", "locked", "Whether a stale uv.lock is an error"),
        text("python_preference", "python-preference", "Which Pythons uv prefers: managed, system, …"),
        text(LINK_MODE, "link-mode", "How uv links packages: clone, copy, hardlink, symlink"),
    ]
}
