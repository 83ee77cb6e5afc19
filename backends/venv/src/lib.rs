//! The venv backend: Python's own virtual environments, made with the Python that the project asks for.
//!
//! The modules: `requested` says which Python is asked for, `search` finds it (`managers`, `on_path`,
//! `interpreter`), `install` and `pins` say how to get it and how to keep it, `environment` reads what is
//! on disk, `prepared` says which tree an environment is cloned from, and `create`, `dependencies`, `launch`,
//! `diagnose` and `inspect` answer the questions.

mod create;
mod dependencies;
mod describe;
mod diagnose;
mod environment;
mod fault;
mod inspect;
mod install;
mod interpreter;
mod launch;
mod layout;
mod managers;
mod on_path;
mod pins;
mod pip;
mod prefix;
mod prepared;
mod probe;
mod requested;
mod requires_python;
mod search;
mod shim;
mod state;
mod tool;

use std::path::Path;

use pyve_formats::read::ReadError;
use pyve_plugin_api::{
    Backend, Creation, Description, Detection, Error, Finding, Host, Inspection, Launch, Request, Result, Tool,
    ToolAnswer,
};

/// The venv backend, ready to be registered.
pub fn backend() -> VenvBackend {
    VenvBackend
}

/// Python's own virtual environments.
#[derive(Clone, Copy, Debug, Default)]
pub struct VenvBackend;

impl Backend for VenvBackend {
    fn describe(&self) -> Description {
        describe::description()
    }

    fn detect(&self, project: &Path) -> Result<Vec<Detection>> {
        Ok(describe::detections(project))
    }

    fn ensure_tool(&self, request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
        tool::answer(request, host)
    }

    fn create(&self, request: &Request, tool: &Tool, host: &dyn Host) -> Result<Creation> {
        create::plan(request, tool, host)
    }

    fn run(&self, request: &Request, _: &dyn Host) -> Result<Launch> {
        launch::plan(request)
    }

    fn diagnose(&self, request: &Request, host: &dyn Host) -> Result<Vec<Finding>> {
        Ok(diagnose::findings(request, host))
    }

    fn inspect(&self, request: &Request, _: &dyn Host) -> Result<Inspection> {
        inspect::environments(request)
    }
}

/// The first line of a message of several.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim_end().to_owned()
}

/// A file that is there and was not read, as an answer.
fn unreadable(error: ReadError) -> Error {
    Error::new(error.to_string()).remedy(error.hint())
}
