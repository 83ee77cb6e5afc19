//! What is installed, told by the names of the folders that describe it: none of them is opened.

use std::collections::BTreeMap;
use std::str::FromStr;

use pep440_rs::Version;
use pep508_rs::PackageName;
use pyve_plugin_api::Finding;

use crate::environment::Environment;

/// The versions of each distribution; more than one means that an installation was interrupted or written over.
pub type Installed = BTreeMap<PackageName, Vec<Version>>;

/// Reads the folder of packages; `None` if it cannot be read.
pub fn installed(environment: &Environment) -> Option<Installed> {
    let entries = std::fs::read_dir(environment.site_packages()?).ok()?;
    let mut installed = Installed::new();
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    for (name, version) in names.filter_map(|name| described(&name)) {
        installed.entry(name).or_default().push(version);
    }
    Some(installed)
}

/// `some_name-1.0.dist-info`, or `some_name-1.0-py3.12.egg-info` of older tools.
fn described(folder: &str) -> Option<(PackageName, Version)> {
    let whole = match folder.strip_suffix(".dist-info") {
        Some(whole) => whole,
        None => {
            let whole = folder.strip_suffix(".egg-info")?;
            whole.rsplit_once("-py").map_or(whole, |(whole, _)| whole)
        }
    };
    let (name, version) = whole.rsplit_once('-')?;
    Some((PackageName::from_str(name).ok()?, Version::from_str(version).ok()?))
}

/// Distributions that are there twice: which of the two is imported nobody can tell.
pub fn doubled(installed: &Installed) -> Option<Finding> {
    let of = |versions: &[Version]| versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
    let doubled = installed.iter().filter(|(_, versions)| versions.len() > 1);
    let doubled: Vec<String> = doubled.map(|(name, versions)| format!("{name} {}", of(versions))).collect();
    if doubled.is_empty() {
        return None;
    }
    let detail = format!("installed more than once: {}", doubled.join(", "));
    Some(Finding::warning("venv.package-doubled", "Packages", &detail).remedy(&super::rebuild()))
}

#[cfg(test)]
mod tests {
    use super::described;

    #[test]
    fn folders_name_distributions() {
        let told = |folder: &str| described(folder).map(|(name, version)| format!("{name} {version}"));
        assert_eq!(told("Some_Name-1.0.dist-info").as_deref(), Some("some-name 1.0"));
        assert_eq!(told("zope.interface-6.1-py3.12.egg-info").as_deref(), Some("zope-interface 6.1"));
        assert_eq!(told("python_dateutil-2.9.0.post0.dist-info").as_deref(), Some("python-dateutil 2.9.0.post0"));
        assert_eq!(told("six.py"), None);
        assert_eq!(told("~ix-1.0.dist-info"), None);
    }
}
