//! The answer to "what do the project's files ask for?": files of requirements, tables of `pyproject.toml`, the project itself.

use std::path::Path;

use pyve_formats::comments::Comments;
use pyve_formats::pyproject::{self, Pyproject};
use pyve_formats::read::{self, Limit};
use pyve_formats::requirements::{Entry, FaultKind, Origin};
use pyve_pip::requirement;
use pyve_plugin_api::{Ecosystem, Error, Host, Request, Requirement, Requirements, Result};

use super::from_lock;
use crate::wanted::{RequirementsFile, Wanted};

/// All that is asked for by the choice that was made, in the order of the files.
pub fn requirements(request: &Request, host: &dyn Host) -> Result<Requirements> {
    let project = request.project();
    let wanted = Wanted::read(request, host)?;
    let mut found = Requirements::new();
    wanted.files.iter().try_for_each(|file| of_file(file, &project, &mut found))?;
    of_tables(&wanted, &project, &mut found)?;
    if let Some(package) = wanted.package {
        let itself = Requirement::new(Ecosystem::PYPI, "").source(".").origin(package);
        found.requirements.push(Requirement { editable: true, ..itself });
    }
    of_python(&project, &mut found)?;
    match request.from_lock {
        true => from_lock::pinned(request, found),
        false => Ok(found),
    }
}

fn of_file(file: &RequirementsFile, project: &Path, found: &mut Requirements) -> Result<()> {
    if let Some(fault) = file.content.faults.first() {
        let why = match &fault.kind {
            FaultKind::Options(why) => why.clone(),
            FaultKind::Missing(file) => format!("`{}` does not exist", file.display()),
        };
        let at = shown(&fault.origin, project);
        return Err(Error::new(format!("{at}: {why}")).hint(format!("correct {at}")));
    }
    // In the order of the lines, whatever they are.
    let entries = file.content.entries.iter().map(|entry| (&entry.origin, Some(entry), entry.written.as_str()));
    let others = file.content.others.iter().map(|other| (&other.origin, None, other.written.as_str()));
    for (origin, entry, written) in entries.chain(others) {
        let at = shown(origin, project);
        match entry {
            Some(entry) if !entry.constraint => found.requirements.push(requirement::of_entry(entry, &at)),
            Some(_) => found.others.push(format!("{at}: {written} (a constraint)").into()),
            None => found.others.push(format!("{at}: {written}").into()),
        }
    }
    Ok(())
}

fn of_tables(wanted: &Wanted, project: &Path, found: &mut Requirements) -> Result<()> {
    let mut file = (Path::new(""), String::new());
    for line in wanted.lines() {
        match line {
            Ok(dependency) => {
                let Origin { file: path, line } = &dependency.origin;
                if path != file.0 {
                    let text = read::text(path, Limit::PROJECT).map_err(crate::unreadable)?;
                    file = (path, text.unwrap_or_default());
                }
                // Of a line that says more than one nobody knows which is meant.
                let is_alone = wanted.declared().all(|it| it.origin != dependency.origin || it.text == dependency.text);
                let lines: Vec<&str> = file.1.lines().filter(|_| is_alone).collect();
                let entry = Entry {
                    written: dependency.text.clone(),
                    text: dependency.text.clone(),
                    editable: dependency.editable,
                    constraint: false,
                    hashes: Vec::new(),
                    origin: dependency.origin.clone(),
                    comments: Comments::of(&lines, *line),
                };
                found.requirements.push(requirement::of_entry(&entry, &shown(&dependency.origin, project)));
            }
            Err(fault) => found.others.push(format!("{}: {}", shown(&fault.origin, project), fault.why).into()),
        }
    }
    Ok(())
}

/// What the project says of the Pythons that it works with.
fn of_python(project: &Path, found: &mut Requirements) -> Result<()> {
    let unreadable = |error: pyproject::PyprojectError| Error::new(error.to_string()).hint(error.hint());
    let Some(file) = Pyproject::read(project).map_err(unreadable)? else { return Ok(()) };
    let Some(written) = file.requires_python().map_err(unreadable)? else { return Ok(()) };
    let python: String = written.text.split_whitespace().collect();
    let origin = format!("{}:{}", pyproject::NAME, written.line);
    found.requirements.push(Requirement::new(Ecosystem::PYPI, "python").constraint(&python).origin(&origin));
    found.python = python.as_str().into();
    Ok(())
}

fn shown(origin: &Origin, project: &Path) -> String {
    let file = origin.file.strip_prefix(project).unwrap_or(&origin.file);
    format!("{}:{}", file.display(), origin.line)
}
