//! The answer to "what do the project's files ask for?": what `uv sync` would install, or `uv pip`.

use std::collections::BTreeSet;
use std::path::Path;

use pyve_formats::comments::Comments;
use pyve_formats::dependencies::{Dependency, Fault};
use pyve_formats::pyproject::{self, Pyproject};
use pyve_formats::read::{self, Limit};
use pyve_formats::requirements::{self, Entry, FaultKind, Origin};
use pyve_plugin_api::{Ecosystem, Error, Host, Request, Requirement, Requirements, Result};

use super::place::Place;
use super::sources::{List, Sources};
use super::{from_lock, settings, unreadable};
use crate::project::{Member, Project, unreadable as invalid};
use crate::uv_settings::UvSettings;
use crate::{create, installed};

/// A line of a project's tables.
type Line = std::result::Result<Dependency, Fault>;

/// All that is asked for, in the order of the files.
pub fn requirements(request: &Request, host: &dyn Host) -> Result<Requirements> {
    let mut found = Requirements::new();
    let place = Place::of(request)?;
    match &place {
        Place::Project(project) => of_project(project, request, &mut found)?,
        Place::File(name) => of_file(name, request, host, &mut found)?,
    }
    of_python(&request.project(), &mut found)?;
    match &place {
        Place::Project(project) if request.from_lock => from_lock::pinned(project, found),
        // What has no lock the host has refused before.
        Place::Project(_) | Place::File(_) => Ok(found),
    }
}

fn of_project(project: &Project, request: &Request, found: &mut Requirements) -> Result<()> {
    let choice = create::chosen(request, Some(project))?;
    let mut groups: Vec<String> = Vec::new();
    for group in installed::defaults(project, &choice).into_iter().chain(choice.groups.clone()) {
        groups.extend(Some(group).filter(|group| !groups.contains(group)));
    }
    // A root that is no project itself can have groups all the same.
    let root = Some(&project.root).filter(|_| !project.members.iter().any(Member::is_root));
    for member in root.into_iter().chain(installed::members(project, &choice)) {
        let declared = &member.declared;
        let noted = Noted::of(member, project)?;
        let extras: Vec<&String> = match choice.all_extras {
            true => declared.extras.keys().collect(),
            false => choice.extras.iter().collect(),
        };
        let of_extras = extras.into_iter().filter_map(|name| Some((List::Extra(name), declared.extras.get(name)?)));
        let of_groups = groups.iter().filter_map(|name| Some((List::Group(name), declared.groups.get(name)?)));
        let always = std::iter::once((List::Always, &declared.dependencies));
        let sources = Sources { project, member };
        for (list, lines) in always.chain(of_extras).chain(of_groups) {
            declared.expanded(lines).into_iter().for_each(|line| of_line(line, list, &sources, &noted, request, found));
        }
        if member.says_package() == Some(true) && !declared.name.is_empty() {
            found.requirements.push(itself(member));
        }
    }
    of_settings(request, found)
}

fn of_line(
    line: &Line,
    list: List<'_>,
    sources: &Sources<'_>,
    noted: &Noted,
    request: &Request,
    found: &mut Requirements,
) {
    let line = match line {
        Ok(line) => line,
        Err(fault) => {
            return found.others.push(format!("{}: {}", shown(&fault.origin, request), fault.why).into());
        }
    };
    let one = commented(model(line, &shown(&line.origin, request)), noted.at(line.origin.line));
    for (at, placed) in sources.placed(&one, list).into_iter().enumerate() {
        match placed {
            // Noted once.
            Ok(one) if at > 0 => found.requirements.push(commented(one, Comments::default())),
            Ok(one) => found.requirements.push(one),
            Err(why) => found.others.push(format!("{}: {}: {why}", one.origin, one.pip_line()).into()),
        }
    }
}

/// What people noted beside the lines of a member's `pyproject.toml`.
struct Noted {
    text: String,
    /// The lines that say one thing each: of others nobody knows which is meant.
    alone: BTreeSet<usize>,
}

impl Noted {
    fn of(member: &Member, project: &Project) -> Result<Self> {
        let file = project.base.join(&member.folder).join(pyproject::NAME);
        let text = read::text(file, Limit::PROJECT).map_err(unreadable)?.unwrap_or_default();
        let declared = &member.declared;
        let lists = declared.extras.values().chain(declared.groups.values()).chain([&declared.dependencies]);
        let lines: Vec<usize> = lists.flatten().flatten().map(|line| line.origin.line).collect();
        let is_alone = |line: &usize| lines.iter().filter(|other| *other == line).count() == 1;
        Ok(Self { text, alone: lines.iter().copied().filter(is_alone).collect() })
    }

    fn at(&self, line: usize) -> Comments {
        let lines: Vec<&str> = self.text.lines().filter(|_| self.alone.contains(&line)).collect();
        Comments::of(&lines, line)
    }
}

fn commented(mut one: Requirement, comments: Comments) -> Requirement {
    one.comments_above = comments.above.into_iter().map(Into::into).collect();
    one.comment = comments.behind.into();
    one
}

/// A project that is a package is installed as it stands.
fn itself(member: &Member) -> Requirement {
    let source = if member.is_root() { ".".to_owned() } else { format!("./{}", member.folder.display()) };
    let one = Requirement::new(Ecosystem::PYPI, "").source(&source).origin(&member.shown());
    Requirement { editable: true, ..one }
}

/// `uv.toml` takes the place of `[tool.uv]`.
fn of_settings(request: &Request, found: &mut Requirements) -> Result<()> {
    let UvSettings { file, name, table } = UvSettings::read(&request.project())?;
    let lines = settings::lines(&file, table);
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
    let Some(file) = Pyproject::read(project).map_err(|error| invalid(&error))? else { return Ok(()) };
    let Some(written) = file.requires_python().map_err(|error| invalid(&error))? else { return Ok(()) };
    found.python = written.text.split_whitespace().collect::<String>().into();
    let origin = format!("{}:{}", pyproject::NAME, written.line);
    let python = Requirement::new(Ecosystem::PYPI, "python").constraint(&found.python).origin(&origin);
    found.requirements.push(python);
    Ok(())
}

/// A line of a project's tables in the model; `at` says where it stands.
pub fn model(line: &Dependency, at: &str) -> Requirement {
    let Dependency { text, editable, origin } = line.clone();
    let (written, hashes, comments) = (text.clone(), Vec::new(), Comments::default());
    let entry = Entry { written, text, editable, constraint: false, hashes, origin, comments };
    of_entry(&entry, at)
}

/// A line in the model that all backends share.
fn of_entry(entry: &Entry, at: &str) -> Requirement {
    let parts = entry.parts();
    let one = Requirement {
        name: parts.name.into(),
        extras: parts.extras.into_iter().map(Into::into).collect(),
        constraint: parts.constraint.into(),
        source: parts.source.into(),
        marker: parts.marker.into(),
        hashes: parts.hashes.into_iter().map(Into::into).collect(),
        editable: entry.editable,
        ..Requirement::new(Ecosystem::PYPI, "").origin(at)
    };
    commented(one, entry.comments.clone())
}

fn shown(origin: &Origin, request: &Request) -> String {
    let file = origin.file.strip_prefix(request.project()).unwrap_or(&origin.file);
    format!("{}:{}", file.display(), origin.line)
}
