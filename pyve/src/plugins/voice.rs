//! What a plugin says through its host: every line under the plugin's name, so that none can be taken for pyve's own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use pyve_plugin_api::{Command, Host, Level, Output, PythonSearch, PythonSpec, Result};

use super::validate;

/// The host for the plugin of that name.
pub struct Voice<'a> {
    pub host: &'a dyn Host,
    pub name: &'a str,
}

impl Host for Voice<'_> {
    fn log(&self, level: Level, message: &str) {
        validate::lines(message).iter().for_each(|line| self.host.log(level, &format!("{}: {line}", self.name)));
    }

    fn progress(&self, message: &str) {
        validate::lines(message).iter().for_each(|line| self.host.progress(&format!("{}: {line}", self.name)));
    }

    fn variable(&self, name: &str) -> Option<OsString> {
        self.host.variable(name)
    }

    fn find_program(&self, name: &str) -> Vec<PathBuf> {
        self.host.find_program(name)
    }

    fn capture(&self, command: &Command) -> Result<Output> {
        self.host.capture(command)
    }

    fn find_python(&self, spec: &PythonSpec) -> Result<PythonSearch> {
        self.host.find_python(spec)
    }

    fn sha256(&self, file: &Path) -> Result<String> {
        self.host.sha256(file)
    }
}
