//! From a path that promises a Python to the real interpreter behind it.

use std::path::{Path, PathBuf};

use pyve_formats::python_version::{self, Build};
use pyve_plugin_api::Host;

use crate::probe::{Facts, probe};
use crate::{layout, shim};

/// An interpreter that was run and answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpreter {
    pub path: PathBuf,
    pub build: Build,
    pub facts: Facts,
}

impl Interpreter {
    /// The first of the modules asked for that it has not.
    pub fn lacks(&self) -> Option<&str> {
        self.facts.missing.first().map(String::as_str)
    }
}

/// Runs what is at `path`; a shim and a virtual environment's Python lead on to the real one.
///
/// `named_by` is the file of the project that names the path.
pub fn inspect(
    path: &Path,
    modules: &[String],
    named_by: Option<&str>,
    host: &dyn Host,
) -> Result<Interpreter, String> {
    let answer = |path| answer(path, modules, named_by, host);
    let first = answer(path.to_owned())?;
    let Some(real) = behind(&first)? else { return Ok(first) };
    answer(real)
}

fn answer(path: PathBuf, modules: &[String], named_by: Option<&str>, host: &dyn Host) -> Result<Interpreter, String> {
    let facts = probe(&path, modules, named_by, host)?;
    let version = python_version::parse_installed(&facts.version)
        .ok_or_else(|| format!("it says its version is `{}`", facts.version))?;
    let build = Build { version, free_threaded: facts.free_threaded };
    Ok(Interpreter { path, build, facts })
}

/// The real interpreter, if the one that answered only stands for it.
fn behind(found: &Interpreter) -> Result<Option<PathBuf>, String> {
    let mut real = found.path.clone();
    let reported = &found.facts.executable;
    if shim::is_shim(&real) {
        if !reported.is_absolute() || shim::is_shim(reported) {
            return Err("it is a shim, and does not tell which Python is behind it".to_owned());
        }
        real.clone_from(reported);
    }
    if layout::environment_of(&real).is_some() {
        real = layout::versioned_interpreter(&found.facts.base_prefix, &found.build);
        if !real.is_file() || layout::environment_of(&real).is_some() {
            return Err("it belongs to a virtual environment whose own Python is gone".to_owned());
        }
    }
    Ok((real != found.path).then_some(real))
}
