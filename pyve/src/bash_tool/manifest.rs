//! `pyve.toml`: which backend it asks for, and what else in it somebody has to see to. Nothing that is wrong with it keeps
//! a command from being run.

use pyve_formats::sorted;
use std::path::Path;

use pyve_formats::Written;
use pyve_formats::pyve_toml::{Environment, NAME, PyveToml, ROOT};
use pyve_formats::read::{self, Limit};
use pyve_plugin_api::{Description, OsText, Remedy};

use crate::config::{Sourced, quoted};
use crate::project::EnvironmentName;

/// The file, or why it says nothing.
#[derive(Clone, Debug)]
pub struct Manifest {
    file: PyveToml,
    fault: Option<String>,
}

impl Manifest {
    /// Reads the project's file; none where there is none.
    pub fn load(root: &Path) -> Option<Self> {
        let parsed = match read::text(root.join(NAME), Limit::SETTINGS) {
            Ok(text) => {
                PyveToml::parse(&text?).map_err(|error| format!("`{NAME}:{}` is not used: {}", error.line, error.words))
            }
            Err(error) => Err(format!("`{NAME}` is not used: {}", error.reason())),
        };
        Some(match parsed {
            Ok(file) => Self { file, fault: None },
            Err(fault) => Self { file: PyveToml::default(), fault: Some(fault) },
        })
    }

    /// The backend that it asks for in an environment of this name.
    pub fn backend(&self, environment: &EnvironmentName) -> Option<Sourced<String>> {
        let name = if environment.is_default() { ROOT } else { environment };
        let said = self.file.environment(name)?.backend.as_ref()?;
        Some(Sourced { value: said.text.clone(), origin: at(said) })
    }

    /// What in it is for the user to see to, each with its place and what to type. `known` are the backends that are
    /// there, `chosen` is that of the default environment.
    pub fn notes(&self, known: &[Description], chosen: &Description) -> Vec<String> {
        let mut notes: Vec<String> = self.fault.iter().cloned().collect();
        notes.extend(
            self.file.faults.iter().map(|fault| format!("`{NAME}:{}` is not used: {}", fault.line, fault.words)),
        );
        for environment in &self.file.environments {
            let asked = environment.backend.as_ref();
            let backend = known.iter().find(|known| asked.is_some_and(|asked| known.id == asked.text.as_str()));
            match (asked, backend) {
                (Some(asked), None) => {
                    notes.push(format!(
                        "`{}` asks for {}, which is not a backend of pyve's",
                        at(asked),
                        quoted(&asked.text)
                    ));
                }
                _ => notes.extend(self.directives(environment, backend.unwrap_or(chosen))),
            }
        }
        notes.extend(self.unused());
        notes
    }

    /// The command that does what the table asks for, and what no flag of the backend is for.
    fn directives(&self, environment: &Environment, backend: &Description) -> Vec<String> {
        let is_root = environment.name.text == ROOT;
        let mut words: Vec<String> = vec!["pyve".to_owned(), "init".to_owned()];
        match environment.name.text.parse::<EnvironmentName>() {
            _ if is_root => words.push("--update".to_owned()),
            Ok(name) => {
                words.extend(["--env".to_owned(), name.to_string(), "--backend".to_owned(), backend.id.to_string()])
            }
            Err(_) => return vec![format!("`{}` has an invalid name", at(&environment.name))],
        }
        let mut notes = Vec::new();
        let asked = asked(environment);
        for (key, flag, value) in &asked {
            match backend.settings.iter().find(|setting| setting.flag == *flag) {
                Some(_) => words.extend([format!("--{flag}"), value.text.clone()]),
                None => notes.push(format!("`{}`: backend `{}` has no setting for `{key}`", at(value), backend.id)),
            }
        }
        let installs = asked.iter().any(|(key, ..)| *key != "manifest") || environment.editable.is_some();
        words.extend(installs.then(|| "--install-deps".to_owned()));
        if is_root && words.len() == 3 {
            return notes;
        }
        let command = words.iter().map(|word| OsText::from(word.as_str())).collect();
        let command = Remedy { command, ..Remedy::none() }.typed().unwrap_or_default();
        let what = match is_root {
            true => "for what `[env.root]` asks for".to_owned(),
            false => format!("to create the environment {}", quoted(&environment.name.text)),
        };
        notes.insert(0, format!("`{}`: {what}, run `{command}`", at(&environment.name)));
        notes
    }

    /// One line for all that pyve has no use for.
    fn unused(&self) -> Option<String> {
        let tables = self.file.environments.iter().flat_map(|environment| {
            environment.others.iter().map(|key| (format!("env.{}.{}", environment.name.text, key.text), key.line))
        });
        let plugins = self.file.plugins.iter().map(|key| (format!("plugins.{}", key.text), key.line));
        let unknown = self.file.unknown.iter().map(|key| (key.text.clone(), key.line));
        let mut keys: Vec<(String, usize)> = tables.chain(plugins).chain(unknown).collect();
        sorted::by_key(&mut keys, |(_, line)| *line);
        let shown: Vec<String> = keys.iter().map(|(key, line)| format!("{} (line {line})", quoted(key))).collect();
        (!shown.is_empty()).then(|| format!("not used of `{NAME}`: {}", shown.join(", ")))
    }
}

/// What the table asks for beside its backend: the key, the flag that stands for it, and each value.
fn asked(environment: &Environment) -> Vec<(&'static str, &'static str, Written)> {
    let manifest = environment.manifest.iter().map(|value| ("manifest", "env-file", value.clone()));
    let requirements = environment.requirements.iter().map(|value| ("requirements", "requirements", value.clone()));
    let extra = environment.extra.iter().map(|value| ("extra", "extra", value.clone()));
    let extras = environment.editable.iter().flat_map(|value| {
        let inside = value.text.split_once('[').and_then(|(_, rest)| rest.strip_suffix(']')).unwrap_or_default();
        let names = inside.split(',').map(str::trim).filter(|name| !name.is_empty());
        names.map(|name| ("editable", "extra", Written { text: name.to_owned(), line: value.line })).collect::<Vec<_>>()
    });
    manifest.chain(requirements).chain(extra).chain(extras).collect()
}

fn at(written: &Written) -> String {
    format!("{NAME}:{}", written.line)
}

#[cfg(test)]
mod tests {
    use pyve_plugin_api::{Setting, SettingKind};

    use super::*;

    fn known() -> [Description; 2] {
        let list = |key: &str| Setting::new(key, SettingKind::LIST, "x").flag(key);
        [
            Description::new("moss", "1", "Mosses").setting(list("requirements")).setting(list("extra")),
            Description::new("reed", "1", "Reeds")
                .setting(Setting::new("file", SettingKind::PATH, "x").flag("env-file")),
        ]
    }

    fn read(text: &str) -> Manifest {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(NAME), text).unwrap();
        Manifest::load(folder.path()).unwrap()
    }

    fn notes(text: &str) -> String {
        read(text).notes(&known(), &known()[0]).join("\n")
    }

    #[test]
    fn the_backend_is_that_of_the_environment() {
        let manifest = read("[env.root]\nbackend = \"reed\"\n[env.docs]\nbackend = \"moss\"\n");
        let said = |name: &str| manifest.backend(&name.parse().unwrap()).map(|said| (said.value, said.origin));
        assert_eq!(said("default"), Some(("reed".to_owned(), "pyve.toml:2".to_owned())));
        assert_eq!(said("docs"), Some(("moss".to_owned(), "pyve.toml:4".to_owned())));
        assert_eq!(said("other"), None);
        assert!(Manifest::load(Path::new("/nonexistent")).is_none());
    }

    #[test]
    fn a_file_of_which_all_is_known_says_nothing() {
        assert_eq!(notes("pyve_schema = \"3.0\"\n[project]\nname = \"x\"\n[env.root]\nbackend = \"reed\"\n"), "");
    }

    #[test]
    fn everything_else_is_named_with_its_place_and_what_to_type() {
        insta::assert_snapshot!(notes(
            "[env.root]\npurpose = \"utility\"\nbackend = \"moss\"\nrequirements = [\"a.txt\", \"b c.txt\"]\n\
             editable = \".[x, y]\"\nmanifest = \"reed.yml\"\n[env.data]\nbackend = \"reed\"\nmanifest = \"d.yml\"\n\
             [env.web]\nbackend = \"pnpm\"\n[env.\"a b\"]\n[env.bare]\n[plugins.node]\npath = \"web\"\n"
        ), @"
        `pyve.toml:1`: for what `[env.root]` asks for, run `pyve init --update --requirements a.txt --requirements 'b c.txt' --extra x --extra y --install-deps`
        `pyve.toml:6`: backend `moss` has no setting for `manifest`
        `pyve.toml:7`: to create the environment `data`, run `pyve init --env data --backend reed --env-file d.yml`
        `pyve.toml:11` asks for `pnpm`, which is not a backend of pyve's
        `pyve.toml:12` has an invalid name
        `pyve.toml:13`: to create the environment `bare`, run `pyve init --env bare --backend moss`
        not used of `pyve.toml`: `env.root.purpose` (line 2), `plugins.node` (line 14)
        ");
        insta::assert_snapshot!(notes("[env.root]\nbackend = 1\nextra = \"dev\"\n"), @"
        `pyve.toml:2` is not used: `env.root.backend` must be a string, not of the type integer
        `pyve.toml:1`: for what `[env.root]` asks for, run `pyve init --update --extra dev --install-deps`
        ");
        insta::assert_snapshot!(notes("[env.root\n"), @"`pyve.toml:1` is not used: unclosed table, expected `]`");
    }
}
