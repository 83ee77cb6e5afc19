//! The launch that `pixi shell-hook --json` describes.

use std::path::{Path, PathBuf};

use pyve_plugin_api::{Command, Error, Host, Launch, Outer, OwnCommand, Remedy, Request, Result};
use serde_json::Value;

use crate::activation::Activation;
use crate::environment::{self, Place};
use crate::manifest::{FILES, Manifest};
use crate::pixi::{self, METADATA};
use crate::{installed, lock, tool};

/// Bash's own, which every shell sets itself.
const OF_SHELL: [&str; 5] = ["_", "OLDPWD", "PATH", "PWD", "SHLVL"];

/// Asks pixi for the activated environment's variables and turns them into a launch. It neither solves nor installs.
pub fn compute(request: &Request, host: &dyn Host) -> Result<Launch> {
    let prefix = Place::known(request).prefix;
    if !prefix.join("conda-meta").is_dir() {
        return Err(installed::missing(&prefix));
    }
    let answer = tool::find(request, host)?;
    let missing = answer.missing.to_string();
    let pixi = answer.found.into_option().ok_or_else(|| Error::new(missing).with_remedy(answer.remedy))?;
    let manifest = Manifest::of(request)?;
    let activation = Activation::of(Some(&manifest), &prefix, request);
    let program = pixi.path.path();
    let ask = pixi::command(&program, &["shell-hook", "--json", "--as-is"], &manifest, request);
    let ask = ask.arg("--environment").arg(environment::name(request));
    let ask = activation.asked_without().iter().fold(ask, |ask, name| ask.env_remove(name));
    let output = host.capture(&ask)?;
    if !output.success() {
        let error = Error::new(format!("pixi could not activate the environment `{}`", environment::name(request)));
        let said = output.error_text();
        let error = pixi::said(&said).into_iter().fold(error, |error, line| error.detail(line));
        return Err(error.remedy(&Command::new("pyve").arg("init")));
    }
    let hook = Hook::read(&output.stdout, &host.variable("PATH").unwrap_or_default())?;
    let launch = hook.launch(&prefix, &activation);
    let launch = with_inputs(launch, request, &prefix, &activation, &hook.scripts);
    // Behind PATH, for one that is not on it: `pyve run pixi add …`.
    let launch = match program.parent().filter(|_| host.find_program("pixi").is_empty()) {
        Some(folder) => launch.append_path(folder),
        None => launch,
    };
    let add = |text: &str, package: &str| Remedy {
        text: text.into(),
        ..Remedy::command(&Command::new("pixi").arg("add").arg(package))
    };
    let pip = || add("pixi installs packages of PyPI with `--pypi`; for pip itself", "pip");
    let launch =
        ["pip", "pip3"].into_iter().fold(launch, |launch, name| launch.own_command(OwnCommand::new(name, pip())));
    let launch = launch.deactivate("VIRTUAL_ENV").deactivate("CONDA_PREFIX").outer(Outer::conda());
    let launch = launch.env_remove("PYTHONHOME").env_remove("CONDA_PROMPT_MODIFIER");
    Ok(launch.missing(add("check the spelling; if a package brings it, add that to the manifest", "PACKAGE")))
}

/// What pixi answers: `{"environment_variables": {"NAME": "value", …}, "activation_scripts": ["/p/setup.sh", …]}`.
struct Hook {
    variables: Vec<(String, String)>,
    /// Folders that PATH got in front and behind.
    front: Vec<PathBuf>,
    back: Vec<PathBuf>,
    /// Of the manifest for this machine, those that are there; `None` where pixi is too old to say (before 0.67).
    scripts: Option<Vec<PathBuf>>,
}

impl Hook {
    fn read(bytes: &[u8], path: &std::ffi::OsStr) -> Result<Self> {
        let odd =
            || Error::new("the answer of `pixi shell-hook --json` has no `environment_variables`").hint("update pixi");
        let answer: Value = serde_json::from_slice(bytes).map_err(|_| odd())?;
        let told = answer.get("environment_variables").and_then(Value::as_object).ok_or_else(odd)?;
        let text = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
        let variables: Vec<(String, String)> = told.iter().filter_map(text).collect();
        let now = variables.iter().find(|(name, _)| name == "PATH").map_or("", |(_, value)| value);
        let (front, back) = added(now, path);
        let scripts = answer.get("activation_scripts").and_then(Value::as_array);
        let scripts = scripts.map(|scripts| scripts.iter().filter_map(Value::as_str).map(PathBuf::from).collect());
        Ok(Self { variables, front, back, scripts })
    }

    /// Scripts may do something else for each caller: pyve sources them. What the manifest sets, pixi sets behind them; where
    /// a script has to do with that, the answer is taken as it is.
    fn launch(&self, prefix: &Path, activation: &Activation) -> Launch {
        let own = self.scripts.clone().unwrap_or_default();
        let scripts: Vec<&Path> = activation.of_packages.iter().chain(&own).map(PathBuf::as_path).collect();
        let sources = !scripts.is_empty() && self.scripts.is_some() && !activation.is_entangled();
        let of_environment = |folder: &&PathBuf| folder.starts_with(prefix);
        let all_folders = !sources || !activation.scripts_change_path();
        let front = self.front.iter().filter(|folder| all_folders || of_environment(folder));
        let launch = front.fold(Launch::new(), |launch, folder| launch.path(folder.as_path()));
        let back = self.back.iter().filter(|_| all_folders);
        let launch = back.fold(launch, |launch, folder| launch.append_path(folder.as_path()));
        let is_static = |name: &str| {
            METADATA.contains(&name)
                || activation.variables.contains(name)
                || activation.env.iter().any(|(known, _)| known == name)
        };
        // pixi keeps what it replaces in `CONDA_ENV_SHLVL_…`: that would be the caller's.
        let usable = |name: &str| !OF_SHELL.contains(&name) && !name.starts_with("CONDA_ENV_SHLVL_");
        let variables = self.variables.iter().filter(|(name, _)| usable(name) && (!sources || is_static(name)));
        let launch = variables.fold(launch, |launch, (name, value)| launch.env(name, value));
        if sources { launch.source(scripts) } else { launch }
    }
}

/// The folders that stand before and behind the caller's own; where those cannot be found again, all that are new.
fn added(now: &str, callers: &std::ffi::OsStr) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let now: Vec<PathBuf> = std::env::split_paths(now).collect();
    let callers: Vec<PathBuf> = std::env::split_paths(callers).collect();
    let usable = |folders: &[PathBuf]| folders.iter().filter(|folder| folder.is_absolute()).cloned().collect();
    let at = if callers.is_empty() { None } else { now.windows(callers.len()).position(|part| part == callers) };
    match at {
        Some(at) => (usable(&now[..at]), usable(&now[at + callers.len()..])),
        None => {
            let new: Vec<PathBuf> = now.into_iter().filter(|folder| !callers.contains(folder)).collect();
            (usable(&new), Vec::new())
        }
    }
}

fn with_inputs(
    launch: Launch,
    request: &Request,
    prefix: &Path,
    activation: &Activation,
    scripts: &Option<Vec<PathBuf>>,
) -> Launch {
    let files = FILES.into_iter().chain([lock::FILE, ".pixi/config.toml"]).map(|file| request.in_project(file));
    let below = ["conda-meta", "conda-meta/state", "etc/conda/activate.d", "etc/conda/env_vars.d"];
    let own = below.into_iter().map(|path| prefix.join(path));
    let read = activation.of_packages.iter().chain(&activation.scripts).chain(&activation.variable_files).cloned();
    let mut inputs: Vec<PathBuf> = files.chain(own).chain(read).chain(scripts.iter().flatten().cloned()).collect();
    inputs.sort();
    inputs.dedup();
    inputs.into_iter().fold(launch, Launch::input)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const CALLERS: &str = "/usr/local/bin:/usr/bin";

    fn hook(path: &str, rest: &str) -> Hook {
        let json = format!(
            r#"{{"environment_variables": {{"PATH": "{path}", "CONDA_PREFIX": "/p/e", "CC": "gcc", "MODE": "x", "SHLVL": "2",
            "CONDA_ENV_SHLVL_1_MODE": "old"}}{rest}}}"#
        );
        Hook::read(json.as_bytes(), CALLERS.as_ref()).unwrap()
    }

    fn told(launch: &Launch) -> (Vec<String>, Vec<String>, Vec<String>) {
        let folders = |entries: &[pyve_plugin_api::PathEntry]| {
            entries.iter().map(|entry| entry.directory.display().to_string()).collect::<Vec<_>>()
        };
        let names = launch.env.iter().map(|variable| variable.name.to_string()).collect();
        (folders(&launch.path), folders(&launch.path_append), names)
    }

    #[test]
    fn of_path_all_but_the_callers_own_is_taken() {
        let hook = hook("/tools:/p/e/bin:/usr/local/bin:/usr/bin:/more", "");
        let (front, back, names) = told(&hook.launch(Path::new("/p/e"), &Activation::default()));
        assert_eq!((front, back), (vec!["/tools".to_owned(), "/p/e/bin".to_owned()], vec!["/more".to_owned()]));
        assert_eq!(names, ["CC", "CONDA_PREFIX", "MODE"]);
        assert_eq!(added("/p/e/bin:relative:/usr/bin", CALLERS.as_ref()), (vec!["/p/e/bin".into()], vec![]));
    }

    #[test]
    fn scripts_are_sourced_and_what_they_set_is_left_to_them() {
        let root = tempfile::tempdir().unwrap();
        let script = root.path().join("setup.sh");
        let activation = |text: &str| {
            std::fs::write(&script, text).unwrap();
            Activation {
                env: vec![("MODE".into(), "x".into())],
                scripts: vec![script.clone()],
                ..Activation::default()
            }
        };
        let path = "/tools:/p/e/bin:/usr/local/bin:/usr/bin";
        let scripts = format!(r#", "activation_scripts": ["{}"]"#, script.display());
        let launch = hook(path, &scripts).launch(Path::new("/p/e"), &activation("export CC=gcc PATH=/tools:$PATH\n"));
        assert!(launch.source_scripts && launch.scripts[0].path() == script);
        assert_eq!(told(&launch), (vec!["/p/e/bin".to_owned()], vec![], vec!["CONDA_PREFIX".into(), "MODE".into()]));
        // It sets what the manifest sets behind it.
        let launch = hook(path, &scripts).launch(Path::new("/p/e"), &activation("export MODE=y\n"));
        assert!(!launch.source_scripts && launch.scripts.is_empty());
        assert_eq!(told(&launch).2, ["CC", "CONDA_PREFIX", "MODE"]);
        // An old pixi does not tell which of the scripts are for this machine.
        assert!(!hook(path, "").launch(Path::new("/p/e"), &activation("export CC=gcc\n")).source_scripts);
    }

    #[test]
    fn an_answer_of_another_shape_is_an_error() {
        let error = Hook::read(b"export PATH=x", "".as_ref()).err().unwrap();
        assert_eq!(error.message, "the answer of `pixi shell-hook --json` has no `environment_variables`");
    }
}
