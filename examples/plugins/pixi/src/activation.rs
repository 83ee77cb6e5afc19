//! What an activation reads: the scripts of packages, and `[activation]` of the manifest with its features and targets.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};
use pyve_formats::shell_names::mentioned;
use pyve_formats::toml_file::Item;
use pyve_plugin_api::Request;
use serde_json::Value;

use crate::manifest::Manifest;

/// Variables that are the same in every shell of a session, and pixi's own settings: they are never taken away.
const OF_SESSION: [&str; 10] =
    ["HOME", "LANG", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "USER", "USERPROFILE", "PWD"];

/// Everything of an environment that an activation depends on.
#[derive(Debug, Default)]
pub struct Activation {
    /// Of the manifest, in all its features and for all targets: names and values, which a shell fills in.
    pub env: Vec<(String, String)>,
    /// Of the manifest likewise, absolute, be they there or not.
    pub scripts: Vec<PathBuf>,
    /// Of packages, in the order in which they are sourced.
    pub of_packages: Vec<PathBuf>,
    /// The names that packages and the user set in the environment.
    pub variables: BTreeSet<String>,
    /// The files with those names.
    pub variable_files: Vec<PathBuf>,
}

impl Activation {
    pub fn of(manifest: Option<&Manifest>, prefix: &Path, request: &Request) -> Self {
        let mut activation =
            Self { of_packages: files(&prefix.join("etc/conda/activate.d"), ".sh"), ..Self::default() };
        let root = manifest.map(|manifest| manifest.entries("")).unwrap_or_default();
        root.into_iter().for_each(|(key, value)| activation.collect(&key.text, value, request));
        activation.variable_files = files(&prefix.join("etc/conda/env_vars.d"), "");
        for file in &activation.variable_files {
            activation.variables.extend(names(file, None));
        }
        activation.variables.extend(names(&prefix.join("conda-meta/state"), Some("env_vars")));
        activation
    }

    fn collect(&mut self, key: &str, value: &Item, request: &Request) {
        let entries = value.entries("").unwrap_or_default();
        if key != "activation" {
            return entries.iter().for_each(|(key, value)| self.collect(&key.text, value, request));
        }
        let scripts = value.get("scripts").and_then(Item::as_list).unwrap_or_default();
        self.scripts.extend(scripts.iter().filter_map(Item::as_text).map(|script| request.in_project(script)));
        let env = value.get("env").and_then(|env| env.entries("").ok()).unwrap_or_default();
        self.env.extend(env.iter().filter_map(|(name, value)| Some((name.text.clone(), value.as_text()?.to_owned()))));
    }

    /// Whether the manifest has a shell do anything.
    pub fn is_in_manifest(&self) -> bool {
        !self.env.is_empty() || !self.scripts.is_empty()
    }

    /// Names of the caller's that the answer must not depend on: what is set, and what values and scripts may read.
    pub fn asked_without(&self) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = self.env.iter().map(|(name, _)| name.clone()).collect();
        names.extend(self.variables.iter().cloned());
        let texts = self.env.iter().map(|(_, value)| value.clone());
        let texts: Vec<String> = texts.chain(self.all_scripts().filter_map(text)).collect();
        names.extend(texts.iter().flat_map(|text| mentioned(text)).map(str::to_owned));
        let is_setting = |name: &str| ["PIXI_", "RATTLER_", "XDG_"].iter().any(|start| name.starts_with(start));
        names.retain(|name| !OF_SESSION.contains(&name.as_str()) && !is_setting(name));
        names
    }

    /// Whether a script sees or changes what the manifest sets: pixi does that behind the scripts, which nobody else can.
    pub fn is_entangled(&self) -> bool {
        let texts = self.all_scripts().filter_map(text).collect::<Vec<String>>();
        let mut names = texts.iter().flat_map(|text| mentioned(text));
        names.any(|name| self.env.iter().any(|(known, _)| known == name))
    }

    /// Whether a script may change PATH.
    pub fn scripts_change_path(&self) -> bool {
        self.all_scripts().filter_map(text).any(|text| mentioned(&text).any(|name| name == "PATH"))
    }

    fn all_scripts(&self) -> impl Iterator<Item = &PathBuf> {
        self.of_packages.iter().chain(&self.scripts)
    }
}

/// The files of a folder with this ending, in the order of their names.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
    let named = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(ending));
    let mut found: Vec<PathBuf> = entries.filter(|path| named(path) && path.is_file()).collect();
    found.sort();
    found
}

fn text(script: &PathBuf) -> Option<String> {
    let bytes = read::bytes(script, Limit::SCRIPT).ok()??;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The keys of an object in JSON, as they are written and in capitals.
fn names(file: &Path, below: Option<&str>) -> Vec<String> {
    let bytes = read::bytes(file, Limit::SETTINGS).ok().flatten().unwrap_or_default();
    let json: Option<Value> = serde_json::from_slice(&bytes).ok();
    let table = json.as_ref().and_then(|json| below.map_or(Some(json), |key| json.get(key))).and_then(Value::as_object);
    table.into_iter().flatten().flat_map(|(name, _)| [name.clone(), name.to_uppercase()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn everything_that_an_activation_reads_is_known() {
        let root = tempfile::tempdir().unwrap();
        let request = Request::new(root.path(), "/home/.pyve");
        let prefix = root.path().join(".pixi/envs/default");
        for folder in ["conda-meta", "etc/conda/activate.d", "etc/conda/env_vars.d"] {
            fs::create_dir_all(prefix.join(folder)).unwrap();
        }
        let script = prefix.join("etc/conda/activate.d/gcc.sh");
        fs::write(&script, "export CC=$CONDA_PREFIX/bin/gcc PATH=$PATH:/x\n").unwrap();
        fs::write(prefix.join("etc/conda/env_vars.d/a.json"), r#"{"proj_data": "/x"}"#).unwrap();
        fs::write(prefix.join("conda-meta/state"), r#"{"env_vars": {"mine": "1"}}"#).unwrap();
        let manifest = "[activation]\nscripts = [\"setup.sh\"]\n[feature.a.target.unix.activation.env]\n\
                        LIBS = \"$CONDA_PREFIX/lib:$LD_LIBRARY_PATH:$HOME\"\n";
        fs::write(root.path().join("pixi.toml"), manifest).unwrap();
        let read = || Activation::of(Manifest::of(&request).ok().as_ref(), &prefix, &request);
        let activation = read();
        assert_eq!(
            (activation.of_packages.clone(), activation.scripts.clone()),
            (vec![script.clone()], vec![root.path().join("setup.sh")])
        );
        let names = ["CC", "CONDA_PREFIX", "LD_LIBRARY_PATH", "LIBS", "MINE", "PROJ_DATA", "mine", "proj_data"];
        assert_eq!(activation.asked_without().into_iter().collect::<Vec<_>>(), names);
        assert!(activation.is_in_manifest() && activation.scripts_change_path() && !activation.is_entangled());
        fs::write(root.path().join("setup.sh"), "echo $LIBS\n").unwrap();
        assert!(read().is_entangled());
        fs::remove_file(root.path().join("pixi.toml")).unwrap();
        assert!(!read().is_in_manifest());
    }
}
