//! How `uv.lock` is, by what it notes of the project's files and what these say now: uv is not started for it, since that could
//! start the build backend that a project names.

use pep440_rs::{Version, VersionSpecifiers};
use pyve_formats::python_name::normalized;
use pyve_formats::python_version::constraint;
use pyve_formats::toml_file::Item;
use pyve_plugin_api::{Host, LockState, Result};

use super::asked::{Asked, Compared, List, compared, list};
use super::file::{LockFile, Locked, Package, conflict};
use super::source::Sources;
use super::{groups, indexes, manifest};
use crate::project::{LOCK, Member, Project};
use crate::state::told;
use crate::uv_settings::UvSettings;

/// What a comparison came to, with a line for each difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub state: LockState,
    pub reasons: Vec<String>,
}

impl Judged {
    pub fn read(project: &Project, host: &dyn Host) -> Result<Self> {
        Ok(match LockFile::read(&project.base)? {
            LockFile::Missing => Self { state: LockState::MISSING, reasons: vec![format!("{LOCK} does not exist")] },
            LockFile::Conflict(line) => Self { state: LockState::CONFLICT, reasons: vec![conflict(line)] },
            LockFile::Parsed(locked) => Self::of(&locked, project, host)?,
        })
    }

    /// Compares one that can be read.
    pub fn of(locked: &Locked, project: &Project, host: &dyn Host) -> Result<Self> {
        let mut reasons = Vec::from_iter(python(locked, project));
        let settings = UvSettings::read(&project.base)?;
        reasons.extend(manifest::compared(locked, project, &settings));
        reasons.extend(indexes::compared(locked, &settings, host));
        if !project.root.is_project() {
            // A root that is no project is no package, either.
            let of = |key: &str| locked.file.item(&format!("manifest.{key}"));
            let noted = (of("dependency-groups"), of("default-groups"));
            reasons.extend(groups::differences(&project.root, project, locked, noted));
        }
        let mut unknown = Vec::new();
        for member in &project.members {
            let package = locked.packages().find(|it| it.local().is_some_and(|local| local.folder == member.folder));
            match package.filter(|package| package.name() == member.declared.name) {
                Some(package) => reasons.extend(of_member(package, member, project, locked, &mut unknown)),
                None => reasons.push(format!("{} (`{}`) is not locked", member.shown(), member.declared.name)),
            }
        }
        Ok(match (reasons.is_empty(), unknown.is_empty()) {
            (false, _) => Self { state: LockState::STALE, reasons },
            (true, false) => Self { state: LockState::UNKNOWN, reasons: unknown },
            (true, true) => Self { state: LockState::FRESH, reasons },
        })
    }

    /// `uv.lock: pyproject.toml:7 asks for …; and 3 more`, in one line.
    pub fn told(&self) -> String {
        format!("{LOCK}: {}", told(&self.reasons))
    }
}

fn of_member(
    package: Package<'_>,
    member: &Member,
    project: &Project,
    locked: &Locked,
    unknown: &mut Vec<String>,
) -> Vec<String> {
    let (file, declared) = (member.shown(), &member.declared);
    let toml = member.file.file();
    let pythons = locked.pythons();
    let extras: Vec<String> = declared.extras.keys().cloned().collect();
    let sources = Sources { project, member };
    let metadata = |key: &str| -> Vec<Asked> { list(package.metadata().and_then(|metadata| metadata.get(key))) };
    let mut reasons = Vec::new();
    if let Ok(Some(version)) = toml.text("project.version") {
        let other = package.version().filter(|other| other.parse::<Version>().ok() != version.text.parse().ok());
        reasons.extend(
            other.map(|other| {
                format!("{file}:{} says version `{}`, but `{other}` is locked", version.line, version.text)
            }),
        );
    }
    reasons.extend(kind(package, member));
    if declared.dynamic_dependencies || declared.dynamic_extras {
        let line = toml.line("project.dynamic").unwrap_or(1);
        unknown
            .push(format!("{file}:{line} leaves the dependencies to the project's build backend, which only uv asks"));
    } else {
        let mut asked: Vec<Asked> =
            declared.dependencies.iter().flat_map(|line| Asked::of_line(line, List::Always, &sources, &file)).collect();
        for (extra, lines) in &declared.extras {
            asked.extend(lines.iter().flat_map(|line| Asked::of_line(line, List::Extra(extra), &sources, &file)));
        }
        let what = Compared { pythons: &pythons, extras: &extras, markers: true, within: "" };
        reasons.extend(compared(&asked, &metadata("requires-dist"), &what));
        let provided =
            package.metadata().and_then(|metadata| metadata.get("provides-extras")?.as_list()).unwrap_or_default();
        let provided: Vec<String> = provided.iter().filter_map(Item::as_text).map(normalized).collect();
        reasons.extend(
            extras
                .iter()
                .filter(|it| !provided.contains(it))
                .map(|it| format!("{file} has the extra `{it}`, which is not locked")),
        );
        let gone = provided.iter().filter(|it| !extras.contains(it));
        reasons.extend(gone.map(|it| format!("the extra `{it}` is locked, but {file} no longer has it")));
    }
    let noted = (package.metadata().and_then(|metadata| metadata.get("requires-dev")), package.default_groups());
    reasons.extend(groups::differences(member, project, locked, noted));
    reasons
}

/// A project that is a package by now, or none any more.
fn kind(package: Package<'_>, member: &Member) -> Option<String> {
    let is_package = member.says_package()?;
    let is_virtual = package.local()?.is_virtual;
    (is_package == is_virtual).then(|| match is_package {
        true => format!("{} is a package, but locked as none", member.shown()),
        false => format!("{} is no package, but locked as one", member.shown()),
    })
}

/// uv locks for the Pythons that all members allow. Compared are versions, since it writes the bounds in its own form.
fn python(locked: &Locked, project: &Project) -> Option<String> {
    let noted = locked.file.text("requires-python").ok().flatten()?.text;
    let said: Vec<(String, VersionSpecifiers)> = project
        .members
        .iter()
        .filter_map(|member| {
            let said = member.file.requires_python().ok().flatten()?;
            Some((
                format!("{}:{} asks for Python `{}`", member.shown(), said.line, said.text),
                constraint(&said.text).ok()?,
            ))
        })
        .collect();
    let locked = locked.pythons();
    let named = said.iter().flat_map(|(_, bounds)| bounds.iter()).chain(locked.iter());
    let mut versions: Vec<Version> = named
        .flat_map(|specifier| {
            let release = specifier.version().release();
            let number = |at: usize| release.get(at).copied().unwrap_or_default();
            [number(2).saturating_sub(1), number(2), number(2).saturating_add(1)]
                .map(|patch| Version::new([number(0), number(1), patch]))
        })
        .collect();
    versions.extend((0..=40).map(|minor| Version::new([3, minor, 0])));
    versions.sort();
    let asked = |version: &&Version| said.iter().all(|(_, bounds)| bounds.contains(version));
    let noted_too = |version: &&Version| locked.contains(version);
    // The first and the last of them count; what is left out between them does not.
    let ends = [
        (versions.iter().find(asked), versions.iter().find(noted_too)),
        (versions.iter().rev().find(asked), versions.iter().rev().find(noted_too)),
    ];
    let (one, other) = ends.into_iter().find(|(one, other)| one != other).filter(|_| !said.is_empty())?;
    let version = [one, other].into_iter().flatten().find(|version| asked(version) != noted_too(version))?;
    // The member that forbids the version, or any of them where it is the lock that does.
    let (told, _) = said.iter().find(|(_, bounds)| !bounds.contains(version)).or(said.first())?;
    Some(format!("{told}, but `{noted}` is locked"))
}

/// The names of what uv calls the workspace.
pub fn members(project: &Project) -> Vec<String> {
    let mut names: Vec<String> = project.members.iter().map(|member| member.declared.name.clone()).collect();
    names.sort();
    names
}
