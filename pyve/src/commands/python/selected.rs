//! Which Python `pyve init` would take here, and why.

use anyhow::Result;
use pyve_plugin_api::Interpreter;
use pyve_pythons::{RequestedPython, home};

use crate::config::CommandLine;
use crate::context::{Asked, ProjectContext, Session, Wanted};
use crate::failure::Failure;
use crate::project::Layout;

/// The one that would be taken, or why none would.
pub struct Selected {
    pub python: Option<Interpreter>,
    pub reason: Option<String>,
    pub missing: Option<String>,
    /// What is asked for, where that was understood.
    pub requested: Option<RequestedPython>,
}

impl Selected {
    /// The project that the caller is in, and its directory; a project whose settings cannot be read has Pythons to list,
    /// too.
    pub fn project(session: &Session) -> (Result<ProjectContext, Failure>, Layout) {
        let choice = ProjectContext::here(session, Wanted::default());
        let layout = match &choice {
            Ok(choice) => choice.layout.clone(),
            Err(_) => session.layout(session.caller.folder()),
        };
        (choice, layout)
    }

    /// Asks the backend of the project.
    pub fn of(choice: &Result<ProjectContext, Failure>, session: &Session) -> Self {
        // No version manager is asked what it could install.
        let session = &Session { offline: true, ..session.clone() };
        match choice {
            Ok(choice) => asked(choice, session).unwrap_or_else(|failure| Self::none(failure.message)),
            Err(failure) => Self::none(failure.message.clone()),
        }
    }

    fn none(why: String) -> Self {
        Self { python: None, reason: None, missing: Some(why), requested: None }
    }

    /// One line for people.
    pub fn line(&self) -> String {
        match (&self.reason, &self.missing) {
            (Some(reason), _) => format!("* what `pyve init` takes: {reason}"),
            (None, Some(why)) => format!("`pyve init` takes none: {why}"),
            (None, None) => String::new(),
        }
    }
}

fn asked(choice: &ProjectContext, session: &Session) -> Result<Selected, Failure> {
    let asked = Asked { line: &CommandLine::default(), python: None, recorded: None, strict: false };
    let request = choice.request(session, asked)?;
    let host = session.hosting(&choice.layout);
    choice.backend.ensure_tool(&request, &host)?;
    let Some(search) = host.python_search() else {
        let id = &choice.description.id;
        return Ok(Selected::none(format!("backend `{id}` installs Python with the environment")));
    };
    let requested = RequestedPython::read(&request, home(&host).as_deref())?;
    let Some(python) = search.found.clone().into_option() else {
        let asked_by = match search.required_by.as_str() {
            "" => String::new(),
            origin => format!(" (`{origin}`)"),
        };
        return Ok(Selected { requested: Some(requested), ..Selected::none(format!("{}{asked_by}", search.missing)) });
    };
    let reason = Some(requested.reason(&python.version, &python.origin));
    Ok(Selected { python: Some(python), reason, missing: None, requested: Some(requested) })
}
