//! Which environments of pixi stand, as their own files tell.

use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};
use pyve_formats::scripts;
use pyve_plugin_api::{ExistingEnvironment, Inspection, Request};
use toml::{Table, Value};

use crate::environment;

/// Every folder below `.pixi/envs` that has packages.
pub fn of(request: &Request) -> Inspection {
    let meant = environment::prefix(request);
    let entries = request.in_project(environment::ENVS).read_dir().into_iter().flatten().flatten();
    let mut prefixes: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|prefix| is_environment(prefix)).collect();
    prefixes.sort();
    prefixes.iter().map(|prefix| existing(prefix, request)).fold(Inspection::at(meant), Inspection::environment)
}

fn is_environment(prefix: &Path) -> bool {
    prefix.join("conda-meta").is_dir()
}

fn existing(prefix: &Path, request: &Request) -> ExistingEnvironment {
    let name = prefix.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let interpreter = environment::interpreter(prefix);
    let mut existing = ExistingEnvironment::new(&name, prefix).detail("installed by pixi");
    if interpreter.exists() {
        existing = existing.interpreter(interpreter);
    }
    if let Some(folder) = made_in(prefix).and_then(|folder| scripts::other_than(prefix, folder)) {
        existing = existing.moved_from(folder);
    }
    // `pixi shell-hook --json`, by which its launch is computed, has a shell source all of these.
    of_packages(prefix).into_iter().chain(of_manifest(request)).fold(existing, ExistingEnvironment::script)
}

/// The folder that pixi noted, or the one that the scripts of its packages name.
fn made_in(prefix: &Path) -> Option<PathBuf> {
    let noted = read::text(prefix.join("conda-meta/pixi_env_prefix"), Limit::NOTE).ok().flatten();
    let noted = noted.map(|text| PathBuf::from(text.trim())).filter(|folder| folder.is_absolute());
    // What it notes is the folder of the file.
    let noted = noted.map(|folder| match folder.ends_with("conda-meta") {
        true => folder.parent().map(Path::to_owned).unwrap_or_default(),
        false => folder,
    });
    noted.or_else(|| scripts::folder(prefix))
}

/// The activation scripts that packages brought.
fn of_packages(prefix: &Path) -> Vec<PathBuf> {
    let entries = prefix.join("etc/conda/activate.d").read_dir().into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    found.sort();
    found
}

/// The manifest, if it has anything sourced: scripts of the project's, or values that a shell fills in.
fn of_manifest(request: &Request) -> Option<PathBuf> {
    let manifest = environment::manifest(request).ok()?;
    let text = read::text(&manifest, Limit::PROJECT).ok()??;
    // One that cannot be read here pixi may still read.
    text.parse::<Table>().map_or(true, |table| activates(&table)).then_some(manifest)
}

/// `[activation]`, which features and targets can have as well.
fn activates(table: &Table) -> bool {
    table.iter().any(|(key, value)| match value {
        Value::Table(table) => (key == "activation" && !table.is_empty()) || activates(table),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn project() -> (tempfile::TempDir, Request, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let request = Request::new(root.path(), "/home/.pyve");
        let prefix = root.path().join(".pixi/envs/default");
        fs::create_dir_all(prefix.join("conda-meta")).unwrap();
        fs::write(root.path().join("pixi.toml"), "[workspace]\n").unwrap();
        (root, request, prefix)
    }

    fn scripts_of(request: &Request) -> Vec<PathBuf> {
        of(request).requested().unwrap().scripts.iter().map(|script| script.path().into_owned()).collect()
    }

    #[test]
    fn the_place_that_pixi_noted_tells_of_a_move() {
        let (_root, request, prefix) = project();
        assert!(of(&request).requested().unwrap().moved_from.is_empty());
        fs::write(prefix.join("conda-meta/pixi_env_prefix"), prefix.join("conda-meta").to_str().unwrap()).unwrap();
        assert!(of(&request).requested().unwrap().moved_from.is_empty());
        let old = std::env::temp_dir().join("old/.pixi/envs/default");
        fs::write(prefix.join("conda-meta/pixi_env_prefix"), old.join("conda-meta").to_str().unwrap()).unwrap();
        assert_eq!(of(&request).requested().unwrap().moved_from.path(), old);
    }

    #[test]
    fn all_that_a_shell_would_source_is_named() {
        let (root, request, prefix) = project();
        assert_eq!(scripts_of(&request), Vec::<PathBuf>::new());
        let script = prefix.join("etc/conda/activate.d/gcc.sh");
        fs::create_dir_all(script.parent().unwrap()).unwrap();
        fs::write(&script, "").unwrap();
        assert_eq!(scripts_of(&request), [script.as_path()]);
        let manifest = root.path().join("pixi.toml");
        fs::write(&manifest, "[feature.a.target.unix.activation]\nscripts = [\"x.sh\"]\n").unwrap();
        assert_eq!(scripts_of(&request), [script.as_path(), &manifest]);
    }
}
