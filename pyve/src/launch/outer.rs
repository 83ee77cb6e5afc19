//! Leaving an environment that the caller's shell has activated: what its own deactivation would undo is undone.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use pyve_formats::json;
use pyve_formats::read::{self, Limit};
use pyve_plugin_api::{Outer, VariablesFile};
use serde_json::Value;

use super::environment::Variables;
use super::sourced::{Relay, Scripts};
use crate::caller::Caller;
use crate::files::ownership;
use crate::project::Layout;

/// Undoes what the environments of these kinds did to the caller's variables. One that somebody else could have changed
/// is left as it is: nothing of it is sourced, nor believed. What is no variable and is otherwise then comes back.
pub fn leave(caller: &Caller, layout: &Layout, outer: &[Outer], variables: &mut Variables) -> Option<Relay> {
    let mut relays = Vec::new();
    for outer in outer {
        let prefix = caller.nonempty(&outer.prefix).map(Path::new).filter(|prefix| prefix.is_absolute());
        let level = caller.variable(&outer.level).and_then(OsStr::to_str);
        let level = level.and_then(|level| level.trim().parse::<u32>().ok()).filter(|level| *level > 0);
        let Some((prefix, level)) = prefix.zip(level) else { continue };
        // Without links, so that what is examined is what is read.
        let Ok(prefix) = prefix.canonicalize() else { continue };
        if ownership::check(&prefix, "left").is_err() {
            continue;
        }
        relays.extend(run_scripts(caller, layout, &prefix, outer, variables));
        for name in names(&prefix, &outer.variables) {
            let saved = format!("{}{}_{name}", outer.saved, level - 1);
            match variables.get(&saved).map(OsStr::to_owned).filter(|_| !outer.saved.is_empty()) {
                Some(value) => variables.set(&name, &value),
                None => drop(variables.remove(&name)),
            }
        }
    }
    relays.into_iter().reduce(Relay::then)
}

/// Where that fails the variables stay: the command is not the worse for it.
fn run_scripts(
    caller: &Caller,
    layout: &Layout,
    prefix: &Path,
    outer: &Outer,
    variables: &mut Variables,
) -> Option<Relay> {
    if outer.scripts.is_empty() {
        return None;
    }
    let scripts = scripts(&prefix.join(outer.scripts.path()), "sh");
    if scripts.is_empty() {
        return None;
    }
    // A package that comes or goes leaves its traces in the folders of these files.
    let files = outer.variables.iter().map(|file| prefix.join(file.path.path()));
    let mut inputs: Vec<PathBuf> =
        files.flat_map(|file| [file.parent().map(Path::to_owned), Some(file)]).flatten().collect();
    inputs.push(prefix.join(outer.scripts.path()));
    let scripts = Scripts { caller, layout, prefix, scripts: &scripts, inputs: &inputs, silent: true };
    let effects = scripts.effects(&variables.0).ok()?;
    effects.apply(variables);
    effects.relay
}

/// The scripts of a folder that nobody else could have put there, in the order in which an environment is left: the last
/// name first.
pub fn scripts(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut scripts = files(folder, ending);
    scripts.reverse();
    scripts
}

/// The names of the variables that the activation set. PATH is no value of an environment.
fn names(prefix: &Path, sources: &[VariablesFile]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for source in sources {
        let path = prefix.join(source.path.path());
        let all = if path.is_dir() { files(&path, "json") } else { own(path).into_iter().collect() };
        for file in all {
            let json = read::bytes(&file, Limit::SETTINGS).ok().flatten();
            let json = json.and_then(|bytes| json::read::<Value>(&bytes).ok());
            let table = json.as_ref().and_then(|json| match source.key.as_str() {
                "" => Some(json),
                key => json.get(key),
            });
            names.extend(table.and_then(Value::as_object).into_iter().flat_map(|table| table.keys()).cloned());
        }
    }
    names.iter().map(|name| name.to_uppercase()).filter(|name| !name.is_empty() && name != "PATH").collect()
}

/// The files of a folder with this ending that nobody else could have put there, in the order of their names.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
    let named = entries.filter(|path| path.extension().is_some_and(|extension| extension == ending));
    let mut files: Vec<PathBuf> = named.collect();
    files.sort();
    files.into_iter().filter_map(own).collect()
}

fn own(path: PathBuf) -> Option<PathBuf> {
    let real = path.canonicalize().ok().filter(|real| real.is_file())?;
    ownership::check(&real, "left").ok().map(|()| path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::ffi::OsString;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    struct Scene {
        folder: tempfile::TempDir,
    }

    impl Scene {
        /// An environment with variables of its packages and its own, and scripts of two packages.
        fn new() -> Self {
            let scene = Self { folder: tempfile::tempdir().unwrap() };
            scene.write("etc/conda/env_vars.d/a.json", r#"{"of_package": "1"}"#);
            scene.write("conda-meta/state", r#"{"env_vars": {"JAVA_HOME": "/j", "SAVED": "in", "PATH": "/x"}}"#);
            scene.write("etc/conda/deactivate.d/10.sh", "export ORDER=\"$ORDER 10 $CONDA_PREFIX\"\n");
            scene.write("etc/conda/deactivate.d/20.sh", "unset GDAL_DATA; export ORDER=20\n");
            scene.write("etc/conda/deactivate.d/no.fish", "exit 1\n");
            scene
        }

        fn prefix(&self) -> PathBuf {
            self.folder.path().canonicalize().unwrap().join("outer")
        }

        fn write(&self, file: &str, text: &str) {
            let path = self.prefix().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        /// The variables that are left of an activated one's, but for those that all have.
        fn left(&self, changes: &[(&str, &str)]) -> Vec<String> {
            let prefix = self.prefix().into_os_string();
            // Without a variable the home folder is the one that the system knows.
            let home = self.folder.path().join("home").into_os_string();
            let mut pairs: Vec<(OsString, OsString)> = vec![
                ("HOME".into(), home),
                ("PATH".into(), "/usr/bin:/bin".into()),
                ("CONDA_PREFIX".into(), prefix.clone()),
            ];
            let set =
                [("CONDA_SHLVL", "1"), ("GDAL_DATA", "/g"), ("JAVA_HOME", "/j"), ("OF_PACKAGE", "1"), ("SAVED", "in")];
            for (name, value) in set.iter().chain(&[("__CONDA_SHLVL_0_SAVED", "before"), ("KEPT", "1")]).chain(changes)
            {
                pairs.retain(|(other, _)| other != name);
                pairs.push((name.into(), value.into()));
            }
            let caller = Caller::for_test(pairs.clone()).at(self.folder.path());
            let layout = Layout::new(self.folder.path(), caller.keyring());
            let mut variables = Variables(pairs);
            leave(&caller, &layout, &[Outer::conda()], &mut variables);
            let prefix = prefix.into_string().unwrap();
            let shown = |(name, value): (OsString, OsString)| {
                format!("{}={}", name.display(), value.display()).replace(&prefix, "OUTER")
            };
            let all = ["HOME=", "PATH=", "CONDA_", "__CONDA", "KEPT"];
            let mut left: Vec<String> = variables.0.into_iter().map(shown).collect();
            left.retain(|pair| !all.iter().any(|start| pair.starts_with(start)));
            left.sort();
            left
        }
    }

    const ALL: [&str; 4] = ["GDAL_DATA=/g", "JAVA_HOME=/j", "OF_PACKAGE=1", "SAVED=in"];

    #[test]
    fn scripts_run_last_first_and_what_was_set_goes_or_is_as_before() {
        let scene = Scene::new();
        assert_eq!(scene.left(&[]), ["ORDER=20 10 OUTER", "SAVED=before"]);
        assert_eq!(scene.left(&[("CONDA_SHLVL", "2")]), ["ORDER=20 10 OUTER"]);
    }

    #[test]
    fn where_none_is_active_nothing_changes() {
        let scene = Scene::new();
        for changes in [
            ("CONDA_SHLVL", "0"),
            ("CONDA_SHLVL", ""),
            ("CONDA_PREFIX", ""),
            ("CONDA_PREFIX", "relative"),
            ("CONDA_PREFIX", "/no/such"),
        ] {
            assert_eq!(scene.left(&[changes]), ALL, "{changes:?}");
        }
    }

    #[test]
    fn what_somebody_else_could_change_is_neither_sourced_nor_believed() {
        let scene = Scene::new();
        let script = scene.prefix().join("etc/conda/deactivate.d/20.sh");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o666)).unwrap();
        assert_eq!(scene.left(&[]), ["GDAL_DATA=/g", "ORDER= 10 OUTER", "SAVED=before"]);
        fs::set_permissions(scene.prefix(), fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(scene.left(&[]), ALL);
    }

    #[test]
    fn a_script_that_fails_keeps_no_command_from_its_start() {
        let scene = Scene::new();
        scene.write("etc/conda/deactivate.d/30.sh", "exit 9\n");
        assert_eq!(scene.left(&[]), ["GDAL_DATA=/g", "SAVED=before"]);
    }
}
