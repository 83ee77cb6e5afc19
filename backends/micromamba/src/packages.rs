//! The answer to "what is installed?": conda's packages, and what pip put beside or over them.

use pyve_formats::conda_package::PackageFile;
use pyve_formats::sorted;
use pyve_plugin_api::{Ecosystem, Error, Package, Request, Result};

use crate::{installed, launch, pyve};

pub fn installed(request: &Request) -> Result<Vec<Package>> {
    let prefix = launch::prefix(request)?;
    let of_conda = installed::packages(&prefix).ok_or_else(|| {
        Error::new(format!("the packages of the environment {} cannot be read", prefix.display()))
            .remedy(&pyve(&["init", "--force"]))
    })?;
    let conda =
        |it: &PackageFile| Package::new(Ecosystem::CONDA, &it.name, &it.version).build(&it.build).installer("conda");
    let mut packages: Vec<Package> = of_conda.iter().map(conda).collect();
    for site in installed::sites(&prefix) {
        let by_pip = |it| Some((it, installed::pip_installer(&site, it)?));
        let found = site.distributions.iter().filter_map(by_pip);
        packages.extend(
            found.map(|(it, installer)| Package::new(Ecosystem::PYPI, &it.name, &it.version).installer(&installer)),
        );
    }
    sorted::by(&mut packages, |a, b| a.name.cmp(&b.name));
    Ok(packages)
}
