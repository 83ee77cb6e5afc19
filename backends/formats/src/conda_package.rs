//! The names of conda's package files: `ca-certificates-2024.7.4-hbcca054_0`, with whatever ending.

use std::path::Path;

/// What such a name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageFile {
    /// In lower case; it may hold dashes.
    pub name: String,
    /// As it is written.
    pub version: String,
    /// As it is written.
    pub build: String,
}

impl PackageFile {
    /// Reads the name of a file without its ending, such as those of an archive or in `conda-meta/`.
    pub fn of(stem: &str) -> Option<Self> {
        let mut parts = stem.rsplitn(3, '-');
        let (build, version, name) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { name: name.to_ascii_lowercase(), version: version.to_owned(), build: build.to_owned() })
    }

    /// Reads the address or path of an archive, with or without a hash behind it.
    pub fn of_archive(address: &str) -> Option<Self> {
        let place = address.split('#').next().unwrap_or(address);
        let file = place.rsplit('/').next().unwrap_or(place);
        Self::of(file.strip_suffix(".conda").or_else(|| file.strip_suffix(".tar.bz2")).unwrap_or(file))
    }
}

/// The packages of the conda environment at `prefix`, by name, as the files in its `conda-meta` are called; `None` where that
/// cannot be listed.
pub fn installed(prefix: &Path) -> Option<Vec<PackageFile>> {
    let entries = prefix.join("conda-meta").read_dir().ok()?;
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut packages: Vec<PackageFile> =
        names.filter_map(|name| PackageFile::of(name.strip_suffix(".json")?)).collect();
    crate::sorted::by(&mut packages, |a, b| a.name.cmp(&b.name));
    Some(packages)
}

#[cfg(test)]
mod tests {
    use super::{PackageFile, installed};

    #[test]
    fn an_environment_lists_its_packages() {
        let prefix = tempfile::tempdir().unwrap();
        assert_eq!(installed(prefix.path()), None);
        std::fs::create_dir(prefix.path().join("conda-meta")).unwrap();
        for file in ["python-3.12.4-h1_0.json", "ca-certificates-2024.7.4-0.json", "history", "pixi"] {
            std::fs::write(prefix.path().join("conda-meta").join(file), "").unwrap();
        }
        let names: Vec<String> = installed(prefix.path()).unwrap().into_iter().map(|it| it.name).collect();
        assert_eq!(names, ["ca-certificates", "python"]);
    }

    #[test]
    fn names_may_hold_dashes() {
        let told =
            |file: Option<PackageFile>| file.map(|file| format!("{} {} {}", file.name, file.version, file.build));
        let certificates = told(PackageFile::of("ca-certificates-2024.7.4-hbcca054_0"));
        assert_eq!(certificates.as_deref(), Some("ca-certificates 2024.7.4 hbcca054_0"));
        let archive = told(PackageFile::of_archive("https://h/linux-64/My-pkg-1.2-0.tar.bz2#0123"));
        assert_eq!(archive.as_deref(), Some("my-pkg 1.2 0"));
        assert_eq!(told(PackageFile::of("history")), None);
    }
}
