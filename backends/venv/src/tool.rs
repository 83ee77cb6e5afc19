//! The answer to "where is your tool?": the Python that the host finds for the project.

use std::path::Path;
use std::str::FromStr;

use pep440_rs::VersionSpecifiers;
use pyve_formats::pyvenv_cfg::Cfg;
use pyve_plugin_api::{Extension, Host, Interpreter, PrefixState, PythonSpec, Request, Result, Tool, ToolAnswer};
use pyve_pythons::{RequestedPython, home};
use serde::{Deserialize, Serialize};

use crate::describe::ID;
use crate::environment::Environment;

/// Since then `python -m venv` puts pip in, and `-I` isolates.
const OLDEST: &str = ">=3.4";

/// What the record keeps of the interpreter, so that nobody has to ask it again.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    pub implementation: String,
    pub base_prefix: String,
    /// The folder of the standard library; empty where that is not told.
    pub library: String,
}

/// Finds the Python that the project asks for.
pub fn answer(request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
    if let Ok(oldest) = VersionSpecifiers::from_str(OLDEST) {
        RequestedPython::read(request, home(host).as_deref())?.at_least(&oldest, "create virtual environments")?;
    }
    let search = host.find_python(&PythonSpec::of(request).module("venv").module("ensurepip"))?;
    let found = search.found.clone().into_option().map(|python| tool(&python));
    Ok(ToolAnswer { found: found.into(), ..search.into() })
}

/// The Python of the environment at `prefix`, if it works and its Python is another one than `planned`.
pub fn of_environment(prefix: &Path, state: PrefixState, request: &Request, planned: &Tool) -> Option<Tool> {
    if ![PrefixState::USABLE, PrefixState::OUTDATED].contains(&state) {
        return None;
    }
    let environment = Environment { prefix: prefix.to_owned(), cfg: Cfg::read(prefix).ok()?? };
    let (base, version) = (environment.base()?, environment.version());
    // What starts a Python may be a script, and a release in place of an older one is the environment's as well.
    if version == planned.version.as_str() || same_file(&base, &planned.path.path()) {
        return None;
    }
    let recorded = request.recorded().filter(|recorded| recorded.prefix.path() == prefix);
    let recorded = recorded.filter(|recorded| same_file(&base, &recorded.tool.path.path()));
    Some(match recorded {
        Some(recorded) => recorded.tool.clone(),
        None => Tool::new(&base, &version, "environment"),
    })
}

fn same_file(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// Whether the Python is PyPy, as far as it was asked.
pub fn is_pypy(tool: &Tool) -> bool {
    tool.extension.get::<Facts>(ID).is_some_and(|facts| facts.implementation == "pypy")
}

fn tool(python: &Interpreter) -> Tool {
    let facts = Facts {
        implementation: python.implementation.to_string(),
        base_prefix: python.base_prefix.display(),
        library: python.library.display(),
    };
    Tool { extension: Extension::new().with(ID, &facts), ..python.tool() }
}
