//! What the project asks for: the files that are read by the choice that was made, and what they say.
//!
//! `init` installs it, `doctor` compares what is installed with it.

pub mod choice;
mod left;

use std::path::{Path, PathBuf};

use choice::{EXTRAS, GROUPS, REQUIREMENTS, chosen, listed};
use pyve_formats::dependencies::{Declared, Dependency, Fault, PIPFILE};
use pyve_formats::nearest::nearest;
use pyve_formats::pyproject::{self, Pyproject};
use pyve_formats::requirement::Requirement;
use pyve_formats::requirements::{self, Entry, Requirements};
use pyve_plugin_api::{Error, Host, Request, Result};

/// The file of requirements that is read where none is named.
const USUAL: &str = "requirements.txt";

/// The files of requirements that an environment with a name reads instead, the first that is there; `{env}` is the name.
pub const FILES_OF_NAME: [&str; 2] = ["requirements-{env}.txt", "requirements/{env}.txt"];

/// The group that it reads besides.
pub const TABLE_OF_NAME: &str = "dependency-groups.{env}";

/// What is asked for.
pub struct Wanted {
    /// The files of requirements.
    pub files: Vec<RequirementsFile>,
    /// The file that declares dependencies in tables, if there is one.
    pub declaring: Option<&'static str>,
    /// The file from which pip builds the project; many a project is no package.
    pub package: Option<&'static str>,
    /// Extras of the project that are asked for.
    pub extras: Vec<String>,
    /// Groups that are asked for.
    pub groups: Vec<String>,
    /// Whether only who builds the project knows what it depends on.
    pub dynamic: bool,
    /// The project's own name, as indexes compare it; empty where no file says it.
    pub name: String,
    /// What the tables say of what is asked for, that pip finds out by building the project.
    built: Lines,
    /// What they say that pip has to be told.
    told: Lines,
    /// What is remembered and no longer there, each as a sentence.
    pub gone: Vec<String>,
    /// What is not read, each with how it would be.
    pub left: Vec<String>,
}

type Lines = Vec<std::result::Result<Dependency, Fault>>;

/// A file of requirements with all that it includes.
pub struct RequirementsFile {
    /// As the user would write it.
    pub name: String,
    pub path: PathBuf,
    pub content: Requirements,
}

impl RequirementsFile {
    /// Whether pip would want a hash of everything beside it.
    pub fn has_hashes(&self) -> bool {
        self.content.entries.iter().any(|entry| !entry.hashes.is_empty())
    }
}

impl Wanted {
    /// Reads what the project asks for.
    pub fn read(request: &Request, host: &dyn Host) -> Result<Self> {
        let project = request.project();
        let files = files(request, host)?;
        let pyproject = Pyproject::read(&project).map_err(|error| Error::new(error.to_string()).hint(error.hint()))?;
        let package = buildable(&project, pyproject.as_ref());
        let (declaring, declared) = declared(&project, pyproject.as_ref(), files.is_empty() && package.is_none())?;
        let file = declaring.unwrap_or(pyproject::NAME);
        // A `setup.py` and many another builder names extras in its own way.
        let named = pyproject.as_ref().is_some_and(|it| it.line("project").is_some() || declared.tool.is_some());
        let open = package.is_some() && (declared.dynamic_extras || !named);
        let dynamic = package.is_some() && (declared.dynamic_dependencies || !named);
        let extras = chosen(request, EXTRAS, file, declared.extras.keys(), open)?;
        let groups = chosen(request, GROUPS, file, declared.groups.keys(), false)?;
        let left = left::over(&left::Read {
            project: &project,
            files: &files,
            declaring,
            declared: &declared,
            extras: &extras.names,
            groups: &groups.names,
            pyproject: pyproject.as_ref(),
        });
        let of_extras = extras.names.iter().filter_map(|name| declared.extras.get(name));
        let always = std::iter::once(&declared.dependencies).chain(of_extras).flat_map(|list| declared.expanded(list));
        let of_groups = groups.names.iter().filter_map(|name| declared.groups.get(name));
        let of_groups = of_groups.flat_map(|list| declared.expanded(list)).cloned().collect();
        let always: Lines = always.cloned().collect();
        let (built, told) = match package {
            Some(_) => (always, of_groups),
            None => (Lines::new(), always.into_iter().chain(of_groups).collect()),
        };
        let gone = extras.gone.into_iter().chain(groups.gone).collect();
        let name = declared.name.clone();
        let (extras, groups) = (extras.names, groups.names);
        Ok(Self { files, declaring, package, extras, groups, dynamic, name, built, told, gone, left })
    }

    /// What pip has to be told besides the files and the project; a fault where it cannot be.
    pub fn told(&self) -> std::result::Result<Vec<&Dependency>, &Fault> {
        each_once(&self.told)
    }

    /// All that the tables say, each once; a fault where a part of it cannot be understood.
    pub fn all_declared(&self) -> std::result::Result<Vec<&Dependency>, &Fault> {
        each_once(self.built.iter().chain(&self.told))
    }

    /// What pip is asked for, by name.
    pub fn names(&self) -> Vec<String> {
        let of_files = self.files.iter().flat_map(|file| &file.content.entries).filter_map(Entry::requirement);
        let of_tables = self.declared().filter_map(|line| Requirement::of_line(&line.text));
        of_files.chain(of_tables).map(|requirement| requirement.name).collect()
    }

    /// Line for line what the tables say, whether pip is told or finds it out.
    pub fn lines(&self) -> impl Iterator<Item = &std::result::Result<Dependency, Fault>> {
        self.built.iter().chain(&self.told)
    }

    /// All that the tables say, as far as it can be read.
    pub fn declared(&self) -> impl Iterator<Item = &Dependency> {
        self.built.iter().chain(&self.told).flatten()
    }

    /// `with extra docs and groups dev, test`, or nothing.
    pub fn with(&self) -> String {
        let named = |kind: &str, names: &[String]| match names {
            [] => None,
            [one] => Some(format!("{kind} {one}")),
            all => Some(format!("{kind}s {}", listed(all))),
        };
        let parts = [named("extra", &self.extras), named("group", &self.groups)];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { String::new() } else { format!(" with {}", parts.join(" and ")) }
    }
}

fn each_once<'a>(
    lines: impl IntoIterator<Item = &'a std::result::Result<Dependency, Fault>>,
) -> std::result::Result<Vec<&'a Dependency>, &'a Fault> {
    let mut all: Vec<&Dependency> = Vec::new();
    for line in lines {
        let line = line.as_ref()?;
        if !all.iter().any(|known| (&known.text, known.editable) == (&line.text, line.editable)) {
            all.push(line);
        }
    }
    Ok(all)
}

/// The files of requirements: those that are named, else the one that bears the environment's name, else the usual one if
/// it is there.
fn files(request: &Request, host: &dyn Host) -> Result<Vec<RequirementsFile>> {
    let project = request.project();
    let named = request.setting(REQUIREMENTS);
    let names: Vec<String> = match named {
        Some(said) => said.values.iter().map(ToString::to_string).collect(),
        None => vec![of_name(request).unwrap_or_else(|| USUAL.to_owned())],
    };
    let variable = |name: &str| host.variable(name)?.into_string().ok();
    let mut files: Vec<RequirementsFile> = Vec::new();
    for name in names {
        let path = project.join(&name);
        if files.iter().any(|known| known.path == path) {
            continue;
        }
        match requirements::read(&path, &variable).map_err(crate::unreadable)? {
            Some(content) => files.push(RequirementsFile { name, path, content }),
            None if named.is_some_and(|said| !said.remembered) => return Err(missing(&name, &project)),
            None => {}
        }
    }
    Ok(files)
}

/// The file of requirements that bears the name of the environment.
fn of_name(request: &Request) -> Option<String> {
    let name = request.is_named().then_some(request.environment.as_str())?;
    let files = FILES_OF_NAME.iter().map(|file| file.replace("{env}", name));
    files.into_iter().find(|file| request.in_project(file).exists())
}

fn missing(name: &str, project: &Path) -> Error {
    let others = left::requirements(project);
    let near = nearest(name, &others).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    let error = Error::new(format!("`{}` does not exist{near}", project.join(name).display())).usage();
    match others.is_empty() {
        true => error.hint("name a file of requirements, relative to the project"),
        false => error.hint(format!("use one of {}", listed(&others))),
    }
}

/// What the tables of a file say: those of `pyproject.toml`, and where nothing else names dependencies of a `Pipfile`.
fn declared(project: &Path, pyproject: Option<&Pyproject>, alone: bool) -> Result<(Option<&'static str>, Declared)> {
    let unreadable = |error: pyproject::PyprojectError| Error::new(error.to_string()).hint(error.hint());
    let declared = pyproject.map(Declared::of_pyproject).transpose().map_err(unreadable)?;
    let says = |it: &Declared| !it.dependencies.is_empty() || !it.extras.is_empty() || !it.groups.is_empty();
    if alone
        && !declared.as_ref().is_some_and(says)
        && let Some(pipfile) = Declared::of_pipfile(project).map_err(unreadable)?
    {
        return Ok((Some(PIPFILE), pipfile));
    }
    Ok((declared.is_some().then_some(pyproject::NAME), declared.unwrap_or_default()))
}

/// The file from which pip can build the project.
fn buildable(project: &Path, pyproject: Option<&Pyproject>) -> Option<&'static str> {
    match pyproject {
        Some(file) if file.is_buildable() => Some(pyproject::NAME),
        // What says of itself that it is no package is none for the sake of an old script.
        Some(file) if file.says_no_package() => None,
        _ => project.join("setup.py").is_file().then_some("setup.py"),
    }
}
