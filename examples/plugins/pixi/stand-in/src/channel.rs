//! The packages that there are.

/// A package of the stand-in's own channel.
#[derive(Debug, PartialEq, Eq)]
pub struct Package {
    pub name: &'static str,
    pub version: &'static str,
    pub depends: &'static [&'static str],
}

/// Where all of them come from, as a lock file writes it.
pub const CHANNEL: &str = "https://conda.anaconda.org/conda-forge/";

/// The build of every package.
pub const BUILD: &str = "h0_0";

const fn package(name: &'static str, version: &'static str, depends: &'static [&'static str]) -> Package {
    Package { name, version, depends }
}

/// The newest of a name last. `gdal` brings an activation script, and `proj` a variable.
pub const PACKAGES: [Package; 9] = [
    package("gdal", "3.9.1", &["proj >=9"]),
    package("libffi", "3.4.2", &[]),
    package("numpy", "1.26.4", &["python >=3.12"]),
    package("numpy", "2.1.0", &["python >=3.12"]),
    package("proj", "9.4.0", &[]),
    package("pytest", "8.3.2", &["python >=3.12"]),
    package("python", "3.12.4", &["libffi >=3.4,<4", "__unix"]),
    package("python", "3.13.1", &["libffi >=3.4,<4", "__unix"]),
    package("ruff", "0.5.0", &[]),
];

impl Package {
    /// `numpy-2.1.0-h0_0`
    pub fn stem(&self) -> String {
        format!("{}-{}-{BUILD}", self.name, self.version)
    }

    pub fn address(&self, platform: &str) -> String {
        format!("{CHANNEL}{platform}/{}.conda", self.stem())
    }
}
