//! The Pythons of a list, for people and for programs.

use std::path::Path;

use pyve_plugin_api::OsText;
use pyve_pythons::Listed;
use pyve_pythons::builds::Installed;
use serde::Serialize;

use super::selected::Selected;
use crate::ui::table::{NOTHING, table};

/// One Python.
#[derive(Serialize)]
pub struct Row {
    /// `3.13.0`, `3.13.0t`; `null` where it did not answer.
    pub version: Option<String>,
    /// `cpython`, `pypy`.
    pub implementation: Option<String>,
    /// Whether `pyve init` takes it.
    pub selected: bool,
    /// Where it was found: `asdf`, `pyenv`, `pyve`, `PATH`, or `path` for a directory that the project names.
    pub origin: String,
    /// Who installed it, as far as its path tells.
    pub managed_by: Option<String>,
    /// How its version manager names it.
    pub name: String,
    pub path: OsText,
    pub other_paths: Vec<OsText>,
    /// Why no environment can be made with it.
    pub problem: Option<String>,
    /// Of a build of pyve's own the environments that `pyve init` made with it; `null` for the others.
    pub environments: Option<Vec<OsText>>,
}

/// A row for each; one that is taken without being among them comes first. `builds` are those of pyve's own.
pub fn all(listed: Vec<Listed>, selected: &Selected, builds: &[Installed]) -> Vec<Row> {
    let taken = selected.python.as_ref().map(|python| python.path.path());
    let is_taken = |path: &Path| taken.as_ref().is_some_and(|taken| same_file(path, taken));
    let mut rows: Vec<Row> = listed.into_iter().map(|one| row(is_taken(&one.path), one, builds)).collect();
    if let Some(python) = selected.python.as_ref().filter(|_| !rows.iter().any(|row| row.selected)) {
        let first = Row {
            version: Some(python.version.to_string()),
            implementation: Some(python.implementation.to_string()),
            selected: true,
            origin: python.origin.to_string(),
            managed_by: None,
            name: python.name.to_string(),
            path: python.path.clone(),
            other_paths: Vec::new(),
            problem: None,
            environments: None,
        };
        rows.insert(0, first);
    }
    rows
}

fn same_file(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn row(selected: bool, one: Listed, builds: &[Installed]) -> Row {
    let build = builds.iter().find(|build| one.path.starts_with(&build.directory));
    let environments = build.map(|build| build.environments().into_iter().map(Into::into).collect());
    Row {
        environments,
        version: one.version,
        implementation: one.implementation,
        selected,
        origin: one.origin,
        managed_by: Some(one.managed_by).filter(|name| !name.is_empty()),
        name: one.name,
        path: one.path.into(),
        other_paths: one.others.into_iter().map(Into::into).collect(),
        problem: one.trouble,
    }
}

/// The table; with `all` a line for every other name, and one for each version that could be installed; no
/// line where there is nothing.
pub fn lines(rows: &[Row], all: bool, available: &[String]) -> Vec<String> {
    let mut cells = Vec::new();
    for row in rows {
        let problem = row.problem.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
        cells.push(row.cells(format!("{}{problem}", row.path.display())));
        let others = row.other_paths.iter().filter(|_| all);
        cells.extend(others.map(|other| row.cells(format!("{} -> {}", other.display(), row.path.display()))));
    }
    let nothing = || NOTHING.to_owned();
    cells.extend(available.iter().map(|version| {
        vec![version.clone(), "cpython".to_owned(), nothing(), format!("not installed: pyve python install {version}")]
    }));
    if cells.is_empty() {
        return Vec::new();
    }
    table(&["VERSION", "IMPLEMENTATION", "MANAGED BY", "PATH"], cells)
}

impl Row {
    /// A build of pyve's own that no environment is known to use.
    pub fn is_unused(&self) -> bool {
        self.environments.as_ref().is_some_and(Vec::is_empty)
    }

    fn cells(&self, path: String) -> Vec<String> {
        let or_nothing = |text: &Option<String>| text.clone().unwrap_or_else(|| NOTHING.to_owned());
        // A broken one is known by the name that its version manager gives it.
        let version = self.version.as_ref().unwrap_or(&self.name);
        let mark = if self.selected { " *" } else { "" };
        vec![format!("{version}{mark}"), or_nothing(&self.implementation), or_nothing(&self.managed_by), path]
    }
}
