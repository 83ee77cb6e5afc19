//! The answer to "how is a command run inside?": what the environment's `activate` script would do.

use std::path::{Path, PathBuf};

use pyve_formats::activate::{self, Activate};
use pyve_formats::pyvenv_cfg;
use pyve_plugin_api::{Error, ErrorKind, Launch, Outer, OwnCommand, Remedy, Request, Result};

use crate::environment::{Environment, Sight, look};
use crate::fault::Fault;
use crate::{asdf, layout, prefix, pyve, rebuild};

/// What an outer conda leaves behind once its prefix is left.
const CONDA: [&str; 4] = ["CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_PROMPT_MODIFIER", "CONDA_SHLVL"];

pub fn plan(request: &Request) -> Result<Launch> {
    let prefix = prefix(request)?;
    let environment = usable(&prefix, request)?;
    let launch = Launch::new()
        .path(prefix.join(layout::PROGRAMS))
        .env("VIRTUAL_ENV", &prefix)
        .env_remove("PYTHONHOME")
        .deactivate("VIRTUAL_ENV")
        .deactivate("CONDA_PREFIX")
        .outer(Outer::conda())
        .input(prefix.join(pyvenv_cfg::NAME))
        .input(environment.interpreter())
        .input(activate::script(&prefix));
    let launch = CONDA.iter().fold(launch, |launch, name| launch.env_remove(name));
    let launch = match asdf::manages_base(&environment, request) {
        true => launch.env(asdf::NO_RESHIM.0, asdf::NO_RESHIM.1),
        false => launch,
    };
    let launch =
        ["pip", "pip3"].into_iter().fold(launch, |launch, pip| launch.own_command(OwnCommand::new(pip, pip_back())));
    Ok(match Activate::read(&prefix).prompt {
        Some(prompt) => launch.env("VIRTUAL_ENV_PROMPT", prompt),
        // An outer environment's must not stand for this one.
        None => launch.env_remove("VIRTUAL_ENV_PROMPT"),
    })
}

/// How an environment without pip gets one.
fn pip_back() -> Remedy {
    Remedy::command(&pyve(&["run", "python", "-m", "ensurepip", "--default-pip"]))
}

/// The environment that was recorded, also where the project was moved since; else the one the
/// settings name.
pub fn prefix(request: &Request) -> Result<PathBuf> {
    let Some(recorded) = request.recorded().filter(|recorded| !recorded.prefix.is_empty()) else {
        return prefix::prefix(request);
    };
    let prefix = recorded.prefix.path();
    if prefix.starts_with(request.project()) {
        return Ok(prefix.into_owned());
    }
    let name = prefix.file_name().unwrap_or(prefix::DEFAULT.as_ref());
    Ok(request.in_project(name))
}

fn usable(prefix: &Path, request: &Request) -> Result<Environment> {
    let environment = environment(prefix, request)?;
    match Fault::of(&environment, request) {
        Some(fault) if !fault.runs() => Err(unusable(prefix, &fault)),
        _ => Ok(environment),
    }
}

/// The environment at `prefix`, whether it can be used or not.
pub fn environment(prefix: &Path, request: &Request) -> Result<Environment> {
    let at = prefix.display();
    match look(prefix, request) {
        Sight::Absent => {
            Err(Error::of_kind(ErrorKind::NO_ENVIRONMENT, format!("there is no virtual environment at {at}"))
                .remedy(&pyve(&["init"])))
        }
        Sight::Foreign(why) => Err(Error::new(format!("{at} is no virtual environment: it {why}"))
            .hint("move it away and run `pyve init`, or name another directory: pyve init DIR")),
        Sight::Beginnings => Err(unusable(prefix, &Fault::HalfMade)),
        Sight::Environment(environment) => Ok(environment),
    }
}

fn unusable(prefix: &Path, fault: &Fault) -> Error {
    Error::new(format!("the virtual environment at {} cannot be used: {}", prefix.display(), fault.words()))
        .remedy(&rebuild())
}
