//! What is in an environment, and what its Python says of itself, told by its files.

use std::collections::BTreeMap;
use std::path::Path;

use pep508_rs::MarkerEnvironment;
use pyve_formats::dist_info::{self, SitePackages};
use pyve_formats::python_name::normalized;
use pyve_formats::pyvenv_cfg::Cfg;
use pyve_plugin_api::{Ecosystem, Package, Request, Result};

use crate::launch::no_environment;
use crate::lock::marker;
use crate::project::{prefix, programs};

/// The answer to "what is installed?".
pub fn packages(request: &Request) -> Result<Vec<Package>> {
    let prefix = prefix(request);
    if !prefix.join("pyvenv.cfg").is_file() {
        return Err(no_environment(&prefix));
    }
    let one = |(name, version): (String, String)| Package::new(Ecosystem::PYPI, &name, &version);
    Ok(installed(&prefix).into_iter().map(one).collect())
}

/// By name, as indexes compare them.
pub fn installed(prefix: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for folder in dist_info::of_environment(prefix) {
        let packages = SitePackages::read(folder).map(|site| site.distributions).unwrap_or_default();
        found.extend(packages.into_iter().map(|it| (normalized(&it.name), it.version)));
    }
    found
}

/// What its Python says of itself; `None` where that is not told by files.
pub fn environment(prefix: &Path) -> Option<MarkerEnvironment> {
    let version = Cfg::read(prefix).ok()??.version?;
    let (os, system, platform) = match std::env::consts::OS {
        "linux" => ("posix", "Linux", "linux"),
        "macos" => ("posix", "Darwin", "darwin"),
        "windows" => ("nt", "Windows", "win32"),
        _ => return None,
    };
    let machine = match (std::env::consts::ARCH, std::env::consts::OS) {
        ("aarch64", "macos") => "arm64",
        ("aarch64", "windows") => "ARM64",
        ("x86_64", "windows") => "AMD64",
        (other, _) => other,
    };
    let is_pypy = programs(prefix).join(format!("pypy{}", std::env::consts::EXE_SUFFIX)).exists();
    let kind = if is_pypy { ("pypy", "PyPy") } else { ("cpython", "CPython") };
    let platform = [os, platform, system, machine].map(str::to_owned);
    let [os, sys, system, machine] = platform;
    marker::environment(&(os, sys, system, machine), &version, kind)
}
