//! The steps that bring a build: fetched and verified, unpacked beside its place, set right for this machine, then put there.

use std::path::{Path, PathBuf};

use pyve_plugin_api::{Archive, Command, Consent, Recipe, Step, Tool};

use super::build::PythonBuild;

/// Where it comes from, as `python list` and messages have it.
pub const ORIGIN: &str = "pyve";

/// Real ones have 60 to 250 MB unpacked.
const UNPACKED_LIMIT: u64 = 2 << 30;

/// Run by the new interpreter before it takes its place: what the machine that built it wrote down is made this one's.
const SETTLE: &str = include_str!("settle.py");

/// The recipe that brings the build into pyve's own directory, `pyve`. Where it stands already, nothing is done.
pub fn recipe(build: &PythonBuild, pyve: &Path) -> Recipe {
    let (directory, version) = (build.directory(pyve), build.version.to_string());
    let label = format!("Download CPython {version}");
    let archive = archive(&directory, pyve);
    let unpacked = Archive::tar_gz(&build.sha256, UNPACKED_LIMIT).strip_components(1);
    let settle = Command::new(build.program()).args(["-I", "-S", "-B", "-c", SETTLE]).arg(&directory);
    let step = Step::unpack(&label, archive, unpacked, &directory).fetched(build.download()).settled_by(settle);
    let tool = Tool::new(build.interpreter(&directory), &version, ORIGIN);
    Recipe::new("user", &label, Consent::BOOTSTRAP).step(step).provides(tool)
}

/// Where the archive of the build with this directory lies while it is unpacked. Whoever brings or removes the build holds the
/// lock of this file.
pub fn archive(directory: &Path, pyve: &Path) -> PathBuf {
    let mut name = directory.file_name().unwrap_or_default().to_owned();
    name.push(".tar.gz");
    pyve.join("cache").join(super::installed::DIRECTORY).join(name)
}
