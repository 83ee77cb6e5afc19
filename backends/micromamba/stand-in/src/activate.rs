//! `micromamba run` and `micromamba shell activate`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use crate::output::{complain, say};
use crate::settings;

/// What an activation sets, in the order of its printing.
#[derive(Default)]
struct Activation {
    variables: Vec<(String, String)>,
    unset: Vec<String>,
    scripts: Vec<PathBuf>,
}

fn plan(prefix: &Path) -> Activation {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let shown = prefix.display().to_string();
    let outer = variable("CONDA_PREFIX");
    let level: u32 = variable("CONDA_SHLVL").parse().unwrap_or(0);
    let bin = format!("{shown}/bin");
    let scripts = files(&prefix.join("etc/conda/activate.d"), ".sh");
    if outer == shown && level > 0 {
        // It is entered once more: its own folder comes to the front, and its scripts run again.
        let others = variable("PATH");
        let others = others.split(':').filter(|folder| *folder != bin);
        let path = std::iter::once(bin.as_str()).chain(others).collect::<Vec<_>>().join(":");
        return Activation { variables: vec![("PATH".to_owned(), path)], unset: Vec::new(), scripts };
    }
    // What the activation sets itself comes last, and wins.
    let old: Vec<String> = variable("PATH").split(':').map(str::to_owned).collect();
    let mut variables: Vec<_> = of_packages(prefix).into_iter().collect();
    let mut unset = Vec::new();
    // Out of an environment that was entered from this one it goes back.
    let below = format!("CONDA_PREFIX_{}", level.saturating_sub(1));
    let goes_back = level > 1 && variable(&below) == shown;
    let level_inside = if goes_back { level - 1 } else { level + 1 };
    let path = if level > 0 && !outer.is_empty() {
        if goes_back {
            unset.push(below);
        } else {
            variables.push((format!("CONDA_PREFIX_{level}"), outer.clone()));
        }
        let outer_bin = format!("{outer}/bin");
        old.into_iter().filter(|folder| *folder != outer_bin).collect::<Vec<_>>().join(":")
    } else {
        format!("{}/condabin:{}", variable("MAMBA_ROOT_PREFIX"), old.join(":"))
    };
    variables.push(("PATH".to_owned(), format!("{bin}:{path}")));
    variables.push(("CONDA_PREFIX".to_owned(), shown.clone()));
    variables.push(("CONDA_SHLVL".to_owned(), level_inside.to_string()));
    let is_among_others = prefix.parent().and_then(Path::file_name).is_some_and(|folder| folder == "envs");
    let name = prefix.file_name().filter(|_| is_among_others).map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or(shown);
    if settings::text("changeps1", &[]).as_deref() == Some("false") {
        unset.push("CONDA_PROMPT_MODIFIER".to_owned());
    } else {
        variables.push(("CONDA_PROMPT_MODIFIER".to_owned(), format!("({name}) ")));
    }
    variables.push(("CONDA_DEFAULT_ENV".to_owned(), name));
    Activation { variables, unset, scripts }
}

fn of_packages(prefix: &Path) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    let mut take = |json: Option<&serde_json::Value>| {
        for (name, value) in json.and_then(|json| json.as_object()).into_iter().flatten() {
            variables.insert(name.to_uppercase(), value.as_str().unwrap_or_default().to_owned());
        }
    };
    let read = |path: &Path| -> Option<serde_json::Value> { serde_json::from_slice(&fs::read(path).ok()?).ok() };
    for file in files(&prefix.join("etc/conda/env_vars.d"), ".json") {
        take(read(&file).as_ref());
    }
    take(read(&prefix.join("conda-meta/state")).as_ref().and_then(|state| state.get("env_vars")));
    variables
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).ok().into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(ending));
    files.sort();
    files
}

/// Prints what a shell would have to do.
pub fn show(prefix: &Path) {
    let activation = plan(prefix);
    for name in &activation.unset {
        say(&format!("unset {name}"));
    }
    if activation.unset.iter().all(|name| name != "CONDA_PROMPT_MODIFIER") {
        say(&format!("PS1='({}) '", prefix.display()));
    }
    for (name, value) in &activation.variables {
        say(&format!("export {name}='{value}'"));
    }
    for script in &activation.scripts {
        say(&format!(". \"{}\"", script.display()));
    }
}

/// Starts the command behind a script of bash, and stays its parent.
pub fn run(prefix: &Path, command: &[OsString], program: &Path) -> u8 {
    let Some((name, args)) = command.split_first() else {
        complain("critical libmamba Did not receive any command to run inside environment");
        return 1;
    };
    let named = program.file_name().is_some_and(|name| name == "micromamba" || name == "mamba");
    if !named {
        complain(&format!("Error unknown MAMBA_EXE: \"{}\", filename must be mamba or micromamba", program.display()));
        return Command::new(name).args(args).status().map_or(0, |status| code(&status));
    }
    if !prefix.exists() {
        complain(&format!("critical libmamba The given prefix does not exist: \"{}\"", prefix.display()));
        return 1;
    }
    let mut activation = plan(prefix);
    if activation.variables.iter().any(|(_, value)| value.contains('\'')) {
        // Its own script breaks at the quote, and the command runs all the same.
        activation = Activation::default();
    }
    let mut script = String::from("#!/usr/bin/env bash\n");
    let quoted = |path: &PathBuf| format!(". '{}'", path.display().to_string().replace('\'', r"'\''"));
    script.push_str(&activation.scripts.iter().map(quoted).collect::<Vec<_>>().join("; "));
    script.push_str("\n\n\nexec \"$@\"\n");
    let file = tempfile::Builder::new().prefix("mambaf").tempfile().and_then(|mut file| {
        file.write_all(script.as_bytes())?;
        Ok(file)
    });
    let Ok(file) = file else {
        complain("critical libmamba cannot write the activation script");
        return 1;
    };
    let mut shell = Command::new("bash");
    shell.arg(file.path()).args(command).envs(activation.variables);
    for name in activation.unset {
        shell.env_remove(name);
    }
    shell.env("MAMBA_EXE", program).env("LC_ALL", "C.UTF-8");
    shell.status().map_or(1, |status| code(&status))
}

#[cfg(unix)]
fn code(status: &ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt;
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
    u8::try_from(code).unwrap_or(1)
}

#[cfg(not(unix))]
fn code(status: &ExitStatus) -> u8 {
    u8::try_from(status.code().unwrap_or(1)).unwrap_or(1)
}
