//! `pixi shell-hook --json`: what a shell would have after the activation that it had not before.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::program::{Failed, Result};
use crate::workspace::{Environment, Workspace};

const SEPARATOR: &str = "____RATTLER_ENV_START____";

/// `{"environment_variables": {…}, "activation_scripts": […]}`, on one line.
pub fn json(workspace: &Workspace, environment: &Environment) -> Result<String> {
    let scripts: Vec<&PathBuf> = environment.scripts.iter().filter(|script| script.is_file()).collect();
    let variables = run(&script(workspace, environment, &scripts))?;
    let variables = serde_json::to_string(&variables).unwrap_or_default();
    let scripts = json!(scripts);
    Ok(format!(r#"{{"environment_variables":{variables},"activation_scripts":{scripts}}}"#))
}

/// In the order of the sources: PATH, the level, the prefix, what is set before the scripts, scripts, what is set after them.
fn script(workspace: &Workspace, environment: &Environment, scripts: &[&PathBuf]) -> String {
    let prefix = workspace.prefix(environment);
    let current = |name: &str| std::env::var(name).ok();
    let level = current("CONDA_SHLVL").and_then(|level| level.parse::<i32>().ok()).unwrap_or(0) + 1;
    let mut text = format!("env\necho {SEPARATOR}\nexport PATH=\"{}/bin:$PATH\"\n", prefix.display());
    set(&mut text, "CONDA_SHLVL", &level.to_string());
    if let Some(outer) = current("CONDA_PREFIX") {
        set(&mut text, &format!("CONDA_ENV_SHLVL_{level}_CONDA_PREFIX"), &outer);
    }
    set(&mut text, "CONDA_PREFIX", &prefix.to_string_lossy());
    let set_all = |text: &mut String, pairs: &[(String, String)]| {
        for (name, value) in pairs {
            if let Some(outer) = current(name) {
                set(text, &format!("CONDA_ENV_SHLVL_{level}_{name}"), &outer);
            }
            set(text, name, value);
        }
    };
    let mut before = of_packages(&prefix);
    before.extend(metadata(workspace, environment));
    set_all(&mut text, &before);
    let mut own: Vec<PathBuf> = files(&prefix.join("etc/conda/activate.d"));
    own.retain(|file| file.extension().is_some_and(|ending| ending == "sh"));
    for script in own.iter().chain(scripts.iter().copied()) {
        let _ = writeln!(text, ". {}", quoted(&script.to_string_lossy()));
    }
    set_all(&mut text, &environment.env);
    let _ = write!(text, "echo {SEPARATOR}\nenv\n");
    text
}

fn metadata(workspace: &Workspace, environment: &Environment) -> Vec<(String, String)> {
    let name = match environment.name.as_str() {
        "default" => workspace.name.clone(),
        named => format!("{}:{named}", workspace.name),
    };
    let platforms: Vec<&str> = environment.dependencies.keys().map(String::as_str).collect();
    let program = std::env::current_exe().unwrap_or_default().to_string_lossy().into_owned();
    let version = workspace.version.clone().unwrap_or_else(|| "NO_VERSION_SPECIFIED".to_owned());
    let pairs = [
        ("PIXI_PROJECT_ROOT", workspace.root.to_string_lossy().into_owned()),
        ("PIXI_PROJECT_NAME", workspace.name.clone()),
        ("PIXI_PROJECT_MANIFEST", workspace.manifest.to_string_lossy().into_owned()),
        ("PIXI_PROJECT_VERSION", version),
        ("PIXI_IN_SHELL", "1".to_owned()),
        ("PIXI_EXE", program),
        ("CONDA_DEFAULT_ENV", name.clone()),
        ("PIXI_ENVIRONMENT_NAME", environment.name.clone()),
        ("PIXI_ENVIRONMENT_PLATFORMS", platforms.join(",")),
        ("PIXI_PROMPT", format!("({name}) ")),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()
}

/// `etc/conda/env_vars.d`, then `conda-meta/state`.
fn of_packages(prefix: &std::path::Path) -> Vec<(String, String)> {
    let read = |file: PathBuf| -> Option<Value> { serde_json::from_slice(&std::fs::read(file).ok()?).ok() };
    let mut tables: Vec<Value> = files(&prefix.join("etc/conda/env_vars.d")).into_iter().filter_map(read).collect();
    tables.extend(read(prefix.join("conda-meta/state")).map(|state| state["env_vars"].clone()));
    let pairs = tables.iter().filter_map(Value::as_object).flatten();
    pairs.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

fn files(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// A value with a `$` is filled in by the shell.
fn set(text: &mut String, name: &str, value: &str) {
    let value = match value.contains('$') {
        true => format!("\"{}\"", value.replace('"', "\\\"")),
        false => quoted(value),
    };
    let _ = writeln!(text, "export {name}={value}");
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The variables that are otherwise behind the script than before it.
fn run(script: &str) -> Result<BTreeMap<String, String>> {
    let failed = |what: String| Failed::new(format!("Failed to run activation script. {what}"));
    let folder = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
    let file = folder.path().join("activation.sh");
    std::fs::write(&file, script).map_err(|error| failed(error.to_string()))?;
    let output = Command::new("bash").arg(&file).output().map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(format!("Status: {}. Stderr: {}", output.status, String::from_utf8_lossy(&output.stderr))));
    }
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let (before, rest) = said.split_once(SEPARATOR).unwrap_or_default();
    let (_, after) = rest.rsplit_once(SEPARATOR).unwrap_or_default();
    let before = pairs(before);
    let changed = pairs(after).into_iter().filter(|(name, value)| before.get(name) != Some(value));
    Ok(changed.collect())
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
