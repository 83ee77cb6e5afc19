//! Who this backend is: its markers, its settings, what it keeps out of git.

use pyve_plugin_api::{Description, Marker, Setting, SettingKind};

use crate::candidates;
use crate::left_out::CATEGORIES;
use crate::locking::PLATFORMS;

pub const ID: &str = "micromamba";

pub fn description() -> Description {
    let mut description = Description::new(ID, env!("CARGO_PKG_VERSION"), "conda environments, made by micromamba")
        .tool("micromamba")
        .ignore("{prefix}");
    for file in candidates::of_any() {
        description = description.marker(Marker::exclusive(&file));
    }
    for file in candidates::of_environment("{env}") {
        description = description.marker_of_environment(Marker::exclusive(&file));
    }
    settings().into_iter().fold(description, Description::setting)
}

fn settings() -> [Setting; 7] {
    [
        Setting::new("env_name", SettingKind::TEXT, "The name of the environment")
            .default_value("`name:` in environment.yml, else the project directory's name")
            .flag("env-name")
            .per_environment(),
        Setting::new("env_file", SettingKind::PATH, "The file that the environment is made from")
            .default_value("conda-lock.yml, else environment.yml")
            .flag("env-file")
            .per_environment(),
        Setting::new("channels", SettingKind::LIST, "Channels to look for packages in, before those of the file")
            .flag("channel"),
        Setting::new(CATEGORIES, SettingKind::LIST, "Categories of the lock file to install")
            .default_value("main")
            .flag("category"),
        Setting::new(PLATFORMS, SettingKind::LIST, "Platforms to lock for")
            .default_value("`platforms:` in environment.yml, else those that are locked, else this one"),
        Setting::new("prefix", SettingKind::PATH, "The directory of the environment, inside the project")
            .per_environment(),
        Setting::new("allow_pip", SettingKind::BOOL, "Whether pip may be run in the environment without a warning")
            .default_value("false"),
    ]
}
