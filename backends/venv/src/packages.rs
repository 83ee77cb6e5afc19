//! The answer to "what is installed?": told by the folders that describe it.

use pyve_formats::dist_info::{Distribution, SitePackages};
use pyve_plugin_api::{Ecosystem, Error, Package, Request, Result};

use crate::launch::{self, prefix};
use crate::rebuild;

pub fn installed(request: &Request) -> Result<Vec<Package>> {
    let prefix = prefix(request)?;
    let environment = launch::environment(&prefix, request)?;
    let site = environment.site_packages().and_then(SitePackages::read).ok_or_else(|| {
        Error::new(format!("the packages of the virtual environment at {} cannot be read", prefix.display()))
            .remedy(&rebuild())
    })?;
    let package = |it: &Distribution| {
        let installer = site.installer(it).unwrap_or_default();
        Package::new(Ecosystem::PYPI, &it.name, &it.version).installer(&installer)
    };
    Ok(site.distributions.iter().map(package).collect())
}
