//! `pyve python install`: a build of CPython in `~/.pyve/pythons`. To type it is to agree to the download.

use std::path::Path;

use anyhow::Result;
use clap::{ArgMatches, Command};
use pyve_formats::python_version::VersionRequest;
use pyve_plugin_api::Host;
use pyve_pythons::builds::{self, Installed, PythonBuild};
use pyve_pythons::{RequestedPython, managed};

use super::argument;
use super::selected::Selected;
use crate::commands::entry::{Entry, switch};
use crate::context::Session;
use crate::failure::{Failure, exit};
use crate::files::allowed_paths::AllowedPaths;
use crate::pythons;
use crate::steps::{Action, carry_out};

pub const ENTRY: Entry = Entry { name: "install", arguments, execute, failed: |code| code };

const AFTER_HELP: &str = "\
Builds are pinned with their SHA-256; `pyve python list --all` lists them. PYVE_PYTHON_MIRROR names a mirror or a directory \
of archives, PYVE_PYTHON_URL one archive. Nothing of asdf's or pyenv's is changed.

Examples:
  pyve python install           Install what the project asks for
  pyve python install 3.13      Install the newest 3.13
  pyve python install 3.12 3.13 --dry-run";

fn arguments() -> Command {
    Command::new("install")
        .about("Download Pythons into ~/.pyve/pythons")
        .after_help(AFTER_HELP)
        .arg(argument::versions("The versions, such as 3.13; without one, what the project asks for"))
        .arg(switch("dry-run", "Print what would be downloaded"))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let home = session.pyve_home()?;
    let layout = session.layout(session.caller.folder());
    let host = session.hosting(&layout);
    let said = argument::said(matches);
    let mut wanted: Vec<(PythonBuild, VersionRequest)> = Vec::new();
    for text in &said {
        let spec = argument::parsed(text)?;
        let build = PythonBuild::meant(&spec, &|_| true, &host).map_err(|why| no_build(text, &why))?;
        if !wanted.iter().any(|(known, _)| *known == build) {
            wanted.push((build, spec));
        }
    }
    if said.is_empty() {
        wanted.extend(of_project(session, &host)?);
    }
    for (build, spec) in wanted {
        let directory = build.directory(&home);
        if Installed::at(&directory).is_some() {
            session.console.done(&format!(
                "CPython {} is already installed (`{}`)",
                build.version,
                directory.display()
            ));
        } else if matches.get_flag("dry-run") {
            let steps = builds::recipe(&build, &home).steps;
            steps.iter().for_each(|step| session.console.result(&Action::from(step.clone()).show(&layout)));
        } else {
            bring(&build, &home, session)?;
        }
        tell_of_managers(&build, &spec, session, &host);
    }
    Ok(exit::DONE)
}

/// What the project asks for, unless a Python is there that it takes.
fn of_project(session: &Session, host: &dyn Host) -> Result<Option<(PythonBuild, VersionRequest)>, Failure> {
    let (choice, layout) = Selected::project(session);
    session.tell_project(layout.root());
    let selected = Selected::of(&choice, session);
    if let Some(python) = selected.python {
        let (version, path) = (&python.version, python.path.display());
        session.console.done(&format!("Python {version} is already installed (`{path}`)"));
        return Ok(None);
    }
    let Some(requested) = selected.requested else {
        let why = selected.missing.unwrap_or_default();
        return Err(Failure::new(format!("could not tell which Python the project asks for: {why}"))
            .remedy("name the version, such as `pyve python install 3.13`"));
    };
    let title = requested.title();
    of_request(&requested, host).map(Some).map_err(|why| no_build(title.trim_start_matches("Python "), &why))
}

/// The build that fits what a project asks for, and what that is; on error in half a sentence why there is none.
pub fn of_request(requested: &RequestedPython, host: &dyn Host) -> Result<(PythonBuild, VersionRequest), String> {
    let spec = requested.asks.first().map_or(VersionRequest::Any, |ask| ask.spec.clone());
    PythonBuild::meant(&spec, &|version| requested.allows(version), host).map(|build| (build, spec))
}

fn no_build(text: &str, why: &str) -> Failure {
    Failure::new(format!("could not install Python {text}: {why}")).command(["pyve", "python", "list", "--all"])
}

fn bring(build: &PythonBuild, home: &Path, session: &Session) -> Result<(), Failure> {
    pythons::sweep(home);
    let steps = builds::recipe(build, home).steps;
    let (ask, layout) = (session.ask(true), session.layout(session.caller.folder()));
    let executor = session.executor(&ask, &layout, Some(home), AllowedPaths::shared(home));
    executor.allowed.check(&steps)?;
    carry_out(&steps.into_iter().map(Action::from).collect::<Vec<_>>(), &executor)?;
    let (version, directory) = (build.version.to_string(), build.directory(home));
    if Installed::at(&directory).is_none() {
        let why = format!("`{}` already exists and holds no Python", directory.display());
        return Err(Failure::new(format!("could not install CPython {version}: {why}"))
            .remedy("remove it first")
            .command(["pyve", "python", "uninstall", &version]));
    }
    session.console.done(&format!("installed CPython {version} (`{}`)", directory.display()));
    Ok(())
}

/// What a version manager has comes first, and stays as it is.
fn tell_of_managers(build: &PythonBuild, spec: &VersionRequest, session: &Session, host: &dyn Host) {
    if let Some(other) = managed(spec, host).first() {
        let version = build.version.to_string();
        let ask = if other.name == version { String::new() } else { format!("; pin {version} to use this one") };
        let (manager, name) = (other.manager, &other.name);
        session.console.info(&format!("note: {manager} has {name}, which `pyve init` takes first{ask}"));
    }
}
