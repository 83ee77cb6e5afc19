//! How a command is run inside: what uv's own `activate` does, and uv's commands for this environment.

use std::path::Path;

use pyve_formats::activate::{self, Activate};
use pyve_plugin_api::{Command, Error, ErrorKind, Launch, Outer, OwnCommand, Remedy, Request, Result};

use crate::command::PROJECT_ENVIRONMENT;
use crate::pins::sandboxes;
use crate::project::{above, interpreter, prefix, programs};

/// What an outer conda leaves behind once its prefix is left.
const CONDA: [&str; 3] = ["CONDA_DEFAULT_ENV", "CONDA_PROMPT_MODIFIER", "CONDA_SHLVL"];

pub fn plan(request: &Request) -> Result<Launch> {
    let prefix = prefix(request);
    if !prefix.join("pyvenv.cfg").is_file() {
        return Err(no_environment(&prefix));
    }
    let launch = Launch::new()
        .path(programs(&prefix))
        .env("VIRTUAL_ENV", &prefix)
        .env_remove("PYTHONHOME")
        // uv would exchange the environment for one of that Python.
        .env_remove("UV_PYTHON")
        .deactivate("VIRTUAL_ENV")
        .deactivate("CONDA_PREFIX")
        .outer(Outer::conda())
        .missing(Remedy::text("add the package that has it: `pyve run uv add PACKAGE`"))
        .input(prefix.join("pyvenv.cfg"))
        .input(interpreter(&prefix))
        .input(activate::script(&prefix));
    let launch = CONDA.into_iter().fold(launch, Launch::env_remove);
    let pip = || Remedy::text("use `pyve run uv add PACKAGE`, or `pyve run uv pip install PACKAGE`");
    let launch =
        ["pip", "pip3"].into_iter().fold(launch, |launch, name| launch.own_command(OwnCommand::new(name, pip())));
    // From the root of the project that uv finds where it is typed: in another project it means a folder of that one. Only a member
    // with an environment of its own is not that root.
    let inside = prefix.strip_prefix(request.project()).ok().filter(|_| above(&request.project()).is_none());
    let launch = launch.env(PROJECT_ENVIRONMENT, inside.unwrap_or(&prefix));
    let launch = match Activate::read(&prefix).prompt {
        Some(prompt) => launch.env("VIRTUAL_ENV_PROMPT", prompt),
        None => launch.env_remove("VIRTUAL_ENV_PROMPT"),
    };
    Ok(with_uv(launch, request))
}

/// That there is none, and what creates it.
pub fn no_environment(prefix: &Path) -> Error {
    let message = format!("there is no environment at `{}`", prefix.display());
    Error::of_kind(ErrorKind::NO_ENVIRONMENT, message).remedy(&Command::new("pyve").arg("init"))
}

/// A uv that pyve installed is there as well, behind what the user has. That of the project's folder only where it is known to
/// be pyve's: what came with a checkout is not put on PATH.
fn with_uv(launch: Launch, request: &Request) -> Launch {
    let recorded = request.recorded().map(|recorded| recorded.tool.path.path().into_owned());
    sandboxes(request).into_iter().fold(launch, |launch, sandbox| {
        let program = sandbox.program();
        let known = sandbox.id == "user" || recorded.as_ref() == Some(&program);
        let launch = if known && program.is_file() { launch.append_path(sandbox.folder()) } else { launch };
        launch.input(program)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_plugin_api::{Recorded, Tool};

    #[test]
    fn uv_fills_this_environment_and_is_behind_what_the_user_has() {
        let root = tempfile::tempdir().unwrap();
        let request = Request::new(root.path().join("p"), root.path().join("home")).with_environment("dev");
        let prefix = root.path().join("p/.pyve/envs/dev");
        std::fs::create_dir_all(&prefix).unwrap();
        assert!(plan(&request).unwrap_err().is(ErrorKind::NO_ENVIRONMENT));
        std::fs::write(prefix.join("pyvenv.cfg"), "").unwrap();
        let [project, user] = ["p/.pyve/bin/uv/bin", "home/bin/uv/bin"].map(|folder| root.path().join(folder));
        for folder in [&project, &user] {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(folder.join("uv"), "").unwrap();
        }
        let behind = |request: &Request| {
            let launch = plan(request).unwrap();
            launch.path_append.iter().map(|entry| entry.directory.path().into_owned()).collect::<Vec<_>>()
        };
        if cfg!(unix) {
            assert_eq!(behind(&request), std::slice::from_ref(&user));
            let recorded = Recorded { tool: Tool::new(project.join("uv"), "0.13.9", "project"), ..Recorded::default() };
            assert_eq!(behind(&Request { recorded: Some(recorded).into(), ..request.clone() }), [project, user]);
        }
        let launch = plan(&request).unwrap();
        let value = |name: &str| launch.env.iter().find(|it| it.name == name).map(|it| it.value.display());
        assert_eq!(value(PROJECT_ENVIRONMENT).as_deref(), Some(".pyve/envs/dev"));
        assert_eq!(value("VIRTUAL_ENV"), Some(prefix.display().to_string()));
    }
}
