//! What is in an environment, read from the names in `conda-meta/` without opening a file.

use std::path::{Path, PathBuf};

/// A package that is linked into the environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    pub name: String,
    pub version: String,
    pub build: String,
}

/// The packages of the environment at `prefix`, by name; none if `conda-meta` cannot be read.
pub fn packages(prefix: &Path) -> Option<Vec<Package>> {
    let entries = prefix.join("conda-meta").read_dir().ok()?;
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut packages: Vec<Package> = names.filter_map(|name| parse(name.strip_suffix(".json")?)).collect();
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    Some(packages)
}

/// `1 package`, `7 packages`.
pub fn counted(packages: &[Package]) -> String {
    format!("{} package{}", packages.len(), if packages.len() == 1 { "" } else { "s" })
}

fn parse(stem: &str) -> Option<Package> {
    let mut parts = stem.rsplitn(3, '-');
    let (build, version, name) = (parts.next()?, parts.next()?, parts.next()?);
    Some(Package { name: name.to_ascii_lowercase(), version: version.to_owned(), build: build.to_owned() })
}

/// Where the interpreter is, whether it is there or not.
pub fn interpreter(prefix: &Path) -> PathBuf {
    if cfg!(windows) { prefix.join("python.exe") } else { prefix.join("bin/python") }
}

/// Python packages that pip, not conda, put into the environment: name and version.
pub fn by_pip(prefix: &Path, conda: &[Package]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = site_packages(prefix).iter().flat_map(|folder| foreign(folder)).collect();
    found.retain(|(name, _)| !conda.iter().any(|package| crate::freshness::normal(&package.name) == *name));
    found.sort();
    found.dedup();
    found
}

fn site_packages(prefix: &Path) -> Vec<PathBuf> {
    if cfg!(windows) {
        return vec![prefix.join("Lib/site-packages")];
    }
    let entries = prefix.join("lib").read_dir().ok().into_iter().flatten().flatten();
    let pythons = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("python3"));
    // `python3.1` links to `python3.12` in some builds.
    let real = pythons.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    real.map(|entry| entry.path().join("site-packages")).collect()
}

fn foreign(folder: &Path) -> Vec<(String, String)> {
    let entries = folder.read_dir().ok().into_iter().flatten().flatten();
    let found = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let (name, version) = name.strip_suffix(".dist-info")?.split_once('-')?;
        let installer = std::fs::read_to_string(entry.path().join("INSTALLER")).ok()?;
        matches!(installer.trim(), "pip" | "uv").then(|| (crate::freshness::normal(name), version.to_owned()))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_hold_dashes() {
        let package = parse("ca-certificates-2024.7.4-hbcca054_0").unwrap();
        assert_eq!((&*package.name, &*package.version, &*package.build), ("ca-certificates", "2024.7.4", "hbcca054_0"));
        assert_eq!(parse("history"), None);
    }
}
