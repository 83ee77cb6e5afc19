//! The names of conda's package files: `ca-certificates-2024.7.4-hbcca054_0`, with whatever ending.

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

#[cfg(test)]
mod tests {
    use super::PackageFile;

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
