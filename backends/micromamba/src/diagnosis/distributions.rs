//! What Python knows to be installed, told by the names of the folders that describe it.

use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};

use crate::freshness::normal;

/// One folder that Python imports packages from.
pub struct SitePackages {
    pub folder: PathBuf,
    pub distributions: Vec<Distribution>,
    /// The names of all other folders in it: the packages themselves, and libraries beside them.
    pub folders: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// As indexes compare it.
    pub name: String,
    pub version: String,
    /// `numpy-2.0.0.dist-info`.
    pub description: String,
}

impl SitePackages {
    /// Whether pip, or what does the same, put it there. conda says `conda`, or nothing.
    pub fn by_pip(&self, distribution: &Distribution) -> bool {
        let said = read::text(self.folder.join(&distribution.description).join("INSTALLER"), Limit::NOTE);
        said.is_ok_and(|said| said.is_some_and(|said| matches!(said.trim(), "pip" | "uv")))
    }

    /// Whether it was asked for by name, and not only needed by another one.
    pub fn requested(&self, distribution: &Distribution) -> bool {
        self.folder.join(&distribution.description).join("REQUESTED").exists()
    }
}

/// The folders of packages of the environment at `prefix`.
pub fn read(prefix: &Path) -> Vec<SitePackages> {
    folders(prefix).into_iter().filter_map(one).collect()
}

fn folders(prefix: &Path) -> Vec<PathBuf> {
    if cfg!(windows) {
        return vec![prefix.join("Lib/site-packages")];
    }
    let entries = prefix.join("lib").read_dir().ok().into_iter().flatten().flatten();
    let is_python = |name: &str| name.starts_with("python3") || name.starts_with("pypy3");
    let pythons = entries.filter(|entry| is_python(&entry.file_name().to_string_lossy()));
    // `python3.1` links to `python3.12` in some builds.
    let real = pythons.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    real.map(|entry| entry.path().join("site-packages")).collect()
}

fn one(folder: PathBuf) -> Option<SitePackages> {
    let (mut distributions, mut folders) = (Vec::new(), Vec::new());
    for entry in folder.read_dir().ok()?.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if let Some((normal, version)) = described(&name) {
            distributions.push(Distribution { name: normal, version, description: name });
        } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            folders.push(name);
        }
    }
    distributions.sort_by(|a, b| (&a.name, &a.description).cmp(&(&b.name, &b.description)));
    folders.sort();
    Some(SitePackages { folder, distributions, folders })
}

/// `some_name-1.0.dist-info`, or `some_name-1.0-py3.12.egg-info` of older tools.
fn described(folder: &str) -> Option<(String, String)> {
    let whole = match folder.strip_suffix(".dist-info") {
        Some(whole) => whole,
        None => {
            let whole = folder.strip_suffix(".egg-info")?;
            whole.rsplit_once("-py").map_or(whole, |(whole, _)| whole)
        }
    };
    let (name, version) = whole.rsplit_once('-')?;
    let named = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    let numbered = version.starts_with(|c: char| c.is_ascii_digit());
    (named && numbered).then(|| (normal(name), version.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::described;

    #[test]
    fn folders_name_distributions() {
        let told = |folder: &str| described(folder).map(|(name, version)| format!("{name} {version}"));
        assert_eq!(told("Some_Name-1.0.dist-info").as_deref(), Some("some-name 1.0"));
        assert_eq!(told("zope.interface-6.1-py3.12.egg-info").as_deref(), Some("zope-interface 6.1"));
        assert_eq!(told("torch-2.1.0+cu118.dist-info").as_deref(), Some("torch 2.1.0+cu118"));
        // What pip renamed while it removed it, a project in development, and no description at all.
        for other in ["~ix-1.0.dist-info", "demo.egg-info", "six.py", "numpy", "a-b.dist-info"] {
            assert_eq!(told(other), None, "{other}");
        }
    }
}
