//! The launch that `pixi shell-hook --json` describes.

use std::path::{Path, PathBuf};

use pyve_plugin_api::{Command, Error, Host, Launch, Outer, Request, Result};
use serde_json::Value;

use crate::{environment, tool};

/// Asks pixi for the activated environment's variables and turns them into a launch.
pub fn compute(request: &Request, host: &dyn Host) -> Result<Launch> {
    let prefix = environment::prefix(request);
    if !prefix.join("conda-meta").is_dir() {
        return Err(Error::new(format!("there is no environment at {}", prefix.display()))
            .remedy(&Command::new("pyve").arg("init")));
    }
    let answer = tool::find(request, host)?;
    let pixi =
        answer.found.into_option().ok_or_else(|| Error::new("pixi is not installed").with_remedy(answer.remedy))?;
    let manifest = environment::manifest(request)?;
    let ask = Command::new(&pixi.path)
        .args(["shell-hook", "--json", "--frozen", "--manifest-path"])
        .arg(&manifest)
        .arg("--environment")
        .arg(environment::name(request))
        .env_remove("CONDA_PREFIX")
        .env_remove("VIRTUAL_ENV");
    let output = host.capture(&ask)?;
    if !output.success() {
        return Err(Error::new(format!("`{ask}` ended with {}", output.code))
            .detail(output.error_text())
            .remedy(&Command::new("pyve").arg("init")));
    }
    let launch = from_json(&output.stdout, &prefix)?;
    Ok(["pixi.toml", "pixi.lock", "pyproject.toml"]
        .into_iter()
        .fold(launch, |launch, file| launch.input(request.in_project(file)))
        .input(prefix.join("conda-meta"))
        .deactivate("VIRTUAL_ENV")
        .deactivate("CONDA_PREFIX")
        .outer(Outer::conda()))
}

/// `{"environment_variables": {"NAME": "value", …}}`; of PATH only the folders below the prefix are its own.
fn from_json(bytes: &[u8], prefix: &Path) -> Result<Launch> {
    let odd =
        || Error::new("the answer of `pixi shell-hook --json` has no `environment_variables`").hint("update pixi");
    let answer: Value = serde_json::from_slice(bytes).map_err(|_| odd())?;
    let variables = answer.get("environment_variables").and_then(Value::as_object).ok_or_else(odd)?;
    let mut launch = Launch::new().env_remove("PYTHONHOME");
    for (name, value) in variables {
        let Some(value) = value.as_str() else { continue };
        if name == "PATH" {
            let own = std::env::split_paths(value).filter(|folder| folder.starts_with(prefix));
            launch = own.fold(launch, |launch, folder: PathBuf| launch.path(folder));
        } else {
            launch = launch.env(name, value);
        }
    }
    Ok(launch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_path_only_the_environments_own_folders_are_taken() {
        let json = br#"{"environment_variables": {"PATH": "/p/.pixi/envs/default/bin:/usr/bin", "CONDA_PREFIX": "/p/.pixi/envs/default"}}"#;
        let launch = from_json(json, Path::new("/p/.pixi/envs/default")).unwrap();
        assert_eq!(launch.path.len(), 1);
        assert_eq!(launch.env[0].name, "CONDA_PREFIX");
    }

    #[test]
    fn an_answer_of_another_shape_is_an_error() {
        let error = from_json(b"export PATH=x", Path::new("/p")).unwrap_err();
        assert_eq!(error.message, "the answer of `pixi shell-hook --json` has no `environment_variables`");
    }
}
