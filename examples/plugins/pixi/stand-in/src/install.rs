//! `pixi install`: the files of an environment.

use std::fs;
use std::io;
use std::path::Path;

use pyve_formats::conda_package::PackageFile;
use pyve_formats::conda_platform;
use serde_json::json;

use crate::lock_file::LockFile;
use crate::program::{Failed, Result, VERSION};
use crate::workspace::{Environment, Workspace};

/// The script that `gdal` brings.
const SCRIPT: &str =
    "export GDAL_DATA=\"$CONDA_PREFIX/share/gdal\"\nexport PATH=\"$PATH:$CONDA_PREFIX/share/gdal/tools\"\n";

/// Makes the prefix have exactly what is locked for it.
pub fn environment(workspace: &Workspace, environment: &Environment, lock: &LockFile) -> Result<()> {
    workspace.prepare()?;
    let Some(packages) = lock.packages(environment, &conda_platform::current()) else {
        let name = &environment.name;
        return Err(Failed::new(format!("the lock file is not up-to-date with requested environment: '{name}'")));
    };
    let prefix = workspace.prefix(environment);
    write(&prefix, packages, workspace, environment)
        .map_err(|error| Failed::new(format!("failed to install to {}: {error}", prefix.display())))
}

fn write(prefix: &Path, packages: &[PackageFile], workspace: &Workspace, environment: &Environment) -> io::Result<()> {
    let meta = prefix.join("conda-meta");
    fs::create_dir_all(&meta)?;
    let stem = |package: &PackageFile| format!("{}-{}-{}.json", package.name, package.version, package.build);
    for entry in fs::read_dir(&meta)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".json") && !packages.iter().any(|package| stem(package) == name) {
            fs::remove_file(entry.path())?;
        }
    }
    for package in packages {
        let record = json!({"name": package.name, "version": package.version, "build": package.build});
        fs::write(meta.join(stem(package)), record.to_string())?;
    }
    let has = |name: &str| packages.iter().any(|package| package.name == name);
    let (scripts, variables) = (prefix.join("etc/conda/activate.d"), prefix.join("etc/conda/env_vars.d"));
    file(&scripts.join("gdal-activate.sh"), has("gdal").then_some(SCRIPT))?;
    file(&variables.join("proj.json"), has("proj").then_some("{\"PROJ_NETWORK\": \"OFF\"}"))?;
    python(prefix, has("python"))?;
    fs::write(meta.join("pixi_env_prefix"), meta.to_string_lossy().as_bytes())?;
    fs::write(meta.join("history"), "// not relevant for pixi but for `conda run -p`")?;
    let marker = json!({
        "manifest_path": workspace.manifest,
        "environment_name": environment.name,
        "pixi_version": VERSION,
        "environment_lock_file_hash": "0",
        "resolved_platform": {"subdir": conda_platform::current(), "virtual_packages": []},
    });
    fs::write(meta.join("pixi"), format!("{marker:#}"))
}

/// Writes a file, or removes it.
fn file(path: &Path, text: Option<&str>) -> io::Result<()> {
    match text {
        Some(text) => {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(path, text)
        }
        None if path.exists() => fs::remove_file(path),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn python(prefix: &Path, wanted: bool) -> io::Result<()> {
    let program = prefix.join("bin/python");
    if program.is_symlink() {
        fs::remove_file(&program)?;
    }
    let real = std::env::var_os("PIXI_STANDIN_PYTHON").filter(|_| wanted);
    fs::create_dir_all(prefix.join("bin"))?;
    real.map_or(Ok(()), |real| std::os::unix::fs::symlink(real, program))
}

#[cfg(not(unix))]
fn python(_: &Path, _: bool) -> io::Result<()> {
    Ok(())
}
