//! The answer to "what do the project's files ask for?": what `uv sync` would install, or `uv pip`.

use std::path::Path;

use pyve_formats::dependencies::{Declared, Dependency};
use pyve_formats::pyproject::{self, Pyproject};
use pyve_formats::python_name::normalized;
use pyve_formats::requirements::{self, Entry, FaultKind, Origin};
use pyve_formats::toml_file::{Item, TomlFile};
use pyve_plugin_api::{Ecosystem, Error, Host, Request, Requirement, Requirements, Result};

use super::place::Place;
use super::sources::{List, placed};
use super::{invalid, settings, unreadable};

/// All that is asked for, in the order of the files.
pub fn requirements(request: &Request, host: &dyn Host) -> Result<Requirements> {
    let mut found = Requirements::new();
    match Place::of(request)? {
        Place::Project(project) => of_project(&project, request, &mut found)?,
        Place::File(name) => of_file(&name, request, host, &mut found)?,
    }
    of_python(&request.project(), &mut found)?;
    Ok(found)
}

fn of_project(project: &Pyproject, request: &Request, found: &mut Requirements) -> Result<()> {
    let declared = Declared::of_pyproject(project).map_err(invalid)?;
    let extras = extras(request, &declared);
    let groups = groups(project, request, &declared);
    let of_extras = extras.iter().filter_map(|name| Some((List::Extra(name), declared.extras.get(name)?)));
    let of_groups = groups.iter().filter_map(|name| Some((List::Group(name), declared.groups.get(name)?)));
    let always = std::iter::once((List::Always, &declared.dependencies));
    for (list, lines) in always.chain(of_extras).chain(of_groups) {
        for line in declared.expanded(lines) {
            match line {
                Ok(line) => {
                    let one = model(line, &shown(&line.origin, request));
                    of_sources(&one, list, project, found);
                }
                Err(fault) => found.others.push(format!("{}: {}", shown(&fault.origin, request), fault.why).into()),
            }
        }
    }
    if is_package(project) {
        let itself = Requirement::new(Ecosystem::PYPI, "").source(".").origin(pyproject::NAME);
        found.requirements.push(Requirement { editable: true, ..itself });
    }
    of_settings(project, request, found)
}

/// Whether uv installs the project itself.
fn is_package(project: &Pyproject) -> bool {
    let said = project.file().item("tool.uv.package").and_then(Item::as_bool);
    project.line("project").is_some() && said.unwrap_or_else(|| project.line("build-system").is_some())
}

fn of_sources(one: &Requirement, list: List<'_>, project: &Pyproject, found: &mut Requirements) {
    for placed in placed(one, list, project) {
        match placed {
            Ok(one) => found.requirements.push(one),
            Err(why) => found.others.push(format!("{}: {}: {why}", one.origin, one.pip_line()).into()),
        }
    }
}

/// The extras that are asked for.
fn extras(request: &Request, declared: &Declared) -> Vec<String> {
    match request.flag("all_extras") {
        Some(true) => declared.extras.keys().cloned().collect(),
        _ => request.list("extras").into_iter().map(normalized).collect(),
    }
}

/// The groups that uv syncs: `dev` or what the project says, those that are asked for, and that of the environment's name.
fn groups(project: &Pyproject, request: &Request, declared: &Declared) -> Vec<String> {
    let key = "tool.uv.default-groups";
    let mut groups: Vec<String> = match project.file().item(key) {
        None => vec!["dev".to_owned()],
        Some(item) if item.as_text() == Some("all") => declared.groups.keys().cloned().collect(),
        Some(item) => item.texts(key).unwrap_or_default().into_iter().map(|group| normalized(&group.text)).collect(),
    };
    if request.flag("no_default_groups") == Some(true) {
        groups.clear();
    }
    if request.flag("no_dev") == Some(true) {
        groups.retain(|group| group != "dev");
    }
    let own = Some(request.environment.as_str()).filter(|_| request.is_named() && request.setting("groups").is_none());
    for group in request.list("groups").into_iter().chain(own).map(normalized) {
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    groups
}

/// `uv.toml` takes the place of `[tool.uv]`.
fn of_settings(project: &Pyproject, request: &Request, found: &mut Requirements) -> Result<()> {
    let own = TomlFile::read(&request.in_project("uv.toml")).map_err(invalid)?;
    let (file, table, name) = match &own {
        Some(own) => (own, "", "uv.toml"),
        None => (project.file(), "tool.uv", pyproject::NAME),
    };
    let lines = settings::lines(file, table);
    let lines = lines.map_err(|error| Error::new(format!("{name}:{} cannot be read: {}", error.line, error.words)))?;
    found.others.extend(lines.into_iter().map(|(line, text)| format!("{name}:{line}: {text}").into()));
    Ok(())
}

fn of_file(name: &str, request: &Request, host: &dyn Host, found: &mut Requirements) -> Result<()> {
    let variable = |name: &str| host.variable(name)?.into_string().ok();
    let read = requirements::read(&request.in_project(name), &variable).map_err(unreadable)?;
    let Some(content) = read else { return Ok(()) };
    if let Some(fault) = content.faults.first() {
        let at = shown(&fault.origin, request);
        let why = match &fault.kind {
            FaultKind::Options(why) => why.clone(),
            FaultKind::Missing(file) => format!("`{}` does not exist", file.display()),
        };
        return Err(Error::new(format!("{at}: {why}")).hint(format!("correct {at}")));
    }
    for entry in &content.entries {
        let at = shown(&entry.origin, request);
        match entry.constraint {
            true => found.others.push(format!("{at}: {}{}", entry.written, settings::CONSTRAINT).into()),
            false => found.requirements.push(of_entry(entry, &at)),
        }
    }
    let others = content.others.iter().map(|other| format!("{}: {}", shown(&other.origin, request), other.written));
    found.others.extend(others.map(Into::into));
    Ok(())
}

/// What the project says of the Pythons that it works with.
fn of_python(project: &Path, found: &mut Requirements) -> Result<()> {
    let Some(file) = Pyproject::read(project).map_err(invalid)? else { return Ok(()) };
    let Some(written) = file.requires_python().map_err(invalid)? else { return Ok(()) };
    found.python = written.text.split_whitespace().collect::<String>().into();
    let origin = format!("{}:{}", pyproject::NAME, written.line);
    let python = Requirement::new(Ecosystem::PYPI, "python").constraint(&found.python).origin(&origin);
    found.requirements.push(python);
    Ok(())
}

/// A line of a project's tables in the model; `at` says where it stands.
pub fn model(line: &Dependency, at: &str) -> Requirement {
    let Dependency { text, editable, origin } = line.clone();
    let entry = Entry { written: text.clone(), text, editable, constraint: false, hashes: Vec::new(), origin };
    of_entry(&entry, at)
}

/// A line in the model that all backends share.
fn of_entry(entry: &Entry, at: &str) -> Requirement {
    let parts = entry.parts();
    Requirement {
        name: parts.name.into(),
        extras: parts.extras.into_iter().map(Into::into).collect(),
        constraint: parts.constraint.into(),
        source: parts.source.into(),
        marker: parts.marker.into(),
        hashes: parts.hashes.into_iter().map(Into::into).collect(),
        editable: entry.editable,
        ..Requirement::new(Ecosystem::PYPI, "").origin(at)
    }
}

fn shown(origin: &Origin, request: &Request) -> String {
    let file = origin.file.strip_prefix(request.project()).unwrap_or(&origin.file);
    format!("{}:{}", file.display(), origin.line)
}
