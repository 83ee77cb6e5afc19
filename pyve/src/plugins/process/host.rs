//! The host as a backend in a process of its own sees it: each call is put to pyve, which answers.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use pyve_plugin_api::{Command, Error, ErrorBody, Host, Level, Output, PythonSearch, PythonSpec, Result};

use super::child_main::Line;
use super::protocol::{FromPlugin, ToPlugin};

/// pyve at the other end of the line.
pub struct Distant<'a>(pub &'a Line);

impl Host for Distant<'_> {
    fn log(&self, level: Level, message: &str) {
        self.0.say(&FromPlugin::Log(level, message.to_owned()));
    }

    fn progress(&self, message: &str) {
        self.0.say(&FromPlugin::Progress(message.to_owned()));
    }

    fn variable(&self, name: &str) -> Option<OsString> {
        match self.0.ask(&FromPlugin::Variable(name.to_owned())) {
            ToPlugin::Variable(value) => value.map(|value| value.os_str().into_owned()),
            _ => None,
        }
    }

    fn find_program(&self, name: &str) -> Vec<PathBuf> {
        match self.0.ask(&FromPlugin::Programs(name.to_owned())) {
            ToPlugin::Programs(files) => files.iter().map(|file| file.path().into_owned()).collect(),
            _ => Vec::new(),
        }
    }

    fn capture(&self, command: &Command) -> Result<Output> {
        match self.0.ask(&FromPlugin::Capture(command.clone())) {
            ToPlugin::Captured(captured) => captured.map(Output::from).map_err(Error::from),
            _ => Err(otherwise()),
        }
    }

    fn find_python(&self, spec: &PythonSpec) -> Result<PythonSearch> {
        match self.0.ask(&FromPlugin::Python(spec.clone())) {
            ToPlugin::Python(found) => (*found).map_err(Error::from),
            _ => Err(otherwise()),
        }
    }

    fn sha256(&self, file: &Path) -> Result<String> {
        match self.0.ask(&FromPlugin::Sha256(file.into())) {
            ToPlugin::Sha256(hash) => hash.map_err(Error::from),
            _ => Err(otherwise()),
        }
    }
}

fn otherwise() -> Error {
    Error::new("pyve answered something else")
}

/// Does for the plugin what it asks for; `None` where nothing is to be answered.
pub fn answer(host: &dyn Host, call: &FromPlugin) -> Option<ToPlugin> {
    Some(match call {
        FromPlugin::Variable(name) => ToPlugin::Variable(host.variable(name).map(Into::into)),
        FromPlugin::Programs(name) => ToPlugin::Programs(host.find_program(name).into_iter().map(Into::into).collect()),
        FromPlugin::Capture(command) => ToPlugin::Captured(host.capture(command).map(Into::into).map_err(body)),
        FromPlugin::Python(spec) => ToPlugin::Python(Box::new(host.find_python(spec).map_err(body))),
        FromPlugin::Sha256(file) => ToPlugin::Sha256(host.sha256(&file.path()).map_err(body)),
        FromPlugin::Log(level, message) => {
            host.log(*level, message);
            return None;
        }
        FromPlugin::Progress(message) => {
            host.progress(message);
            return None;
        }
        _ => return None,
    })
}

fn body(error: Error) -> ErrorBody {
    (*error).clone()
}
