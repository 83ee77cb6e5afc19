//! What is installed for the Python that an environment was made with, where the environment sees it.

use std::path::{Path, PathBuf};

use pyve_formats::dist_info::SitePackages;
use pyve_formats::python_version;
use pyve_plugin_api::Host;

use crate::environment::Environment;
use crate::layout;

/// The system's packages and the user's own, in the order in which Python looks for them behind those of the environment; none
/// unless `pyvenv.cfg` says `include-system-site-packages = true`.
pub fn seen_by(environment: &Environment, host: &dyn Host) -> Vec<SitePackages> {
    let Some(version) = environment.cfg.version.as_ref().filter(|_| environment.cfg.sees_system) else {
        return Vec::new();
    };
    let minor = python_version::minor_of(version);
    let base = environment.base().and_then(|base| Some(base.parent()?.parent()?.to_owned()));
    let mut folders: Vec<PathBuf> = of_user(minor, host).into_iter().collect();
    folders.extend(base.iter().flat_map(|base| of_base(base, minor)));
    folders.into_iter().filter_map(SitePackages::read).collect()
}

/// Where a Python at `base` has packages: its own folder, those of Debian, those that Debian and Fedora keep for what the
/// administrator installs, and that of Fedora for compiled ones.
fn of_base(base: &Path, minor: (u64, u64)) -> Vec<PathBuf> {
    let own = layout::site_packages(base, minor);
    if cfg!(windows) {
        return vec![own];
    }
    let python = format!("python{}.{}", minor.0, minor.1);
    let local = base.join("local");
    vec![
        local.join("lib").join(&python).join("dist-packages"),
        local.join("lib").join(&python).join("site-packages"),
        local.join("lib64").join(&python).join("site-packages"),
        base.join("lib").join(format!("python{}", minor.0)).join("dist-packages"),
        base.join("lib").join(&python).join("dist-packages"),
        base.join("lib64").join(&python).join("site-packages"),
        own,
    ]
}

/// The folder of `pip install --user`, as PEP 370 has it.
fn of_user(minor: (u64, u64), host: &dyn Host) -> Option<PathBuf> {
    if host.variable("PYTHONNOUSERSITE").is_some_and(|set| !set.is_empty()) {
        return None;
    }
    let folder = |name: &str| host.variable(name).filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let (major, minor) = minor;
    if cfg!(windows) {
        let base = folder("PYTHONUSERBASE").or_else(|| Some(folder("APPDATA")?.join("Python")))?;
        return Some(base.join(format!("Python{major}{minor}")).join("site-packages"));
    }
    let base = folder("PYTHONUSERBASE").or_else(|| Some(folder("HOME")?.join(".local")))?;
    Some(base.join("lib").join(format!("python{major}.{minor}")).join("site-packages"))
}
