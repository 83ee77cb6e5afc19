//! Asking an interpreter about itself, by running it with a time limit.

use std::path::{Path, PathBuf};
use std::time::Duration;

use pyve_plugin_api::{Command, Host};
use serde::Deserialize;

use crate::first_line;
use crate::prepared;

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
    /// Whether the module is there.
    pub venv: bool,
    pub ensurepip: bool,
    /// Whether Debian packages it, in parts.
    pub debian: bool,
}

// Importing json takes longer than all the rest, and every value here is a text or a bool.
const SCRIPT: &str = r#"
import sys, os
from importlib.util import find_spec
def text(value):
    units = value.encode("utf-16-be", "replace")
    return '"' + "".join("\\u%02x%02x" % pair for pair in zip(units[::2], units[1::2])) + '"'
def flag(value):
    return "true" if value else "false"
v = sys.version_info
stage = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(v[3])
print('{"version":%s,"executable":%s,"base_prefix":%s,"library":%s,"implementation":%s,"venv":%s,"ensurepip":%s,"debian":%s}' % (
    text("%d.%d.%d" % v[:3] + (stage + str(v[4]) if stage else "")),
    text(sys.executable or ""), text(sys.base_prefix), text(os.path.dirname(os.__file__)), text(sys.implementation.name),
    flag(find_spec("venv")), flag(find_spec("ensurepip")), flag(os.path.exists("/etc/debian_version"))))
"#;

const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Runs the interpreter at `path`, isolated from the caller's variables, working folder and site packages.
///
/// `named_by` is the file of the project that names it, if it was not found otherwise. The error says in half a sentence
/// what it did instead of answering.
pub fn probe(path: &Path, named_by: Option<&str>, host: &dyn Host) -> Result<Facts, String> {
    let command = Command::new(path).args(["-I", "-S", "-c", SCRIPT]).timeout(TIME_LIMIT).env_remove("PYTHONHOME");
    let command = prepared::inputs(path).into_iter().fold(command, Command::depends_on);
    let command = named_by.into_iter().fold(command, Command::named_by);
    let output = host.capture(&command).map_err(|error| match error.is_refused() {
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
