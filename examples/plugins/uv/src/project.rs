//! What a project of uv looks like on disk.

use std::path::{Path, PathBuf};

use pyve_formats::pyproject::{self, Pyproject};
use pyve_formats::scripts::PROGRAMS;
use pyve_plugin_api::{Detection, Request, Result, Strength};

/// `uv.lock`, and `pyproject.toml`, which speaks for uv alone only with a `[tool.uv]` table.
pub fn markers(root: &Path) -> Result<Vec<Detection>> {
    let mut found = Vec::new();
    if root.join("uv.lock").is_file() {
        found.push(Detection::new("uv.lock", Strength::EXCLUSIVE));
    }
    let file = root.join(pyproject::NAME).is_file();
    let line = Pyproject::read(root).ok().flatten().and_then(|file| file.line("tool.uv"));
    match line.and_then(|line| u32::try_from(line).ok()) {
        Some(line) => found.push(Detection::new(pyproject::NAME, Strength::EXCLUSIVE).line(line)),
        None if file => found.push(Detection::new(pyproject::NAME, Strength::GENERIC)),
        None => {}
    }
    Ok(found)
}

/// What the environment is called: as the project's folder is.
pub fn name(request: &Request) -> String {
    request.project().file_name().map_or("project".into(), |name| name.to_string_lossy().into_owned())
}

/// Where the environment is, or will be.
pub fn prefix(request: &Request) -> PathBuf {
    match request.text("directory") {
        Some(directory) => request.in_project(directory),
        None => request.environment_dir(".venv"),
    }
}

/// The folder of an environment's programs.
pub fn programs(prefix: &Path) -> PathBuf {
    prefix.join(PROGRAMS)
}

/// The interpreter of an environment.
pub fn interpreter(prefix: &Path) -> PathBuf {
    programs(prefix).join(format!("python{}", std::env::consts::EXE_SUFFIX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_file_and_a_table_of_its_own_ask_for_uv() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("pyproject.toml"), "[project]\nname = \"a\"\n").unwrap();
        assert_eq!(markers(root.path()).unwrap(), [Detection::new("pyproject.toml", Strength::GENERIC)]);
        std::fs::write(root.path().join("pyproject.toml"), "[project]\nname = \"a\"\n[tool.uv.sources]\n").unwrap();
        assert_eq!(markers(root.path()).unwrap(), [Detection::new("pyproject.toml", Strength::EXCLUSIVE).line(3)]);
        std::fs::write(root.path().join("uv.lock"), "").unwrap();
        assert_eq!(markers(root.path()).unwrap().len(), 2);
    }

    #[test]
    fn a_broken_pyproject_is_not_uvs_to_report() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("pyproject.toml"), "[tool.uv\n").unwrap();
        assert_eq!(markers(root.path()).unwrap(), [Detection::new("pyproject.toml", Strength::GENERIC)]);
    }
}
