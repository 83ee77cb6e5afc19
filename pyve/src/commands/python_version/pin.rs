//! Pinning a version, and installing it where that can be done.

use anyhow::Result;
use pyve_formats::python_version::VersionRequest;
use pyve_plugin_api::{Command, Step, Tool};
use pyve_pythons::{RequestedPython, home};

use crate::config::CommandLine;
use crate::context::{Asked, ProjectContext, Session, Wanted};
use crate::failure::{Failure, exit};
use crate::init::options::Bootstrap;
use crate::init::pins;
use crate::init::tool::{Agreeing, Terms, is_missing_python, obtain};
use crate::records::Lock;
use crate::steps::{Action, carry_out, recover};

/// What others that wait for it are told.
const COMMAND: &str = "pyve python-version";

/// `words` are those of the command that was typed.
pub fn execute(version: &str, words: &[&str], yes: bool, session: &Session) -> Result<u8> {
    let choice = ProjectContext::here(session, Wanted::default())?;
    session.tell_project(choice.layout.root());
    recover::recover(&choice.layout, COMMAND, &session.console)?;
    let asked = Asked { line: &CommandLine::default(), python: Some(version), recorded: None, strict: false };
    let request = choice.request(session, asked)?;
    let host = session.hosting(&choice.layout).for_environment();
    let answer = choice.backend.ensure_tool(&request, &host)?;
    let pins = answer.pins.to_vec();
    let ask = session.ask(yes);
    let install = Command::new("pyve").args(words).args(["--yes", version]);
    let agreeing = Agreeing { install, download: Command::new("pyve").args(["python", "install", version]) };
    let python = is_missing_python(&answer, host.python_search()).then(|| session.network());
    let (bootstrap, console) = (&Bootstrap::Ask, &session.console);
    let terms = Terms { bootstrap, ask: &ask, console, dry_run: false, agreeing, python };
    let obtained = obtain(answer, &choice.description, &terms)?;
    if pins.is_empty() {
        if host.python_search().is_some()
            && let Some(place) = said_already(version, &choice, session, &obtained.tool)?
        {
            session.console.done(&format!("`{place}` already asks for {} {version}", choice.description.tool));
            return Ok(exit::DONE);
        }
        return Err(unpinned(version, &choice, host.python_search().is_some()).into());
    }
    let home = session.caller.pyve_home();
    let allowed = session.allowed_paths(&choice.layout).backend(&choice.description.id);
    let executor = session.executor(&ask, &choice.layout, home.as_deref(), allowed);
    let steps: Vec<Step> = obtained.steps.into_iter().chain(pins.iter().cloned()).collect();
    executor.allowed.check(&steps)?;
    let initialised = choice.layout.folder().is_dir();
    let lock = initialised.then(|| Lock::wait(&choice.layout, COMMAND, console)).transpose()?;
    lock.as_ref().map_or(Ok(()), |lock| recover::restore(&choice.layout, lock, console))?;
    let record = choice.record()?.mine().map(|mut record| {
        pins::remember(&mut record, &pins, &choice.layout)?;
        Ok::<_, Failure>(record)
    });
    let record = record.transpose()?;
    carry_out(&steps.into_iter().map(Action::from).collect::<Vec<_>>(), &executor)?;
    record.map_or(Ok(()), |record| record.save(&choice.layout))?;
    for pin in &pins {
        console.done(&format!("{}: {}", choice.layout.show(&pin.path.path()), pin.text()));
    }
    if let Some(said) = choice.config.python().filter(|said| said.value != version) {
        let (origin, said) = (said.origin, said.value);
        console.warning(&format!(
            "`{origin}` says Python {said}, which `pyve init` takes; change it there to use {version}"
        ));
    }
    Ok(exit::DONE)
}

/// Nothing here would read the pin.
fn unpinned(version: &str, choice: &ProjectContext, is_searched: bool) -> Failure {
    let why = match VersionRequest::parse(version) {
        _ if !is_searched => format!("backend `{}` reads no version files", choice.description.id),
        Ok(request) if request.is_range() => "neither asdf nor pyenv reads ranges".to_owned(),
        _ => "no version manager here has it".to_owned(),
    };
    let remedy = format!("set `python.version: \"{version}\"` in `.pyve/config`");
    Failure::new(format!("could not pin Python {version}: {why}")).remedy(remedy)
}

/// Where the project asks for the very version of `tool` by itself. Its own description only limits the version, and so
/// does a range.
fn said_already(version: &str, choice: &ProjectContext, session: &Session, tool: &Tool) -> Result<Option<String>> {
    let asked = Asked { line: &CommandLine::default(), python: None, recorded: None, strict: false };
    let (request, host) = (choice.request(session, asked)?, session.hosting(&choice.layout));
    let said = RequestedPython::read(&request, home(&host).as_deref())?.asks.into_iter().next();
    let Some(said) = said else { return Ok(None) };
    let wanted = VersionRequest::parse(version).ok();
    if wanted.as_ref() == Some(&said.spec) {
        return Ok(Some(said.origin));
    }
    let answer = choice.backend.ensure_tool(&request, &host)?;
    let same = answer.found.as_ref().into_option().is_some_and(|found| found.version == tool.version);
    Ok(Some(said.origin).filter(|_| same && !wanted.is_some_and(|wanted| wanted.is_range())))
}
