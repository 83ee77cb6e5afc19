//! The answer to "where is your tool?": the Python found, or how to get one.

use std::path::Path;

use pyve_formats::python_version::{self, VersionRequest};
use pyve_plugin_api::{Host, Recipe, Request, Result, Tool, ToolAnswer};

use crate::interpreter::Interpreter;
use crate::requested::{RequestedPython, home};
use crate::search::{Choice, Search};
use crate::{install, pins};

/// Finds the Python that the project asks for.
pub fn answer(request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
    let requested = RequestedPython::read(request, home(host).as_deref())?;
    host.progress(&format!("Looking for {}", requested.title()));
    let mut search = Search::new(&requested, host);
    let mut answer = match search.run() {
        Some(choice) => found(&choice, &search, request)?,
        None => match &search.incomplete {
            Some(interpreter) => incomplete(interpreter, &search),
            None => missing(&search, request)?,
        },
    };
    answer.required_by = requested.origin().into();
    Ok(answer)
}

fn found(choice: &Choice, search: &Search, request: &Request) -> Result<ToolAnswer> {
    let interpreter = &choice.interpreter;
    let mut tool = Tool::new(&interpreter.path, &interpreter.version.to_string(), &choice.origin);
    // A script that starts a Python may do more than that: what it makes is not told by any file's state.
    let is_itself = interpreter.facts.executable == interpreter.path.as_path();
    let facts = serde_json::json!({
        "implementation": interpreter.facts.implementation,
        "base_prefix": interpreter.facts.base_prefix.to_string_lossy(),
        "library": is_itself.then_some(&interpreter.facts.library),
    });
    tool.extension = facts.to_string().into();
    let mut answer = ToolAnswer::found(tool);
    if search.requested.explicit {
        let pin = if search.requested.asks.iter().any(|ask| ask.text == "system") { "system" } else { &choice.pin };
        answer = pins::add(answer, pin, &choice.origin, search, request)?;
    }
    Ok(search.failures().fold(answer, |answer, line| answer.seen(&line)))
}

fn missing(search: &Search, request: &Request) -> Result<ToolAnswer> {
    let requested = search.requested;
    let inventory = search.inventory();
    // A folder that is named is there or not; whatever else is found says nothing of it.
    let folder = requested.asks.first().filter(|ask| matches!(ask.spec, VersionRequest::Folder(_)));
    let why = match (requested.asks.is_empty() && requested.constraint.is_none(), inventory.is_empty()) {
        (true, true) => "no Python was found in asdf, pyenv or on PATH".to_owned(),
        (true, false) => "none of the Pythons found here works".to_owned(),
        _ if folder.is_some() => format!("could not use {}", requested.title()),
        _ => format!("{} is not installed", requested.title()),
    };
    let mut answer = inventory.iter().fold(ToolAnswer::missing(&why), |answer, line| answer.seen(line));
    for offer in install::offers(search) {
        if let Some(line) = offer.unavailable {
            answer = answer.seen(&line);
        }
        let Some(recipe) = offer.recipe else { continue };
        if answer.recipes.is_empty() && requested.explicit {
            answer = pins::add(answer, &offer.version, offer.manager, search, request)?;
        }
        answer = answer.recipe(recipe);
    }
    let title = requested.title();
    Ok(answer.remedy(&if let Some(ask) = folder.filter(|_| !requested.explicit) {
        format!("edit {}, or name another one with --python-version", ask.origin)
    } else if requested.asks.is_empty() {
        format!("install {title}: https://www.python.org/downloads/")
    } else {
        format!("install {title}, or name one that is there with --python-version")
    }))
}

/// Whether the interpreter is one of the system's packages.
fn is_the_systems(executable: &Path) -> bool {
    ["/usr/bin", "/bin"].iter().any(|folder| executable.starts_with(folder))
}

/// Debian splits what makes environments off into packages of its own.
fn incomplete(interpreter: &Interpreter, search: &Search) -> ToolAnswer {
    let module = interpreter.lacks().unwrap_or("venv");
    let (major, minor) = python_version::minor_of(&interpreter.version);
    let why = format!(
        "Python {} at {} cannot make environments: its module {module} is missing",
        interpreter.version,
        interpreter.path.display()
    );
    let answer = search.inventory().iter().fold(ToolAnswer::missing(&why), |answer, line| answer.seen(line));
    if interpreter.facts.debian && is_the_systems(&interpreter.facts.executable) {
        let command = format!("sudo apt install python{major}.{minor}-venv");
        let label = format!("Install Debian's package python{major}.{minor}-venv");
        return answer.recipe(Recipe::manual("apt", &label, &command)).remedy(&command);
    }
    answer.remedy(&format!("install the venv and ensurepip modules of {}", interpreter.path.display()))
}
