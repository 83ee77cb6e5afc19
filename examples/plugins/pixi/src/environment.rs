//! What a project of pixi looks like on disk.

use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};
use pyve_formats::toml_file::TomlFile;
use pyve_plugin_api::{Command, Creation, DeclaredEnvironment, Error, PrefixState, Request, Result};

/// Where pixi puts environments.
pub const ENVS: &str = ".pixi/envs";

/// The environment's name in the manifest: the one that is set for it, else its own.
pub fn name(request: &Request) -> &str {
    let own = if request.is_named() { request.environment.as_str() } else { "default" };
    request.text("environment").unwrap_or(own)
}

/// The environments of the manifest, `default` first, which every manifest has.
pub fn declared(request: &Request) -> Result<Vec<DeclaredEnvironment>> {
    let path = manifest(request)?;
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let read = TomlFile::read(&path).map_err(|error| Error::new(error.to_string()).hint(error.hint()))?;
    let table = if file == "pixi.toml" { "environments" } else { "tool.pixi.environments" };
    let named = read.map(|manifest| manifest.keys(table)).unwrap_or_default();
    let named = named.iter().map(|key| {
        let line = u32::try_from(key.line).unwrap_or_default();
        DeclaredEnvironment::new(&key.text, file.as_str()).line(line)
    });
    let named: Vec<DeclaredEnvironment> = named.collect();
    let default = named.iter().any(|environment| environment.name == "default");
    let default = (!default).then(|| DeclaredEnvironment::new("default", file.as_str()));
    Ok(default.into_iter().chain(named).collect())
}

/// `.pixi/envs/<name>`, where pixi puts it.
pub fn prefix(request: &Request) -> PathBuf {
    request.in_project(ENVS).join(name(request))
}

/// The interpreter of a conda prefix.
pub fn interpreter(prefix: &Path) -> PathBuf {
    if cfg!(windows) { prefix.join("python.exe") } else { prefix.join("bin/python") }
}

/// Whether `pyproject.toml` has a `[tool.pixi]` table.
pub fn has_table(root: &Path) -> bool {
    let text = read::text(root.join("pyproject.toml"), Limit::PROJECT).ok().flatten().unwrap_or_default();
    text.parse::<toml::Table>().is_ok_and(|table| table.get("tool").and_then(|tool| tool.get("pixi")).is_some())
}

/// The file that pixi reads.
pub fn manifest(request: &Request) -> Result<PathBuf> {
    let file = request.in_project("pixi.toml");
    if file.is_file() {
        return Ok(file);
    }
    if has_table(&request.project()) {
        return Ok(request.in_project("pyproject.toml"));
    }
    Err(Error::new(format!("{} has neither pixi.toml nor [tool.pixi] in pyproject.toml", request.project().display()))
        .remedy(&Command::new("pixi").arg("init")))
}

/// Whether pixi keeps the project's environments elsewhere (`detached-environments`): their folder is a link then.
fn is_detached(request: &Request) -> bool {
    let real = |path: PathBuf| path.canonicalize().ok();
    let envs = real(request.in_project(ENVS));
    envs.zip(real(request.project().into_owned())).is_some_and(|(envs, project)| !envs.starts_with(project))
}

/// What stands at the prefix: pixi itself brings an existing one in line.
pub fn with_state(creation: Creation, request: &Request) -> Creation {
    let prefix = prefix(request);
    let creation = if is_detached(request) { creation.external() } else { creation };
    match (prefix.exists(), prefix.join("conda-meta").is_dir()) {
        (false, _) => creation,
        (true, true) => creation.state(PrefixState::USABLE, "installed by pixi"),
        (true, false) => creation.state(PrefixState::BROKEN, "there is no conda-meta in it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_environment_has_a_folder_of_its_own() {
        let request = Request::new("/p", "/home/.pyve");
        let named = request.clone().with_environment("test");
        let set = request.clone().with_setting("environment", ["dev"], ".pyve/config:2");
        let folders = [&request, &named, &set].map(prefix);
        let both = named.clone().with_setting("environment", ["lint"], ".pyve/config:4");
        assert_eq!(prefix(&both), Path::new("/p/.pixi/envs/lint"), "set for this one");
        assert_eq!(folders, ["default", "test", "dev"].map(|name| Path::new("/p/.pixi/envs").join(name)));
    }

    #[test]
    fn the_manifest_declares_them() {
        let root = tempfile::tempdir().unwrap();
        let request = Request::new(root.path(), "/home/.pyve");
        let told = || {
            let declared = declared(&request).unwrap();
            let told = |it: &DeclaredEnvironment| format!("{} {}:{}", it.name, it.file.display(), it.line);
            declared.iter().map(told).collect::<Vec<_>>()
        };
        let table = "[tool.pixi.environments]\ntest = [\"test\"]\ndefault = {features = []}\n";
        std::fs::write(root.path().join("pyproject.toml"), table).unwrap();
        assert_eq!(told(), ["test pyproject.toml:2", "default pyproject.toml:3"]);
        std::fs::write(root.path().join("pixi.toml"), "[workspace]\n[environments]\nlint = [\"lint\"]\n").unwrap();
        assert_eq!(told(), ["default pixi.toml:0", "lint pixi.toml:3"]);
        std::fs::write(root.path().join("pixi.toml"), "[").unwrap();
        assert!(declared(&request).unwrap_err().message.contains("pixi.toml"));
    }

    #[test]
    fn the_manifest_is_pixi_toml_or_a_table_of_pyproject() {
        let root = tempfile::tempdir().unwrap();
        let request = Request::new(root.path(), "/home/.pyve");
        assert_eq!(manifest(&request).unwrap_err().remedy.to_string(), "run `pixi init`");
        std::fs::write(root.path().join("pyproject.toml"), "[tool.pixi.workspace]\nchannels = []\n").unwrap();
        assert_eq!(manifest(&request).unwrap(), root.path().join("pyproject.toml"));
        std::fs::write(root.path().join("pixi.toml"), "").unwrap();
        assert_eq!(manifest(&request).unwrap(), root.path().join("pixi.toml"));
    }
}
