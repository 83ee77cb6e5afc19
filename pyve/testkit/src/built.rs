//! What tests start or load besides pyve: Cargo builds none of it along with the tests of another package.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use crate::once_in_a_run;
use crate::repository::{target, workspace_root};

/// The packages that tests build.
pub const BUILT_ON_THE_WAY: &[&str] = &[STAND_IN, PLUGINS[0], PLUGINS[1], PLUGINS[2], PLUGINS[3], PLUGINS[4]];

const STAND_IN: &str = "pyve-standin-micromamba";
const PLUGINS: [&str; 5] = ["pyve-minimal", "pyve-pixi", "pyve-standin-pixi", "pyve-uv", "pyve-venv-as-plugin"];

/// The micromamba to test with: the real one of `PYVE_TEST_MICROMAMBA`, else the stand-in.
///
/// # Panics
/// Where the stand-in cannot be built.
pub fn micromamba() -> PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    match std::env::var_os("PYVE_TEST_MICROMAMBA") {
        Some(real) => real.into(),
        None => PROGRAM.get_or_init(|| program(&[STAND_IN], &["--bin=micromamba"], "micromamba")).clone(),
    }
}

/// The library of a plugin of this workspace, by its crate's name.
///
/// # Panics
/// Where the plugins cannot be built.
pub fn plugin_library(name: &str) -> PathBuf {
    example_plugins().join(format!("{}{name}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX))
}

/// The pixi that stands in for the real one.
///
/// # Panics
/// Where it cannot be built.
pub fn pixi() -> PathBuf {
    example_plugins().join(format!("pixi{}", std::env::consts::EXE_SUFFIX))
}

/// The directory of the example plugins and of what stands in for their tools. All at once: a call of Cargo looks at
/// everything again.
///
/// # Panics
/// Where they cannot be built.
pub fn example_plugins() -> &'static PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| built("plugins", &PLUGINS, &["--lib", "--bin=pixi"]))
}

fn program(packages: &[&str], targets: &[&str], name: &str) -> PathBuf {
    built(name, packages, targets).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The directory with what these packages were built to.
///
/// pyve is named beside them, though nothing of it is among the targets: so what they depend on has the features that it
/// has for the tests, and is not compiled again with fewer.
fn built(name: &str, packages: &[&str], targets: &[&str]) -> PathBuf {
    let folder = once_in_a_run(name, || {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let packages = ["pyve"].iter().chain(packages).flat_map(|package| ["--package", package]);
        let mut command = Command::new(cargo);
        command.args(["build", "--offline", "--locked"]).args(packages).args(targets).arg("--target-dir").arg(target());
        let output = command.current_dir(workspace_root()).output().expect("cargo can be started");
        assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
        target().join("debug").into_os_string().into_string().expect("the target directory has a name in UTF-8")
    });
    PathBuf::from(folder)
}
