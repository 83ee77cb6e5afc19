//! The files that requirements are written into: a new `pyproject.toml`, or a file of requirements where a project of uv's
//! cannot say them. What is there already is not written again, and never written over.

use std::collections::BTreeSet;

use pyve_formats::pyproject;
use pyve_formats::python_name::{is_valid, normalized};
use pyve_formats::sorted;
use pyve_plugin_api::{
    Adopted, AdoptedLine, Adoption, Host, LockRequest, Request, Requirement, Requirements, Result, Tool,
};

use super::accepted::{for_uv, is_nothing, is_whole_in_file, needs_file, text_in};
use super::arriving::{Taken, Translated, text_of};
use super::lacking;
use super::place::{Place, file_for};
use super::settings::{self, Setting};
use super::sheet::{Sheet, noted};
use crate::project::{LOCK, Project};
use crate::{lock, tool};

/// The file that pins a Python for pyve, uv and pyenv alike.
const PIN: &str = ".python-version";

/// Where requirements are written.
pub struct Target {
    /// What the files say already: lines, and where they stand.
    known: BTreeSet<String>,
    /// The settings that they say.
    settings: Vec<Setting>,
    /// The Pythons that they say fit.
    python: String,
    kind: Kind,
    /// What would have to be written into a file that is there.
    lacking: Vec<String>,
    /// The locked versions of what a file says without one.
    versions: Vec<(String, String)>,
    /// The uv that can lock them.
    uv: Option<Tool>,
    pin: Option<String>,
}

enum Kind {
    /// A project of uv's that is there.
    Project(Box<Project>),
    /// A new one.
    New(Sheet),
    /// A file of requirements, and its lines; options first. A requirement has its line and what is written of it.
    File { name: String, options: Vec<String>, lines: Vec<(String, String)> },
}

impl Target {
    /// That of a project whose files say `own`, for all of these.
    pub fn of(
        request: &Request,
        own: &Requirements,
        all: &[Translated],
        from: &Requirements,
        host: &dyn Host,
    ) -> Result<Self> {
        let lines = own.requirements.iter().flat_map(|one| [one.pip_line(), place_of(one)]);
        let known = sorted::set(lines.chain(own.others.iter().map(ToString::to_string)));
        let is_said = |one: &Requirement| one.name == "python" || is_nothing(one) || is_known(&known, one);
        let all_known = all.iter().flatten().all(|(one, _)| is_said(one))
            && from.others.iter().all(|line| known.contains(line.as_str()));
        let kind = match Place::of(request)? {
            Place::Project(project) => Kind::Project(project),
            Place::File(name) => {
                let there = |file: &str| request.in_project(file).symlink_metadata().is_ok();
                let needs_file = all.iter().flatten().any(|(one, _)| needs_file(one));
                let is_ours = !there(pyproject::NAME) && !there("setup.py") && !request.is_named();
                let suffices = all_known && there(&name) && is_whole_in_file(all, from);
                match is_ours && !needs_file && !suffices {
                    true => Kind::New(Sheet::new(&project_name(request, all))),
                    // A file that other environments share is not what one with a name gets more into.
                    false if all_known => Kind::File { name, options: Vec::new(), lines: Vec::new() },
                    false => Kind::File { name: file_for(request), options: Vec::new(), lines: Vec::new() },
                }
            }
        };
        let python = own.python.to_string();
        let settings = own.others.iter().filter_map(|line| settings::of_line(text_in(line))).collect();
        // Only versions of a lock have to be locked before the environment is created.
        let uv = if from.lock.is_empty() { None } else { tool::find(request, host)?.found.into_option() };
        // What is written new says all of it; else what is there need not be said again.
        let known = if let Kind::New(_) = kind { BTreeSet::new() } else { known };
        Ok(Self { known, settings, python, kind, lacking: Vec::new(), versions: Vec::new(), uv, pin: None })
    }

    /// Writes a requirement down.
    pub fn take(&mut self, one: &Requirement) -> Taken {
        if is_nothing(one) {
            return Ok((String::new(), Vec::new()));
        }
        let line = one.pip_line();
        let is_file = matches!(self.kind, Kind::File { .. });
        if is_known(&self.known, one) {
            if is_file && !for_uv(one)?.1.is_empty() {
                return Err("`uv pip` refuses `-e` before a repository".to_owned());
            }
            let differs = !self.known.contains(&line);
            let why = differs.then(|| "`[tool.uv.sources]` says where it comes from".to_owned());
            return Ok((line, why.into_iter().collect()));
        }
        if one.source == "." && !is_file {
            let why = "uv installs the project itself only if it has a `[build-system]`, or `tool.uv.package` is true";
            return Ok((String::new(), vec![why.to_owned()]));
        }
        if let Some(taken) = self.take_locked(one) {
            return Ok(taken);
        }
        let (one, mut changed) = for_uv(one)?;
        match &mut self.kind {
            Kind::New(sheet) => {
                if !one.hashes.is_empty() {
                    changed.push("hashes are kept by `uv.lock`".to_owned());
                }
                Ok((sheet.require(&one)?, changed))
            }
            Kind::File { lines, .. } => {
                let line = one.pip_line();
                if !lines.iter().any(|(known, _)| *known == line) {
                    lines.push((line.clone(), noted(&one, "", &line)));
                }
                Ok((line, changed))
            }
            Kind::Project(_) => {
                self.lacking.push(one.pip_line());
                Ok((one.pip_line(), changed))
            }
        }
    }

    /// Writes the locked version down of what stands in the project itself, which says what versions fit; `None` of anything else.
    fn take_locked(&mut self, one: &Requirement) -> Option<(String, Vec<String>)> {
        let Kind::Project(project) = &self.kind else { return None };
        let is_known = !one.locked.is_empty() && self.known.contains(&place_of(one));
        let version = one.constraint.strip_prefix("==").filter(|_| is_known)?;
        let why = match (&self.uv, project.base.join(LOCK).symlink_metadata().is_ok()) {
            (_, true) => format!("`{LOCK}` is there already, and keeps the version that it has"),
            (None, _) => "uv is not installed yet: it locks the newest version that fits".to_owned(),
            (Some(_), false) => {
                self.versions.push((one.name.to_string(), version.to_owned()));
                return Some((format!("{} in {LOCK}", one.pip_line()), Vec::new()));
            }
        };
        Some((one.name.to_string(), vec![why]))
    }

    /// What becomes of a line that asks for no package.
    pub fn other(&mut self, line: &str) -> AdoptedLine {
        let text = text_in(line);
        let is_known = self.known.contains(line);
        let setting = settings::of_line(text);
        match &mut self.kind {
            Kind::File { .. } if is_known && text.ends_with(settings::CONSTRAINT) => AdoptedLine::carried(line, text),
            Kind::File { options, .. } if text.starts_with('-') && settings::is_heeded(text) => {
                options.extend(Some(text.to_owned()).filter(|_| !is_known));
                AdoptedLine::carried(line, text)
            }
            Kind::File { .. } if setting == Some(Setting::Hashes) => {
                AdoptedLine::changed(line, "", "uv compares the hashes wherever some are said")
            }
            Kind::File { .. } => AdoptedLine::impossible(line, "`uv pip` does not heed it in a file of requirements"),
            Kind::Project(_) if is_known || setting.as_ref().is_some_and(|it| self.settings.contains(it)) => {
                AdoptedLine::carried(line, text)
            }
            Kind::Project(_) => AdoptedLine::impossible(line, "`[tool.uv]` of pyproject.toml does not say it"),
            Kind::New(sheet) => match setting {
                None => AdoptedLine::impossible(line, "uv has no setting like it"),
                Some(Setting::Hashes) => AdoptedLine::changed(line, "", "`uv.lock` has the hash of every file"),
                Some(setting) => {
                    let (written, is_index) = (setting.to_string(), matches!(setting, Setting::Index { .. }));
                    sheet.set(setting);
                    match is_index {
                        true => {
                            AdoptedLine::changed(line, &written, "uv takes a package from the first index that has it")
                        }
                        false => AdoptedLine::carried(line, &written),
                    }
                }
            },
        }
    }

    /// A new project says which Pythons fit; else one version, or one minor version, is pinned beside what is there.
    pub fn python(&mut self, from: &Requirement, to: &Requirement, request: &Request) -> Result<Adopted> {
        let constraint = to.constraint.as_str();
        if constraint.is_empty() {
            return Ok(Adopted::carried(from.clone(), ""));
        }
        if let Kind::New(sheet) = &mut self.kind {
            sheet.python = constraint.to_owned();
            return Ok(Adopted::carried(from.clone(), &format!("requires-python {constraint}")));
        }
        if self.python == constraint {
            return Ok(Adopted::carried(from.clone(), &format!("requires-python {constraint}")));
        }
        let exact = constraint.strip_prefix("==").map(|version| version.strip_suffix(".*").unwrap_or(version));
        let Some(version) = exact.filter(|version| !version.contains(',')) else {
            let reason = "the Python that is found is recorded, and not asked for again";
            return Ok(Adopted::changed(from.clone(), "", reason));
        };
        match text_of(request, PIN)?.as_deref().map(str::trim) {
            Some(said) if said != version => {
                let reason = format!("`{PIN}` asks for Python {said}; remove it, or change it to {version}");
                return Ok(Adopted::impossible(from.clone(), &reason));
            }
            Some(_) => {}
            None => self.pin = Some(format!("{version}\n")),
        }
        Ok(Adopted::carried(from.clone(), &format!("{version} in {PIN}")))
    }

    /// The files that are to be written; an error where one that is there does not say all.
    pub fn write(self, adoption: Adoption, request: &Request, host: &dyn Host) -> Result<Adoption> {
        let adoption = match self.pin {
            Some(pin) => adoption.write_file(&format!("Pin the Python in {PIN}"), PIN, pin),
            None => adoption,
        };
        match self.kind {
            Kind::New(sheet) => {
                let file = pyproject::NAME;
                Ok(with_lock(adoption.write_file(&format!("Write {file}"), file, sheet.text()), request))
            }
            Kind::Project(project) if self.lacking.is_empty() => match self.uv.filter(|_| !self.versions.is_empty()) {
                None => Ok(with_lock(adoption, request)),
                Some(uv) => {
                    let versions = lock::preferred(&self.versions);
                    let mut adoption = adoption.write_file(&format!("Write the versions to {LOCK}"), LOCK, versions);
                    adoption.steps.push(lock::step(request, &LockRequest::default(), &project, &uv, host)?);
                    Ok(adoption)
                }
            },
            Kind::Project(project) => Err(lacking::project(&project, &self.lacking)),
            Kind::File { options, lines, .. } if options.is_empty() && lines.is_empty() => Ok(adoption),
            Kind::File { name, options, lines } => {
                let (lines, written): (Vec<String>, Vec<String>) = lines.into_iter().unzip();
                if request.in_project(&name).symlink_metadata().is_ok() {
                    let all = [options, lines].concat();
                    let hint = format!("add these lines to {name}, or rename it, then run the same command again");
                    return Err(lacking::file(&name, &all).hint(hint));
                }
                let options = options.iter().map(|option| format!("{option}\n"));
                Ok(adoption.write_file(&format!("Write {name}"), name, options.chain(written).collect::<String>()))
            }
        }
    }
}

/// The line of a file that a requirement stands in, which is its own whatever it says there.
fn place_of(one: &Requirement) -> String {
    format!("{} {}", one.origin, one.name)
}

/// Whether a file says it: of a locked version its line does not.
fn is_known(known: &BTreeSet<String>, one: &Requirement) -> bool {
    known.contains(&one.pip_line()) || one.locked.is_empty() && known.contains(&place_of(one))
}

/// `uv sync` writes the lock where there is none: then it goes with the environment.
fn with_lock(mut adoption: Adoption, request: &Request) -> Adoption {
    let is_there = request.in_project(LOCK).symlink_metadata().is_ok();
    adoption.files.extend(Some(LOCK.into()).filter(|_| !is_there));
    adoption
}

/// The name of the project in a directory: as that is called, but not as a package that it asks for, which to uv would be the
/// project itself.
fn project_name(request: &Request, all: &[Translated]) -> String {
    let name = request.project().file_name().map(|name| normalized(&name.to_string_lossy()));
    let name = name.filter(|name| is_valid(name)).unwrap_or_else(|| "project".to_owned());
    let is_taken = all.iter().flatten().any(|(one, _)| one.name == name.as_str());
    if is_taken { format!("{name}-project") } else { name }
}
