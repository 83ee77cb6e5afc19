//! Which environments of pixi stand, as their own files tell.

use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};
use pyve_formats::scripts;
use pyve_plugin_api::{ExistingEnvironment, Inspection, Request};

use crate::activation::Activation;
use crate::environment::{self, Place};
use crate::installed;
use crate::manifest::Manifest;

/// Every directory that has packages where pixi puts environments, be that in the project or detached from it.
pub fn of(request: &Request) -> Inspection {
    let meant = Request { recorded: Default::default(), ..request.clone() };
    let meant = Place::known(&meant).prefix;
    let entries = environment::folder(request).read_dir().into_iter().flatten().flatten();
    let mut prefixes: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|prefix| prefix.join("conda-meta").is_dir()).collect();
    prefixes.sort();
    prefixes.iter().map(|prefix| existing(prefix, request)).fold(Inspection::at(meant), Inspection::environment)
}

fn existing(prefix: &Path, request: &Request) -> ExistingEnvironment {
    let name = prefix.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let interpreter = environment::interpreter(prefix);
    let with = installed::python(prefix).map(|version| format!(" with Python {version}")).unwrap_or_default();
    let mut existing = ExistingEnvironment::new(&name, prefix).detail(&format!("installed by pixi{with}"));
    if interpreter.exists() {
        existing = existing.interpreter(interpreter);
    }
    if let Some(folder) = made_elsewhere(prefix) {
        existing = existing.moved_from(folder);
    }
    // A shell sources all of these, pixi's where the launch is computed and pyve's where a command is run. The manifest
    // counts as one: a shell fills in its values, and one that cannot be read here pixi may still read.
    let manifest = Manifest::of(request);
    let activation = Activation::of(manifest.as_ref().ok(), prefix, request);
    let path = match &manifest {
        Ok(manifest) => activation.is_in_manifest().then(|| manifest.path.clone()),
        Err(_) => Some(request.in_project("pixi.toml")).filter(|path| path.is_file()),
    };
    let scripts = activation.of_packages.into_iter().chain(path);
    let scripts = scripts.chain(activation.scripts.into_iter().filter(|script| script.is_file()));
    scripts.fold(existing, ExistingEnvironment::script)
}

/// The folder that the environment was made in, if that is another one than where it stands: pixi noted it, or the scripts of
/// its packages name it.
pub fn made_elsewhere(prefix: &Path) -> Option<PathBuf> {
    let noted = read::text(prefix.join("conda-meta/pixi_env_prefix"), Limit::NOTE).ok().flatten();
    let noted = noted.map(|text| PathBuf::from(text.trim())).filter(|folder| folder.is_absolute());
    // What it notes is the folder of the file.
    let noted = noted.map(|folder| match folder.ends_with("conda-meta") {
        true => folder.parent().map(Path::to_owned).unwrap_or_default(),
        false => folder,
    });
    scripts::other_than(prefix, noted.or_else(|| scripts::folder(prefix))?)
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
