//! The host as a backend in a process of its own sees it: each call is put to pyve, which answers.

use std::ffi::OsString;
use std::path::PathBuf;

use pyve_plugin_api::{Command, Error, Host, Level, Output, Result};

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
            _ => Err(Error::new("pyve answered something else")),
        }
    }
}

/// Does for the plugin what it asks for; `None` where nothing is to be answered.
pub fn answer(host: &dyn Host, call: &FromPlugin) -> Option<ToPlugin> {
    Some(match call {
        FromPlugin::Variable(name) => ToPlugin::Variable(host.variable(name).map(Into::into)),
        FromPlugin::Programs(name) => ToPlugin::Programs(host.find_program(name).into_iter().map(Into::into).collect()),
        FromPlugin::Capture(command) => {
            let captured = host.capture(command);
            ToPlugin::Captured(captured.map(Into::into).map_err(|error| (*error).clone()))
        }
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
