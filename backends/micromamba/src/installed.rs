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

impl Package {
    /// The file that describes it, with a list of all of its files.
    pub fn description(&self, prefix: &Path) -> PathBuf {
        prefix.join("conda-meta").join(format!("{}-{}-{}.json", self.name, self.version, self.build))
    }
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
