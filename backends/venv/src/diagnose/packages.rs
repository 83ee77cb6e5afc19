//! How many packages are in the environment, and whether pip is one of them.

use pyve_plugin_api::{Command, Finding, Status};

use crate::environment::Environment;

/// An environment that was made without pip on purpose works, but nothing can be installed by it. What is in it stays.
pub fn pip_left_out(environment: &Environment) -> Option<Finding> {
    let finding = Finding::warning("venv.pip-missing", "pip", "the environment was made without pip");
    let ensure = Command::new("pyve").args(["run", "python", "-m", "ensurepip", "--default-pip"]);
    (!environment.has_pip()).then(|| finding.remedy(&ensure))
}

/// Counts what is installed by the folders that describe it, without opening any.
pub fn count(environment: &Environment) -> Option<Finding> {
    let entries = std::fs::read_dir(environment.site_packages()?).ok()?;
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let count = names.filter(|name| name.ends_with(".dist-info") || name.ends_with(".egg-info")).count();
    let plural = if count == 1 { "" } else { "s" };
    Some(Finding::new("venv.packages", Status::INFO, "Packages", &format!("{count} package{plural}")))
}
