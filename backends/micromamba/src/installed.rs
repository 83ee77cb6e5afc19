//! What is in an environment: conda's packages by the names in `conda-meta/`, and what Python knows of.

use std::path::{Path, PathBuf};

use pyve_formats::conda_package::PackageFile;
pub use pyve_formats::conda_package::installed as packages;
use pyve_formats::dist_info::{self, Distribution, SitePackages};

/// What Python knows of; one for each Python that is, or was, in the environment.
pub fn sites(prefix: &Path) -> Vec<SitePackages> {
    dist_info::of_environment(prefix).into_iter().filter_map(SitePackages::read).collect()
}

/// pip, or what does the same, if it put the distribution there. conda says `conda`, or nothing.
pub fn pip_installer(site: &SitePackages, distribution: &Distribution) -> Option<String> {
    site.installer(distribution).filter(|said| matches!(said.as_str(), "pip" | "uv"))
}

/// The file that describes a package, with a list of all of its files.
pub fn description(package: &PackageFile, prefix: &Path) -> PathBuf {
    prefix.join("conda-meta").join(format!("{}-{}-{}.json", package.name, package.version, package.build))
}

/// `1 package`, `7 packages`.
pub fn counted(packages: &[PackageFile]) -> String {
    format!("{} package{}", packages.len(), if packages.len() == 1 { "" } else { "s" })
}

/// Where the interpreter is, whether it is there or not.
pub fn interpreter(prefix: &Path) -> PathBuf {
    if cfg!(windows) { prefix.join("python.exe") } else { prefix.join("bin/python") }
}
