//! `pyve.toml`: what version 3 of the bash tool declared of a project's environments.

use crate::Written;
use crate::toml_file::{TomlError, TomlFile};

/// The name of the file.
pub const NAME: &str = "pyve.toml";

/// The environment that the bash tool entered where none was named.
pub const ROOT: &str = "root";

/// The file, as far as it says something that can be followed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PyveToml {
    /// `[env.NAME]`, in the order of their lines.
    pub environments: Vec<Environment>,
    /// `[plugins.NAME]`.
    pub plugins: Vec<Written>,
    /// Keys that the bash tool itself did not know.
    pub unknown: Vec<Written>,
    /// Values of another type than the bash tool took. They count as if they were not there.
    pub faults: Vec<TomlError>,
}

/// One table `[env.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// `NAME`, and the line of the table.
    pub name: Written,
    /// `backend`.
    pub backend: Option<Written>,
    /// `requirements`: files for `pip install -r`.
    pub requirements: Vec<Written>,
    /// `extra`: an optional group of `pyproject.toml`.
    pub extra: Option<Written>,
    /// `editable`: the project itself, such as `.[dev]`.
    pub editable: Option<Written>,
    /// `manifest`: the backend's own file.
    pub manifest: Option<Written>,
    /// The other keys of the table, which say nothing about how it is created.
    pub others: Vec<Written>,
}

/// What says how an environment is created.
const KEYS: [&str; 5] = ["backend", "requirements", "extra", "editable", "manifest"];

impl PyveToml {
    /// Reads the text of the file. Only what is no TOML is an error.
    pub fn parse(text: &str) -> Result<Self, TomlError> {
        let file = TomlFile::parse(text)?;
        let mut faults = Vec::new();
        let environments = file.keys("env").into_iter().map(|name| Environment::of(&file, name, &mut faults)).collect();
        let is_known = |key: &Written| ["pyve_schema", "project", "env", "plugins"].contains(&key.text.as_str());
        Ok(Self {
            environments,
            plugins: file.keys("plugins"),
            unknown: file.keys("").into_iter().filter(|key| !is_known(key)).collect(),
            faults,
        })
    }

    /// The environment of a name.
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name.text == name)
    }
}

impl Environment {
    fn of(file: &TomlFile, name: Written, faults: &mut Vec<TomlError>) -> Self {
        let table = format!("env.{}", name.text);
        let at = |key: &str| format!("{table}.{key}");
        let mut text = |key: &str| {
            file.text(&at(key)).unwrap_or_else(|fault| {
                faults.push(fault);
                None
            })
        };
        let (backend, extra, editable, manifest) = (text("backend"), text("extra"), text("editable"), text("manifest"));
        let requirements = file.texts(&at("requirements")).unwrap_or_else(|fault| {
            faults.push(fault);
            Vec::new()
        });
        let others = file.keys(&table).into_iter().filter(|key| !KEYS.contains(&key.text.as_str())).collect();
        Self { name, backend, requirements, extra, editable, manifest, others }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environments_are_read_with_their_lines() {
        let text = "pyve_schema = \"3.0\"\n\n[project]\nname = \"demo\"\n\n[env.root]\npurpose = \"utility\"\n\
                    backend = \"reed\"\nmanifest = \"reed.yml\"\n\n[env.testenv]\nbackend = \"moss\"\ndefault = true\n\
                    requirements = [\n  \"a.txt\",\n  \"b.txt\",\n]\nextra = \"dev\"\neditable = \".[x]\"\n\n\
                    [plugins.node]\npath = \"web\"\n[other]\n";
        let read = PyveToml::parse(text).unwrap();
        let written = |text: &str, line| Written { text: text.to_owned(), line };
        let root = read.environment(ROOT).unwrap();
        assert_eq!((&root.name, &root.backend), (&written("root", 6), &Some(written("reed", 8))));
        assert_eq!(
            (&root.manifest, root.others.as_slice()),
            (&Some(written("reed.yml", 9)), &[written("purpose", 7)][..])
        );
        let test = &read.environments[1];
        assert_eq!(test.requirements, [written("a.txt", 15), written("b.txt", 16)]);
        assert_eq!((&test.extra, &test.editable), (&Some(written("dev", 18)), &Some(written(".[x]", 19))));
        assert_eq!(test.others, [written("default", 13)]);
        assert_eq!(
            (read.plugins.as_slice(), read.unknown.as_slice()),
            (&[written("node", 21)][..], &[written("other", 23)][..])
        );
        assert_eq!(PyveToml::parse("").unwrap(), PyveToml::default());
    }

    #[test]
    fn what_is_wrong_has_its_line_and_the_rest_counts() {
        let read = PyveToml::parse("[env.root]\nbackend = \"reed\"\nrequirements = \"a.txt\"\nextra = 1\n").unwrap();
        assert_eq!(read.environments[0].backend.as_ref().map(|backend| backend.text.as_str()), Some("reed"));
        let faults: Vec<String> = read.faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            faults,
            [
                "line 4: `env.root.extra` must be a string, not of the type integer",
                "line 3: `env.root.requirements` must be an array, not of the type string",
            ]
        );
        assert_eq!(PyveToml::parse("[env.root\n").unwrap_err().line, 1);
    }
}
