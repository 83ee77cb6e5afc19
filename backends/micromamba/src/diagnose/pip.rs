//! What pip did in a conda environment, and whether it can do what the environment file asks of it.

use pyve_plugin_api::{Finding, Status};

use super::sight::Sight;
use super::{listed, rebuild};
use crate::installed;

pub fn of(sight: &Sight) -> Vec<Finding> {
    missing(sight).into_iter().chain(unlisted(sight)).collect()
}

/// pip where it is asked for: as its program and, unless it comes in some other form, as a folder to import.
fn missing(sight: &Sight) -> Option<Finding> {
    // What pip is to install counts only where no lock decides.
    sight.source.filter(|source| source.lock.is_none())?;
    sight.pip_list()?;
    let program = sight.prefix.join(if cfg!(windows) { "Scripts/pip.exe" } else { "bin/pip" });
    let described = sight.sites.iter().find(|site| site.named("pip").next().is_some());
    let importable = described.is_none_or(|site| site.folder.join("pip/__main__.py").is_file());
    let known = described.is_some() || sight.package("pip").is_some();
    if known && program.is_file() && importable {
        return None;
    }
    let what = if known { "damaged" } else { "not installed" };
    let detail = format!("{what}, though {} has a 'pip:' list", sight.spec_file());
    Some(Finding::error("micromamba.pip-missing", "pip", &detail).remedy(&rebuild()))
}

/// Packages that pip put where conda does not know of them.
fn unlisted(sight: &Sight) -> Option<Finding> {
    let names = by_pip(sight);
    if names.is_empty() {
        return None;
    }
    let (id, subject) = ("micromamba.pip-packages", "pip packages");
    let file = sight.source.and_then(|source| source.environment.as_ref());
    let lock = sight.source.and_then(|source| source.lock.as_ref());
    let asked = file.is_some_and(|file| !file.content.pip.is_empty())
        || lock.is_some_and(|lock| lock.packages.iter().any(|package| package.pip));
    if asked || sight.request.flag("allow_pip") == Some(true) {
        return Some(Finding::new(id, Status::INFO, subject, &format!("{} installed by pip", names.len())));
    }
    let names = listed(&names);
    let detail = format!("installed by pip in a conda environment, though no file lists them: {names}");
    Some(Finding::warning(id, subject, &detail).remedy(&rebuild()))
}

fn by_pip(sight: &Sight) -> Vec<String> {
    let mut names = Vec::new();
    for site in &sight.sites {
        let unknown = site.distributions.iter().filter(|it| sight.of_conda(it).is_none());
        names.extend(unknown.filter(|it| installed::pip_installer(site, it).is_some()).map(|it| it.name.clone()));
    }
    names.sort();
    names.dedup();
    names
}
