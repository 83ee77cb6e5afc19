//! Which version is pinned, who says so, and what it means on this machine.

use anyhow::Result;
use pyve_plugin_api::{PythonSearch, Request};
use pyve_pythons::{RequestedPython, home};
use serde::Serialize;

use crate::config::CommandLine;
use crate::context::{Asked, ProjectContext, Session, Wanted};
use crate::failure::{Failure, exit};
use crate::init::tool::{Agreeing, missing};

/// The format of the JSON.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Report {
    schema: u32,
    project: String,
    /// The versions that are asked for, best first.
    pinned: Vec<Said>,
    /// What `requires-python` allows; `null` where it is not set.
    requires_python: Option<Said>,
    /// The Python that is taken; `null` where none fits.
    python: Option<Python>,
    /// Why none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
}

/// A version, and who says it.
#[derive(Serialize)]
struct Said {
    version: String,
    origin: String,
}

#[derive(Serialize)]
struct Python {
    version: String,
    origin: String,
    path: String,
}

pub fn execute(json: bool, session: &Session) -> Result<u8> {
    let choice = ProjectContext::here(session, Wanted::default())?;
    let asked = Asked { line: &CommandLine::default(), python: None, recorded: None, strict: false };
    let request = choice.request(session, asked)?;
    let host = session.hosting(&choice.layout);
    let answer = choice.backend.ensure_tool(&request, &host)?;
    let Some(search) = host.python_search() else { return Err(of_backend(&choice, &request).into()) };
    let requested = RequestedPython::read(&request, home(&host).as_deref())?;
    let report = Report::new(&requested, search, choice.layout.root().display().to_string());
    let found = report.python.is_some();
    if json {
        session.console.result(&serde_json::to_string_pretty(&report)?);
        return Ok(if found { exit::DONE } else { exit::FAILED });
    }
    session.tell_project(choice.layout.root());
    session.console.result(&report.text());
    if found { Ok(exit::DONE) } else { Err(missing(&answer, &choice.description, &Agreeing::init()).into()) }
}

/// The backend looks for no Python on this machine.
fn of_backend(choice: &ProjectContext, request: &Request) -> Failure {
    let id = &choice.description.id;
    match request.python() {
        Some(python) => Failure::new(format!(
            "Python {} is set in `{}`, and backend `{id}` installs it with the environment",
            python.version, python.origin
        )),
        None => {
            Failure::new(format!("backend `{id}` installs Python with the environment, and reads no version files"))
        }
    }
    .remedy("show the Python of the environment")
    .command(["pyve", "run", "python", "--version"])
}

impl Report {
    fn new(requested: &RequestedPython, search: &PythonSearch, project: String) -> Self {
        let found = search.found.as_ref().into_option();
        let said = |version: &str, origin: &str| Said { version: version.to_owned(), origin: origin.to_owned() };
        Self {
            schema: SCHEMA,
            project,
            pinned: requested.asks.iter().map(|ask| said(&ask.text, &ask.origin)).collect(),
            requires_python: requested.constraint.as_ref().map(|it| said(&it.text, &it.origin)),
            python: found.map(|python| Python {
                version: python.version.to_string(),
                origin: python.origin.to_string(),
                path: python.path.display(),
            }),
            missing: found.is_none().then(|| search.missing.to_string()),
        }
    }

    fn text(&self) -> String {
        let told = |said: &Said| format!("{} (`{}`)", said.version, said.origin);
        let pinned: Vec<String> = self.pinned.iter().map(told).collect();
        let mut lines = vec![("Pinned", if pinned.is_empty() { "none".to_owned() } else { pinned.join(", ") })];
        lines.extend(self.requires_python.iter().map(|said| ("Requires", told(said))));
        let python = |it: &Python| format!("{} ({}, `{}`)", it.version, it.origin, it.path);
        lines.extend(self.python.iter().map(|it| ("Resolved", python(it))));
        lines.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")
    }
}
