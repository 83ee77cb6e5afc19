//! How many packages are in the environment, whether any is there twice, and whether pip is one of them.

use pyve_formats::dist_info::{Distribution, SitePackages};
use pyve_plugin_api::{Command, Finding, Status};

use crate::environment::Environment;

/// An environment that was made without pip on purpose works, but nothing can be installed by it. What is in it stays.
pub fn pip_left_out(environment: &Environment) -> Option<Finding> {
    let finding = Finding::warning("venv.pip-missing", "pip", "the environment was made without pip");
    let ensure = Command::new("pyve").args(["run", "python", "-m", "ensurepip", "--default-pip"]);
    (!environment.has_pip()).then(|| finding.remedy(&ensure))
}

/// Distributions that are there twice: which of the two is imported nobody can tell.
pub fn doubled(installed: &SitePackages) -> Option<Finding> {
    let by_name = installed.distributions.chunk_by(|a, b| a.name == b.name).filter(|same| same.len() > 1);
    let versions = |same: &[Distribution]| same.iter().map(|it| it.version.clone()).collect::<Vec<_>>().join(" and ");
    let doubled: Vec<String> = by_name.map(|same| format!("{} {}", same[0].name, versions(same))).collect();
    if doubled.is_empty() {
        return None;
    }
    let detail = format!("installed more than once: {}", doubled.join(", "));
    Some(Finding::warning("venv.package-doubled", "Packages", &detail).remedy(&crate::rebuild()))
}

/// Counts what is installed by the folders that describe it, without opening any.
pub fn count(installed: &SitePackages) -> Finding {
    let count = installed.distributions.len();
    let plural = if count == 1 { "" } else { "s" };
    Finding::new("venv.packages", Status::INFO, "Packages", &format!("{count} package{plural}"))
}
