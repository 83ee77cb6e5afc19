//! How a command is run inside: what `micromamba run` does, worked out once so that nothing of it runs again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pyve_formats::environment_yml::SET_BY_ACTIVATION;
use pyve_formats::read::{self, Limit};
use pyve_plugin_api::{Caution, Error, ErrorKind, Host, Launch, Nesting, Outer, OwnCommand, Remedy, Request, Result};
use serde_json::Value;

use crate::activation::{self, Effects, Scene};
use crate::environment::Environment;
use crate::{candidates, names, pyve, source, tool};

pub fn plan(request: &Request, host: &dyn Host) -> Result<Launch> {
    let prefix = prefix(request)?;
    let program = tool::recorded_or_likely(request, host);
    let scripts = scripts(&prefix);
    let plain = with_inputs(plain(request, host, &prefix, program.as_deref()), &prefix, &scripts);
    let mut launch = if scripts.is_empty() { plain } else { activated(plain, &prefix, &scripts, host) };
    for file in candidates::all(request).iter().map(String::as_str).chain(request.text("env_file")) {
        // Whether pip is cautioned against depends on them.
        launch = launch.input(request.in_project(file));
    }
    let environment = source::environment(request);
    let file = environment.as_ref().map_or("environment.yml", |environment| environment.file.as_str());
    launch = pip_cautions(request, environment.as_ref(), file).into_iter().fold(launch, Launch::caution);
    let update = |text: String| Remedy { text: text.into(), ..Remedy::command(&pyve(&["init", "--update"])) };
    for pip in ["pip", "pip3"] {
        let remedy = update(format!("add '- pip' below 'dependencies:' in {file}, then update the environment"));
        launch = launch.own_command(OwnCommand::new(pip, remedy));
    }
    Ok(launch.missing(update(format!(
        "check the spelling; if a package brings it, add '- PACKAGE' below 'dependencies:' in {file}, then update the environment"
    ))))
}

/// The environment that was recorded, if it is whole.
pub fn prefix(request: &Request) -> Result<PathBuf> {
    let recorded = request.recorded().ok_or_else(|| {
        Error::of_kind(
            ErrorKind::NO_ENVIRONMENT,
            format!("there is no environment for {} yet", request.project().display()),
        )
        .remedy(&pyve(&["init"]))
    })?;
    let prefix = recorded.prefix.path().into_owned();
    if !prefix.join("conda-meta/history").is_file() {
        let what = if prefix.is_dir() { "is not a whole conda environment" } else { "is gone" };
        return Err(Error::of_kind(ErrorKind::NO_ENVIRONMENT, format!("the environment {} {what}", prefix.display()))
            .remedy(&pyve(&["init", "--force"])));
    }
    Ok(prefix)
}

/// Without activation scripts no shell is needed at all.
fn plain(request: &Request, host: &dyn Host, prefix: &Path, program: Option<&Path>) -> Launch {
    let mut launch = Launch::new();
    for folder in path_folders(prefix) {
        launch = launch.path(folder);
    }
    launch = launch.path_below("MAMBA_ROOT_PREFIX", "condabin");
    let names = names::of(request, host, prefix, program);
    launch = launch.env("CONDA_PREFIX", prefix).env("CONDA_SHLVL", "1");
    launch = launch.env("CONDA_DEFAULT_ENV", names.environment);
    launch = match names.prompt {
        Some(prompt) => launch.env("CONDA_PROMPT_MODIFIER", prompt),
        None => launch.env_remove("CONDA_PROMPT_MODIFIER"),
    };
    if let Some(program) = program {
        launch = launch.env("MAMBA_EXE", program);
    }
    for (name, value) in package_variables(prefix) {
        launch = launch.env(&name, value);
    }
    launch = launch.nesting(Nesting::new("CONDA_SHLVL", "CONDA_PREFIX"));
    launch.outer(Outer::conda()).deactivate("VIRTUAL_ENV").env_remove("PYTHONHOME")
}

fn path_folders(prefix: &Path) -> Vec<PathBuf> {
    if cfg!(windows) {
        let below = ["", "Library/mingw-w64/bin", "Library/usr/bin", "Library/bin", "Scripts", "bin"];
        below.iter().map(|folder| prefix.join(folder)).collect()
    } else {
        vec![prefix.join("bin")]
    }
}

/// What `conda env config vars unset` leaves for a variable: nothing sets it, no package either.
const UNSET: &str = "***unset***";

/// `etc/conda/env_vars.d/*.json`, then `conda-meta/state`, which wins. conda writes all names in capitals, and what the
/// activation itself sets wins over both.
fn package_variables(prefix: &Path) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    let mut take = |path: &Path, below: Option<&str>| {
        let json: Option<Value> =
            read::bytes(path, Limit::SETTINGS).ok().flatten().and_then(|bytes| pyve_formats::json::read(&bytes).ok());
        let table = json.as_ref().and_then(|json| below.map_or(Some(json), |key| json.get(key)));
        for (name, value) in table.and_then(Value::as_object).into_iter().flatten() {
            let usable = !name.is_empty() && !name.contains(['=', '\0']);
            if let Some(value) = value.as_str().filter(|value| usable && !value.contains('\0')) {
                variables.insert(name.to_uppercase(), value.to_owned());
            }
        }
    };
    for file in files(&prefix.join("etc/conda/env_vars.d"), ".json") {
        take(&file, None);
    }
    take(&prefix.join("conda-meta/state"), Some("env_vars"));
    variables.retain(|name, value| value != UNSET && !SET_BY_ACTIVATION.contains(&name.as_str()));
    variables
}

pub fn scripts(prefix: &Path) -> Vec<PathBuf> {
    files(&prefix.join("etc/conda/activate.d"), ".sh")
}

/// The files of a folder with this ending, in the order of their names.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = folder.read_dir().ok().into_iter().flatten().flatten().map(|entry| entry.path());
    let named = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(ending));
    let mut files: Vec<PathBuf> = entries.filter(|path| named(path) && path.is_file()).collect();
    files.sort();
    files
}

fn with_inputs(mut launch: Launch, prefix: &Path, scripts: &[PathBuf]) -> Launch {
    for input in
        ["conda-meta", "conda-meta/history", "conda-meta/state", "etc/conda/activate.d", "etc/conda/env_vars.d"]
    {
        launch = launch.input(prefix.join(input));
    }
    let variables = files(&prefix.join("etc/conda/env_vars.d"), ".json");
    scripts.iter().chain(&variables).fold(launch, |launch, file| launch.input(file))
}

/// With the effects of the scripts in it; where they depend on who calls, the host sources them.
fn activated(mut plain: Launch, prefix: &Path, scripts: &[PathBuf], host: &dyn Host) -> Launch {
    if let Some(effects) = activation::observe(&scene(&plain, prefix, scripts, host), host) {
        plain.scripts = scripts.iter().map(|script| script.as_path().into()).collect();
        // A shell sources the scripts; their effects would come twice.
        let for_shell = Launch { inputs: Default::default(), scripts: Default::default(), ..plain.clone() };
        return with_effects(plain, effects).shell(for_shell);
    }
    plain.source(scripts)
}

fn scene<'a>(plain: &Launch, prefix: &'a Path, scripts: &'a [PathBuf], host: &dyn Host) -> Scene<'a> {
    let set = plain.env.iter().map(|variable| (variable.name.to_string(), variable.value.os_str().into_owned()));
    let outer = host.variable("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
    let folders = path_folders(prefix).into_iter().chain(std::env::split_paths(&outer));
    let path = std::env::join_paths(folders).unwrap_or(outer);
    Scene { prefix, scripts, variables: set.collect(), path }
}

fn with_effects(mut launch: Launch, effects: Effects) -> Launch {
    let own = std::mem::take(&mut launch.path);
    for folder in effects.path {
        launch = launch.path(folder);
    }
    launch.path.extend(own);
    launch.env.retain(|variable| !effects.set.contains_key(variable.name.as_str()));
    launch.env.retain(|variable| !effects.unset.contains(variable.name.as_str()));
    launch.env_remove.retain(|name| !effects.set.contains_key(name.as_str()));
    let launch = effects.set.into_iter().fold(launch, |launch, (name, value)| launch.env(&name, value));
    effects.unset.iter().fold(launch, |launch, name| launch.env_remove(name))
}

/// pip in a conda environment overwrites what conda installed, unless the project means it to be used.
fn pip_cautions(request: &Request, environment: Option<&Environment>, file: &str) -> Vec<Caution> {
    let listed = environment.is_some_and(|environment| !environment.content.pip.is_empty());
    if listed || request.flag("allow_pip") == Some(true) {
        return Vec::new();
    }
    let message = "pip changes a conda environment behind conda's back; the next `pyve init --update` undoes it";
    let remedy =
        format!("add the package to {file} (below '- pip:' if conda has none), or set micromamba.allow_pip: true");
    let caution = |command: &&[&str]| Caution::new(*command, message).hint(&remedy);
    let commands: [&[&str]; 5] = [
        &["pip", "install"],
        &["pip3", "install"],
        &["python", "-m", "pip", "install"],
        &["python3", "-m", "pip", "install"],
        &["uv", "pip", "install"],
    ];
    commands.iter().map(caution).collect()
}
