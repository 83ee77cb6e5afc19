//! What an environment is called inside: by the rule of micromamba, which is asked only where a setting changes it.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::Duration;

use pyve_plugin_api::{Command, Host, Request};

use crate::{condarc, create};

/// The name and what prompts show of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// `CONDA_DEFAULT_ENV`.
    pub environment: OsString,
    /// `CONDA_PROMPT_MODIFIER`; `None` where a setting leaves it away.
    pub prompt: Option<OsString>,
}

/// The keys of micromamba's settings that change what a prompt shows, each with the variables that set it.
const KEYS: [(&str, &[&str]); 3] = [
    ("env_prompt", &["CONDA_ENV_PROMPT", "MAMBA_ENV_PROMPT"]),
    ("changeps1", &["CONDA_CHANGEPS1", "MAMBA_CHANGEPS1"]),
    ("change_ps1", &["MAMBA_CHANGE_PS1"]),
];

/// The names of the environment at `prefix`.
pub fn of(request: &Request, host: &dyn Host, prefix: &Path, program: Option<&Path>) -> Names {
    let is_changed =
        |(key, variables): (&str, &[&str])| condarc::scalar(key, variables, Some(prefix), request, host).is_some();
    let names = by_rule(prefix);
    match program.filter(|_| KEYS.into_iter().any(is_changed)) {
        Some(program) => asked(names, program, request, host, prefix),
        None => names,
    }
}

/// The folder's name where its parent is called `envs`, else the whole prefix.
fn by_rule(prefix: &Path) -> Names {
    let is_among_others = prefix.parent().and_then(Path::file_name) == Some(OsStr::new("envs"));
    let environment = prefix.file_name().filter(|_| is_among_others).unwrap_or(prefix.as_os_str()).to_owned();
    let mut prompt = OsString::from("(");
    prompt.push(&environment);
    prompt.push(") ");
    Names { environment, prompt: Some(prompt) }
}

fn asked(mut names: Names, program: &Path, request: &Request, host: &dyn Host, prefix: &Path) -> Names {
    let ask = Command::new(program).args(["shell", "activate", "-s", "bash", "-p"]).arg(prefix);
    let ask = create::shielded(ask, request, host).timeout(Duration::from_secs(5));
    let Some(output) = host.capture(&ask).ok().filter(|output| output.success()) else { return names };
    let text = output.text();
    let exported = |name: &str| {
        let start = format!("export {name}='");
        let value = text.lines().find_map(|line| line.strip_prefix(&start)?.strip_suffix('\''))?;
        (!value.contains('\'')).then(|| OsString::from(value))
    };
    if let Some(environment) = exported("CONDA_DEFAULT_ENV") {
        names.environment = environment;
    }
    match exported("CONDA_PROMPT_MODIFIER") {
        None if text.lines().any(|line| line == "unset CONDA_PROMPT_MODIFIER") => names.prompt = None,
        prompt => names.prompt = prompt.or(names.prompt),
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_among_environments_gives_its_name() {
        let told = |prefix: &str| {
            let names = by_rule(Path::new(prefix));
            (names.environment.into_string().unwrap(), names.prompt.unwrap().into_string().unwrap())
        };
        assert_eq!(told("/p/.pyve/envs/demo"), ("demo".into(), "(demo) ".into()));
        assert_eq!(told("/p/my env"), ("/p/my env".into(), "(/p/my env) ".into()));
    }
}
