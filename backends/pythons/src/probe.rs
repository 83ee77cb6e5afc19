//! Asking an interpreter about itself, by running it with a time limit.

use std::path::{Path, PathBuf};
use std::time::Duration;

use pyve_plugin_api::{Command, ErrorKind, Host};
use serde::Deserialize;

use crate::{first_line, layout, on_path};

/// What an interpreter says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Facts {
    pub version: String,
    /// Its own path; for a shim the interpreter behind it.
    pub executable: PathBuf,
    /// The installation it belongs to, also where it is a virtual environment's.
    pub base_prefix: PathBuf,
    /// The folder of the standard library.
    #[serde(default)]
    pub library: String,
    /// `cpython`, `pypy`.
    pub implementation: String,
    /// Whether it is the build without the global interpreter lock.
    #[serde(default)]
    pub free_threaded: bool,
    /// The modules among those asked for that it has not.
    pub missing: Vec<String>,
    /// Whether Debian packages it, in parts.
    pub debian: bool,
}

// Importing json takes longer than all the rest, and every value here is a text or a bool. The arguments are modules.
// Free-threaded builds say so in `sys.version` (see "Python support for free threading") and by the ABI flag `t`;
// `sysconfig` knows it as well, and takes as long to load as all the rest.
const SCRIPT: &str = r#"
import sys, os
from importlib.util import find_spec
def text(value):
    units = value.encode("utf-16-be", "replace")
    return '"' + "".join("\\u%02x%02x" % pair for pair in zip(units[::2], units[1::2])) + '"'
v = sys.version_info
stage = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(v[3])
free_threaded = "t" in getattr(sys, "abiflags", "") or "free-threading build" in sys.version
print('{"version":%s,"free_threaded":%s,"executable":%s,"base_prefix":%s,"library":%s,"implementation":%s,"missing":[%s],"debian":%s}' % (
    text("%d.%d.%d" % v[:3] + (stage + str(v[4]) if stage else "")), "true" if free_threaded else "false",
    text(sys.executable or ""), text(sys.base_prefix), text(os.path.dirname(os.__file__)), text(sys.implementation.name),
    ",".join(text(name) for name in sys.argv[1:] if not find_spec(name)), "true" if os.path.exists("/etc/debian_version") else "false"))
"#;

const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Runs the interpreter at `path`, isolated from the caller's variables, working folder and site packages.
///
/// It is asked which of the `modules` it has. `named_by` is the file of the project that names it, if it was not found
/// otherwise. The error says in half a sentence what it did instead of answering.
pub fn probe(path: &Path, modules: &[String], named_by: Option<&str>, host: &dyn Host) -> Result<Facts, String> {
    let command = Command::new(path).args(["-I", "-S", "-c", SCRIPT]).args(modules);
    let command = command.timeout(TIME_LIMIT).env_remove("PYTHONHOME");
    let command = inputs(path).into_iter().fold(command, Command::depends_on);
    let command = named_by.into_iter().fold(command, Command::named_by);
    let output = host.capture(&command).map_err(|error| match error.is(ErrorKind::REFUSED) {
        true => error.message.to_string(),
        // The error of a failed start would repeat the whole script.
        false => "it does not start, or does not answer in time".to_owned(),
    })?;
    if !output.success() {
        let words = first_line(&output.error_text());
        return Err(format!("it ends with code {}{}{words}", output.code, if words.is_empty() { "" } else { ": " }));
    }
    let text = output.text();
    let answer = text.lines().last().unwrap_or_default();
    serde_json::from_str(answer).map_err(|_| "it does not answer as a Python 3 does".to_owned())
}

/// What an answer of the interpreter at `path` about itself depends on; empty where that cannot be told.
fn inputs(path: &Path) -> Vec<PathBuf> {
    let real = std::fs::canonicalize(path).unwrap_or_default();
    let series = on_path::series_in_name(&real);
    let is_installed = layout::environment_of(path).is_none() && layout::environment_of(&real).is_none();
    let library = series.zip(real.parent().and_then(Path::parent)).and_then(|(series, prefix)| {
        let mut libraries = [series, series.without_lock()]
            .into_iter()
            .map(|series| prefix.join("lib").join(format!("python{series}")));
        libraries.find(|library| library.join("os.py").is_file())
    });
    let Some(library) = library.filter(|_| is_installed) else { return Vec::new() };
    let modules = ["os.py", "venv/__init__.py", "ensurepip/__init__.py"].map(|file| library.join(file));
    [path.to_owned(), real, library].into_iter().chain(modules).collect()
}
