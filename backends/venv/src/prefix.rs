//! The folder of the virtual environment: which names can be one.

use std::path::{Path, PathBuf};

use pyve_formats::pyvenv_cfg;
use pyve_plugin_api::{Error, Request, Result};

pub const DEFAULT: &str = ".venv";

/// Names of files and folders that have another meaning in a project.
const TAKEN: [&str; 7] = [".env", ".git", ".gitignore", ".tool-versions", ".python-version", ".envrc", ".pyve"];

/// The folder that flag, config or the default names, absolute.
pub fn prefix(request: &Request) -> Result<PathBuf> {
    Ok(match name(request)? {
        Some(name) => request.in_project(name),
        None => {
            let usual = request.environment_dir(DEFAULT);
            if usual.join(pyvenv_cfg::NAME).exists() { usual } else { of_bash_tool(request).unwrap_or(usual) }
        }
    })
}

/// Where the bash tool created the environment of a name, if it stands there: version 3, 2.8, and the one for tests before.
fn of_bash_tool(request: &Request) -> Option<PathBuf> {
    let name = request.is_named().then_some(request.environment.as_str())?;
    let own = request.in_project(".pyve");
    let test = (name == "testenv").then(|| own.join("testenv/venv"));
    let places = [own.join("envs").join(name).join("venv"), own.join("testenvs").join(name).join("venv")];
    let is_real = |folder: &Path| folder.symlink_metadata().is_ok_and(|data| data.is_dir());
    places.into_iter().chain(test).find(|place| is_real(place) && place.join(pyvenv_cfg::NAME).is_file())
}

fn name(request: &Request) -> Result<Option<&str>> {
    let Some(given) = request.text("directory") else { return Ok(None) };
    // Completion in a shell ends a folder's name with a slash.
    let name = given.trim_end_matches(['/', std::path::MAIN_SEPARATOR]);
    match refusal(name) {
        None => Ok(Some(name)),
        Some(why) => {
            let origin = request.origin("directory").unwrap_or_default();
            let message = format!("`{given}` ({origin}) cannot be the directory of the virtual environment: {why}");
            Err(Error::new(message).hint("name a directory directly in the project, such as .venv").usage())
        }
    }
}

fn refusal(name: &str) -> Option<&'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.is_empty() || name == "." || name == ".." {
        Some("it is not the name of a directory in the project")
    } else if !name.chars().all(plain) {
        Some("only letters, digits, `.`, `_` and `-` may be in its name")
    } else if TAKEN.contains(&name.to_ascii_lowercase().as_str()) {
        Some("that name has another meaning in a project")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(directory: &str) -> Result<PathBuf> {
        prefix(&Request::new("/p", "/h").with_setting("directory", [directory], ".pyve/config:4"))
    }

    #[test]
    fn a_plain_name_is_a_folder_in_the_project() {
        assert_eq!(prefix(&Request::new("/p", "/h")).unwrap(), PathBuf::from("/p/.venv"));
        assert_eq!(ask("my-env_3.12/").unwrap(), PathBuf::from("/p/my-env_3.12"));
        let named = Request::new("/p", "/h").with_environment("dev");
        assert_eq!(prefix(&named).unwrap(), PathBuf::from("/p/.pyve/envs/dev"));
    }

    #[test]
    fn other_names_are_refused_with_their_origin() {
        let message = |directory: &str| ask(directory).unwrap_err().message.to_string();
        let refused = "(.pyve/config:4) cannot be the directory of the virtual environment:";
        for taken in [".env", ".git", ".GIT", ".gitignore", ".tool-versions", ".python-version", ".envrc", ".pyve"] {
            assert_eq!(message(taken), format!("`{taken}` {refused} that name has another meaning in a project"));
        }
        for outside in ["", ".", "..", "/"] {
            assert_eq!(
                message(outside),
                format!("`{outside}` {refused} it is not the name of a directory in the project")
            );
        }
        for odd in ["../victim", "/etc", "a/b", "my env", "$(id)", "é"] {
            let why = "only letters, digits, `.`, `_` and `-` may be in its name";
            assert_eq!(message(odd), format!("`{odd}` {refused} {why}"));
        }
        let error = ask("..").unwrap_err();
        assert_eq!(
            (error.remedy.to_string().as_str(), error.is(pyve_plugin_api::ErrorKind::USAGE)),
            ("name a directory directly in the project, such as .venv", true)
        );
    }
}
