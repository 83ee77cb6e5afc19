//! What the user typed that a remedy repeats: a command that helps is theirs plus what was missing, and acts on the same
//! environment of the same project.

use std::path::PathBuf;

use pyve_plugin_api::{OsText, Remedy};

use crate::project::EnvironmentName;

/// The options of `init` and `run` whose next word is theirs.
const WITH_VALUE: [&str; 5] = ["--backend", "--env", "--direnv-env", "--python-version", "--bootstrap-to"];

const NO_DIRENV: &str = "--no-direnv";

/// The words of a command line that say which environment is meant, and how it is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// `-C`, as it was typed.
    pub directories: Vec<PathBuf>,
    /// `--backend`.
    pub backend: Option<String>,
    /// `--env`, if it is not the default one.
    pub environment: Option<EnvironmentName>,
    /// `--python-version` of `init`.
    pub python_version: Option<String>,
    /// The `DIR` of `init`.
    pub place: Option<String>,
    /// `--no-direnv` of `init`.
    pub no_direnv: bool,
}

impl Typed {
    /// `remedy` as it is to be typed where this was: a command of pyve's with what it does not say itself.
    pub fn completed(&self, remedy: Remedy) -> Remedy {
        Remedy { command: self.with_directories(self.at(remedy.command.to_vec())).into(), ..remedy }
    }

    /// `pyve init` with these flags, for the environment that is meant.
    pub fn init(&self, flags: &[&str]) -> Vec<OsText> {
        self.at(["pyve", "init"].iter().chain(flags).map(|word| OsText::from(*word)).collect())
    }

    /// The command with the environment that is meant, if it is one of pyve's about an environment.
    pub fn at(&self, words: Vec<OsText>) -> Vec<OsText> {
        let head: Vec<String> = words.iter().map(OsText::display).collect();
        match head.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["pyve", "init", said @ ..] => self.at_init(&words, said),
            ["pyve", "lock", said @ ..] => [words.as_slice(), &self.names(said)].concat(),
            // The backends that it is about are its own words.
            ["pyve", "migrate", said @ ..] => {
                let environment = Self { environment: self.environment.clone(), ..Self::default() };
                [words.as_slice(), &environment.names(said)].concat()
            }
            // What follows the command's own name belongs to the command.
            ["pyve", "run", said @ ..] => {
                let own: Vec<&str> = own_options(said).collect();
                let (start, command) = words.split_at(2);
                [start, &self.names(&own), command].concat()
            }
            _ => words,
        }
    }

    fn at_init(&self, words: &[OsText], said: &[&str]) -> Vec<OsText> {
        let mut completed = [words, &self.names(said)].concat();
        if let Some(version) = self.python_version.as_ref().filter(|_| !said.contains(&"--python-version")) {
            completed.extend(["--python-version".into(), OsText::from(version.as_str())]);
        }
        if self.no_direnv && !said.contains(&NO_DIRENV) {
            completed.push(NO_DIRENV.into());
        }
        let is_value = |index: usize| index > 0 && WITH_VALUE.contains(&said[index - 1]);
        let names_place = said.iter().enumerate().any(|(index, word)| !word.starts_with('-') && !is_value(index));
        completed.extend(self.place.as_deref().filter(|_| !names_place).map(OsText::from));
        completed
    }

    /// `--env` and `--backend`, but for those that are `said` already.
    fn names(&self, said: &[&str]) -> Vec<OsText> {
        let flags = [("--env", self.environment.as_deref()), ("--backend", self.backend.as_deref())];
        let flags = flags.into_iter().filter(|(flag, _)| !said.contains(flag));
        let flags = flags.filter_map(|(flag, value)| Some([OsText::from(flag), value?.into()]));
        flags.flatten().collect()
    }

    /// With `-C`, since it is typed where this command was.
    fn with_directories(&self, mut words: Vec<OsText>) -> Vec<OsText> {
        let head: Vec<String> = words.iter().take(2).map(OsText::display).collect();
        if head.first().is_some_and(|word| word == "pyve") && head.get(1).is_none_or(|word| word != "-C") {
            let directories = self.directories.iter().flat_map(|folder| [OsText::from("-C"), folder.as_path().into()]);
            words.splice(1..1, directories);
        }
        words
    }
}

/// The options of `run` in front of the command, without their values.
fn own_options<'a>(said: &'a [&str]) -> impl Iterator<Item = &'a str> {
    let mut words = said.iter().copied();
    std::iter::from_fn(move || {
        let option = words.next().filter(|word| word.starts_with('-'))?;
        if WITH_VALUE.contains(&option) {
            words.next();
        }
        Some(option)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(line: &str) -> String {
        let typed = Typed {
            directories: vec!["../my app".into()],
            backend: Some("b".to_owned()),
            environment: "dev".parse().ok(),
            python_version: Some("3.12".to_owned()),
            place: Some("here".to_owned()),
            no_direnv: true,
        };
        let command = line.split(' ').map(OsText::from).collect();
        typed.completed(Remedy { command, ..Remedy::none() }).typed().unwrap_or_default()
    }

    #[test]
    fn what_was_typed_is_not_lost() {
        assert_eq!(
            completed("pyve init --force"),
            "pyve -C '../my app' init --force --env dev --backend b --python-version 3.12 --no-direnv here"
        );
        assert_eq!(completed("pyve lock"), "pyve -C '../my app' lock --env dev --backend b");
        assert_eq!(completed("pyve migrate --undo"), "pyve -C '../my app' migrate --undo --env dev");
        assert_eq!(completed("pyve purge --yes"), "pyve -C '../my app' purge --yes");
        assert_eq!(completed("chmod u+r x"), "chmod u+r x");
    }

    #[test]
    fn a_command_that_is_run_inside_is_completed_in_front_of_it() {
        assert_eq!(completed("pyve run tool --env x"), "pyve -C '../my app' run --env dev --backend b tool --env x");
    }

    #[test]
    fn what_is_said_already_is_not_said_twice() {
        let run = completed("pyve run tool --env x");
        assert_eq!(completed(&run.replace("'../my app'", "there")), run.replace("'../my app'", "there"));
        let all = "pyve -C d init .venv-pyve --no-direnv --env x --backend other --python-version 3.11";
        assert_eq!(completed(all), all);
        let own = "pyve init .venv-pyve --no-direnv --env x";
        let told = "pyve -C '../my app' init .venv-pyve --no-direnv --env x --backend b --python-version 3.12";
        assert_eq!(completed(own), told);
    }
}
