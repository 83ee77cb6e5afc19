//! cargo as the tests call it, for libraries that they load: all of them share a target folder, `target/test-plugins`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Runs cargo in a folder, with the target folder that all test crates share.
pub fn cargo(folder: &Path, arguments: &[&str]) {
    let (words, rest) = arguments.split_at(arguments.iter().position(|word| *word == "--").unwrap_or(arguments.len()));
    let output = Command::new(env!("CARGO"))
        .args(words)
        .arg("--offline")
        .args(rest)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target().join("build"))
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "cargo {arguments:?}:\n{}", String::from_utf8_lossy(&output.stderr));
}

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in the repository").to_owned()
}

/// Where cargo puts what [`cargo`] builds.
pub fn target() -> PathBuf {
    repository().join("target/test-plugins")
}

/// The folder of the example plugins, and of what stands in for their tools; all of it is built the first time.
pub fn examples() -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let packages = ["pyve-minimal", "pyve-pixi", "pyve-standin-pixi", "pyve-uv", "pyve-venv-as-plugin"];
        let arguments: Vec<&str> = packages.iter().flat_map(|package| ["-p", package]).collect();
        cargo(&repository(), &[&["build", "--locked"], &*arguments].concat());
    });
    target().join("build/debug")
}
