//! What a lock is made from, each requirement in one form whatever its file looks like: so that comments, order, the ends of
//! lines and spaces count for nothing.

use pyve_formats::sorted;
use std::path::Path;

use pyve_formats::dependencies::Dependency;
use pyve_formats::pyproject;
use pyve_formats::read::{self, Limit};
use pyve_formats::requirement::Requirement;
use pyve_formats::requirements::{Entry, Origin};
use pyve_formats::sha256;
use pyve_plugin_api::{Error, Result};

use crate::wanted::Wanted;

/// What a package is built from, where only the build knows its dependencies.
const BUILT_FROM: [&str; 3] = [pyproject::NAME, "setup.cfg", "setup.py"];

/// All that is asked for, each once.
#[derive(Clone, Debug, Default)]
pub struct Inputs(Vec<Input>);

/// One requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// In its one form.
    pub text: String,
    /// What it asks for, as far as it names a package; `None` also for what only bounds one.
    pub requirement: Option<Requirement>,
    /// `requirements.txt:3`
    pub origin: String,
}

impl Inputs {
    pub fn of(wanted: &Wanted, project: &Path) -> Result<Self> {
        let declared = wanted.all_declared().map_err(|fault| {
            let place = place(&fault.origin, project);
            Error::new(format!("could not lock: {place}: {}", fault.why)).hint(format!("correct `{place}`"))
        })?;
        let entries = wanted.files.iter().flat_map(|file| &file.content.entries);
        let mut inputs: Vec<Input> = entries.map(|entry| Input::of_entry(entry, project)).collect();
        inputs.extend(declared.into_iter().map(|dependency| Input::of_dependency(dependency, project)));
        if wanted.dynamic {
            inputs.extend(BUILT_FROM.into_iter().filter_map(|file| Input::of_file(file, project)));
        }
        sorted::by(&mut inputs, |a, b| a.text.cmp(&b.text));
        inputs.dedup_by(|a, b| a.text == b.text);
        Ok(Self(inputs))
    }

    pub fn iter(&self) -> impl Iterator<Item = &Input> {
        self.0.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn texts(&self) -> Vec<String> {
        self.0.iter().map(|input| input.text.clone()).collect()
    }
}

impl Input {
    fn of_entry(entry: &Entry, project: &Path) -> Self {
        let requirement = entry.requirement();
        let kind = match (entry.constraint, entry.editable) {
            (true, _) => "-c ",
            (_, true) => "-e ",
            _ => "",
        };
        let text = format!("{kind}{}", normal(entry.without_option(), requirement.as_ref()));
        let requirement = requirement.filter(|_| !entry.constraint);
        Self { text, requirement, origin: place(&entry.origin, project) }
    }

    fn of_dependency(dependency: &Dependency, project: &Path) -> Self {
        let requirement = dependency.requirement();
        let kind = if dependency.editable { "-e " } else { "" };
        let text = format!("{kind}{}", normal(&dependency.text, requirement.as_ref()));
        Self { text, requirement, origin: place(&dependency.origin, project) }
    }

    /// A file that counts whole, but for the ends of its lines.
    fn of_file(name: &str, project: &Path) -> Option<Self> {
        let text = read::text(project.join(name), Limit::PROJECT).ok()??;
        let text = format!("{name} sha256:{}", sha256::of(text.replace("\r\n", "\n")));
        Some(Self { text, requirement: None, origin: name.to_owned() })
    }
}

/// An address stays as it is written: what variables in it stand for may be secret.
fn normal(written: &str, requirement: Option<&Requirement>) -> String {
    let Some(requirement) = requirement.filter(|requirement| requirement.url.is_none()) else {
        return written.split_whitespace().collect::<Vec<_>>().join(" ");
    };
    let extras = match requirement.extras.as_slice() {
        [] => String::new(),
        extras => format!("[{}]", extras.join(",")),
    };
    let mut versions: Vec<String> =
        requirement.versions.iter().flat_map(|all| all.iter()).map(|one| one.to_string().replace(' ', "")).collect();
    versions.sort();
    versions.dedup();
    let marker = requirement.marker.try_to_string().map(|marker| format!("; {marker}")).unwrap_or_default();
    format!("{}{extras}{}{marker}", requirement.name, versions.join(","))
}

fn place(origin: &Origin, project: &Path) -> String {
    let file = origin.file.strip_prefix(project).unwrap_or(&origin.file);
    format!("{}:{}", file.display(), origin.line)
}
