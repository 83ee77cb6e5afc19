//! What is installed in an environment, and how it differs from what is locked for it.

use std::path::Path;

use pyve_formats::conda_package;
use pyve_formats::conda_platform;
use pyve_formats::dist_info::{self, SitePackages};
use pyve_formats::sorted;
use pyve_plugin_api::{Command, Ecosystem, Error, ErrorKind, Package, Request, Result};

use crate::environment::Place;
use crate::lock::{Locked, Package as LockedPackage};

/// The answer to "what is installed?": conda's packages, and those of PyPI that pixi put beside them.
pub fn packages(request: &Request) -> Result<Vec<Package>> {
    let prefix = Place::known(request).prefix;
    let Some(of_conda) = conda_package::installed(&prefix) else { return Err(missing(&prefix)) };
    let conda = of_conda.iter().map(|it| {
        let package = Package::new(Ecosystem::CONDA, &it.name, &it.version);
        package.build(&it.build).installer("pixi")
    });
    let mut packages: Vec<Package> = conda.collect();
    for site in sites(&prefix) {
        // conda says `conda`, or nothing; pixi installs with uv's library.
        let by_pip = |installer: &String| installer.starts_with("uv") || installer == "pip";
        let found = site.distributions.iter().filter_map(|it| Some((it, site.installer(it).filter(by_pip)?)));
        packages.extend(
            found.map(|(it, installer)| Package::new(Ecosystem::PYPI, &it.name, &it.version).installer(&installer)),
        );
    }
    sorted::by(&mut packages, |a, b| a.name.cmp(&b.name));
    Ok(packages)
}

/// The error where no environment is.
pub fn missing(prefix: &Path) -> Error {
    let message = format!("there is no environment at `{}`", prefix.display());
    Error::of_kind(ErrorKind::NO_ENVIRONMENT, message).remedy(&Command::new("pyve").arg("init"))
}

/// The version of the conda package `python`.
pub fn python(prefix: &Path) -> Option<String> {
    let found = conda_package::installed(prefix)?.into_iter().find(|package| package.name == "python");
    found.map(|python| python.version)
}

/// The first difference to what is locked for this machine; `None` where there is none, or it cannot be told.
pub fn difference(prefix: &Path, locked: &Locked, environment: &str) -> Option<String> {
    let packages = locked.environment(environment)?.on(&conda_platform::current())?;
    let installed = conda_package::installed(prefix)?;
    let sites = sites(prefix);
    let mut is_whole = true;
    for package in packages {
        let told = match package {
            LockedPackage::Conda(_, locked) => match installed.iter().find(|it| it.name == locked.name) {
                None => Some(format!("`{} {}` is locked, but not installed", locked.name, locked.version)),
                Some(it) if it.version != locked.version => {
                    Some(format!("`{} {}` is installed, but {} is locked", it.name, it.version, locked.version))
                }
                Some(it) if it.build != locked.build => {
                    Some(format!("build {} of `{}` is installed, but {} is locked", it.build, it.name, locked.build))
                }
                Some(_) => None,
            },
            LockedPackage::Pypi(name, Some(version)) => of_pypi(&sites, name, version),
            LockedPackage::Pypi(_, None) => None,
            LockedPackage::Other => {
                is_whole = false;
                None
            }
        };
        if told.is_some() {
            return told;
        }
    }
    let is_locked = |name: &str| {
        packages.iter().any(|package| matches!(package, LockedPackage::Conda(_, file) if file.name == name))
    };
    let extra = installed.iter().find(|it| is_whole && !is_locked(&it.name))?;
    Some(format!("`{} {}` is installed, but not locked", extra.name, extra.version))
}

fn of_pypi(sites: &[SitePackages], name: &str, version: &str) -> Option<String> {
    let found: Vec<&str> = sites.iter().flat_map(|site| site.named(name)).map(|it| it.version.as_str()).collect();
    match found.first() {
        None => Some(format!("`{name} {version}` of PyPI is locked, but not installed")),
        Some(_) if found.contains(&version) => None,
        Some(other) => Some(format!("`{name} {other}` is installed, but {version} is locked")),
    }
}

fn sites(prefix: &Path) -> Vec<SitePackages> {
    dist_info::of_environment(prefix).into_iter().filter_map(SitePackages::read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn locked(packages: &[&str]) -> Locked {
        let lines: String = packages.iter().map(|package| format!("      - {package}\n")).collect();
        let text = format!(
            "version: 6\nenvironments:\n  default:\n    channels: []\n    packages:\n      {}:\n{lines}packages: []\n",
            conda_platform::current()
        );
        Locked::parse(&text).unwrap()
    }

    #[test]
    fn the_first_difference_is_told() {
        let root = tempfile::tempdir().unwrap();
        let prefix = root.path();
        fs::create_dir_all(prefix.join("conda-meta")).unwrap();
        fs::write(prefix.join("conda-meta/python-3.12.4-h1_0.json"), "").unwrap();
        let told = |packages: &[&str]| difference(prefix, &locked(packages), "default").unwrap_or_default();
        let python = "conda: https://h/linux-64/python-3.12.4-h1_0.conda";
        assert_eq!(told(&[python]), "");
        assert_eq!(told(&[]), "`python 3.12.4` is installed, but not locked");
        assert_eq!(told(&["conda: ./mine"]), "", "what is built from sources may be anything");
        assert_eq!(told(&[python, "conda: https://h/a-1-0.conda"]), "`a 1` is locked, but not installed");
        let newer = "conda: https://h/python-3.13.0-h1_0.conda";
        assert_eq!(told(&[newer]), "`python 3.12.4` is installed, but 3.13.0 is locked");
        let built = "conda: https://h/python-3.12.4-h2_0.conda";
        assert_eq!(told(&[built]), "build h1_0 of `python` is installed, but h2_0 is locked");
        let six = "pypi: https://f/six-1.16.0-py3-none-any.whl";
        assert_eq!(told(&[python, six]), "`six 1.16.0` of PyPI is locked, but not installed");
        let site = if cfg!(windows) { "Lib/site-packages" } else { "lib/python3.12/site-packages" };
        fs::create_dir_all(prefix.join(site).join("six-1.15.0.dist-info")).unwrap();
        assert_eq!(told(&[python, six]), "`six 1.15.0` is installed, but 1.16.0 is locked");
        assert_eq!(difference(prefix, &locked(&[newer]), "test"), None, "no such environment is locked");
        assert_eq!(super::python(prefix).as_deref(), Some("3.12.4"));
    }
}
