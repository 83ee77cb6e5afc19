//! The venv backend: Python's own virtual environments, made with the Python that the project asks for.
//!
//! The modules: `tool` asks the host for the Python, `environment` reads what is on disk, `prepared` says which tree an
//! environment is cloned from, `wanted` what the project's files ask for, and `create`, `dependencies`, `launch`, `diagnose`,
//! `inspect`, `lock` and `packages` answer the questions.

mod asdf;
mod create;
mod dependencies;
mod describe;
mod diagnose;
mod environment;
mod fault;
mod inspect;
mod launch;
mod layout;
mod lock;
mod migration;
mod packages;
mod pip;
mod prefix;
mod prepared;
mod state;
mod system_packages;
mod tool;
mod wanted;

use pyve_formats::read::ReadError;
use pyve_plugin_api::{
    Adoption, Backend, Command, Creation, Description, Error, Finding, Host, Inspection, Launch, Lock, LockRequest,
    Package, Request, Requirements, Result, Tool, ToolAnswer,
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

    fn lock(&self, request: &Request, lock: &LockRequest, host: &dyn Host) -> Result<Lock> {
        lock::answer(request, lock, host)
    }

    fn packages(&self, request: &Request, _: &dyn Host) -> Result<Vec<Package>> {
        packages::installed(request)
    }

    fn requirements(&self, request: &Request, host: &dyn Host) -> Result<Requirements> {
        migration::requirements(request, host)
    }

    fn adopt(&self, request: &Request, requirements: &Requirements, host: &dyn Host) -> Result<Adoption> {
        migration::adopted(request, requirements, host)
    }
}

/// A command of pyve's, as a remedy.
fn pyve(args: &[&str]) -> Command {
    Command::new("pyve").args(args.iter().copied())
}

/// What makes the environment again, whatever is in it.
fn rebuild() -> Command {
    pyve(&["init", "--force"])
}

/// A file that is there and was not read, as an answer.
fn unreadable(error: ReadError) -> Error {
    Error::new(error.to_string()).hint(error.hint())
}
