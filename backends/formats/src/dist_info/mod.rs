//! What is installed for a Python: the folders beside its packages that describe them (PEP 376, PEP 427).
//!
//! Names of folders tell most of it, and no file is opened for that.

pub mod record;

use std::path::{Path, PathBuf};

use crate::python_name::normalized;
use crate::read::{self, Limit, ReadError};

/// One folder that Python imports packages from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SitePackages {
    /// `lib/python3.12/site-packages` in an environment.
    pub folder: PathBuf,
    /// By name.
    pub distributions: Vec<Distribution>,
    /// The names of all other folders in it, in order: the packages themselves, and libraries beside them.
    pub folders: Vec<String>,
}

/// Something that was installed as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// As indexes compare it: `zope-interface`.
    pub name: String,
    /// As it is written; one of another time may not follow PEP 440.
    pub version: String,
    /// The folder that describes it, below that of its packages: `zope.interface-6.1.dist-info`.
    pub description: String,
}

/// The folders of packages of the environment at `prefix`, one for each Python that is, or was, in it.
pub fn of_environment(prefix: &Path) -> Vec<PathBuf> {
    if cfg!(windows) {
        return vec![prefix.join("Lib/site-packages")];
    }
    let entries = prefix.join("lib").read_dir().ok().into_iter().flatten().flatten();
    let is_python = |name: &str| name.starts_with("python3") || name.starts_with("pypy3");
    let pythons = entries.filter(|entry| is_python(&entry.file_name().to_string_lossy()));
    // `python3.1` links to `python3.12` in some builds of conda.
    let real = pythons.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    real.map(|entry| entry.path().join("site-packages")).collect()
}

impl SitePackages {
    /// Reads the names in a folder; `None` where it cannot be listed.
    pub fn read(folder: impl Into<PathBuf>) -> Option<Self> {
        let folder = folder.into();
        let (mut distributions, mut folders) = (Vec::new(), Vec::new());
        for entry in folder.read_dir().ok()?.flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            if let Some(distribution) = Distribution::of(&name) {
                distributions.push(distribution);
            } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(name);
            }
        }
        crate::sorted::by(&mut distributions, |a, b| (&a.name, &a.description).cmp(&(&b.name, &b.description)));
        folders.sort();
        Some(Self { folder, distributions, folders })
    }

    /// Those of one name; more than one where an installation was interrupted or written over.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Distribution> {
        self.distributions.iter().filter(move |distribution| distribution.name == name)
    }

    /// The program that put it there, as its `INSTALLER` says: `pip`, `uv`, `conda`.
    pub fn installer(&self, distribution: &Distribution) -> Option<String> {
        let said = read::text(self.file(distribution, "INSTALLER"), Limit::NOTE).ok()??;
        Some(said.trim().to_owned())
    }

    /// Whether it was asked for by name, and not only needed by another one (PEP 376).
    pub fn is_requested(&self, distribution: &Distribution) -> bool {
        self.file(distribution, "REQUESTED").exists()
    }

    /// Whether it was put in to the end: installers write the list of its files last.
    pub fn has_record(&self, distribution: &Distribution) -> bool {
        self.file(distribution, "RECORD").is_file()
    }

    /// The text of the list of its files; `None` where there is none.
    pub fn record(&self, distribution: &Distribution) -> Result<Option<String>, ReadError> {
        read::text(self.file(distribution, "RECORD"), Limit::METADATA)
    }

    fn file(&self, distribution: &Distribution, name: &str) -> PathBuf {
        self.folder.join(&distribution.description).join(name)
    }
}

impl Distribution {
    /// What a folder describes: `some_name-1.0.dist-info`, or `some_name-1.0-py3.12.egg-info` of older tools.
    pub fn of(description: &str) -> Option<Self> {
        let whole = match description.strip_suffix(".dist-info") {
            Some(whole) => whole,
            None => {
                let whole = description.strip_suffix(".egg-info")?;
                whole.rsplit_once("-py").map_or(whole, |(whole, _)| whole)
            }
        };
        let (name, version) = whole.rsplit_once('-')?;
        let named = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        let numbered = version.starts_with(|c: char| c.is_ascii_digit());
        let (version, description) = (version.to_owned(), description.to_owned());
        (named && numbered).then(|| Self { name: normalized(name), version, description })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn folders_name_distributions() {
        let told = |folder: &str| Distribution::of(folder).map(|it| format!("{} {}", it.name, it.version));
        for (folder, distribution) in [
            ("Some_Name-1.0.dist-info", "some-name 1.0"),
            ("zope.interface-6.1-py3.12.egg-info", "zope-interface 6.1"),
            ("python_dateutil-2.9.0.post0.dist-info", "python-dateutil 2.9.0.post0"),
            ("torch-2.1.0+cu118.dist-info", "torch 2.1.0+cu118"),
            ("pytz-2004d.dist-info", "pytz 2004d"),
        ] {
            assert_eq!(told(folder).as_deref(), Some(distribution));
        }
        // What pip renamed while it removed it, a project in development, and no description at all.
        for other in ["~ix-1.0.dist-info", "demo.egg-info", "six.py", "numpy", "a-b.dist-info"] {
            assert_eq!(told(other), None, "{other}");
        }
    }

    #[test]
    fn a_folder_is_told_by_the_names_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let describe = |name: &str, files: &[(&str, &str)]| {
            let description = folder.path().join(name);
            fs::create_dir_all(&description).unwrap();
            files.iter().for_each(|(file, text)| fs::write(description.join(file), text).unwrap());
        };
        describe("six-1.16.0.dist-info", &[("INSTALLER", "pip\n"), ("REQUESTED", ""), ("RECORD", "six.py,,\n")]);
        describe("six-1.9.dist-info", &[]);
        describe("numpy", &[]);
        fs::write(folder.path().join("six.py"), "").unwrap();
        let found = SitePackages::read(folder.path()).unwrap();
        assert_eq!(found.folders, ["numpy"]);
        let six: Vec<&Distribution> = found.named("six").collect();
        let versions: Vec<&str> = six.iter().map(|it| it.version.as_str()).collect();
        assert_eq!(versions, ["1.16.0", "1.9"]);
        assert_eq!(found.installer(six[0]).as_deref(), Some("pip"));
        assert!(found.is_requested(six[0]) && !found.is_requested(six[1]));
        assert_eq!(found.record(six[0]).unwrap().as_deref(), Some("six.py,,\n"));
        assert_eq!((found.installer(six[1]), found.record(six[1]).unwrap()), (None, None));
        assert_eq!(SitePackages::read(folder.path().join("none")), None);
    }

    #[cfg(unix)]
    #[test]
    fn each_python_of_an_environment_has_its_folder() {
        let prefix = tempfile::tempdir().unwrap();
        for python in ["python3.12", "python3.13t", "pypy3.10", "pkgconfig"] {
            fs::create_dir_all(prefix.path().join("lib").join(python)).unwrap();
        }
        std::os::unix::fs::symlink("python3.12", prefix.path().join("lib/python3.1")).unwrap();
        let mut found = of_environment(prefix.path());
        found.sort();
        let expected = ["pypy3.10", "python3.12", "python3.13t"];
        assert_eq!(found, expected.map(|python| prefix.path().join("lib").join(python).join("site-packages")));
    }
}
