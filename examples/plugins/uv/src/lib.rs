//! A backend for pyve that works with uv: `uv sync` of a project and its workspace, `uv pip` of a file of requirements.
//!
//! The modules: `describe` says who it is, `choice` reads the settings, `project` the files of a project and its members, `tool`
//! and `pins` find uv, `python` and `preference` the interpreter that it is given, `uv_settings` reads what uv's own files say,
//! and `command` starts it. `create`, `launch`, `lock`, `diagnose`,
//! `inspect` and `migration` answer the questions; `state` and `installed` compare what stands, which `site` reads, with what
//! `uv.lock` says.

mod choice;
mod command;
mod create;
mod describe;
mod diagnose;
mod inspect;
mod installed;
mod launch;
mod lock;
mod migration;
mod pins;
mod preference;
mod project;
mod python;
mod site;
mod state;
mod tool;
mod uv_settings;

use pyve_plugin_api::{
    Adoption, Backend, Creation, Description, Finding, Host, Inspection, Launch, Lock, LockRequest, Package, Request,
    Requirements, Result, Tool, ToolAnswer, Update, export_backend,
};

/// Environments made by uv.
pub struct Uv;

impl Backend for Uv {
    fn describe(&self) -> Description {
        describe::description()
    }

    fn ensure_tool(&self, request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
        tool::find(request, host)
    }

    fn create(&self, request: &Request, tool: &Tool, host: &dyn Host) -> Result<Creation> {
        create::plan(request, tool, host)
    }

    fn run(&self, request: &Request, _: &dyn Host) -> Result<Launch> {
        launch::plan(request)
    }

    fn update(&self, request: &Request, tool: &Tool, host: &dyn Host) -> Result<Update> {
        create::update(request, tool, host)
    }

    fn lock(&self, request: &Request, asked: &LockRequest, host: &dyn Host) -> Result<Lock> {
        lock::answer(request, asked, host)
    }

    fn diagnose(&self, request: &Request, host: &dyn Host) -> Result<Vec<Finding>> {
        diagnose::examine(request, host)
    }

    fn inspect(&self, request: &Request, _: &dyn Host) -> Result<Inspection> {
        Ok(inspect::of(request))
    }

    fn packages(&self, request: &Request, _: &dyn Host) -> Result<Vec<Package>> {
        site::packages(request)
    }

    fn requirements(&self, request: &Request, host: &dyn Host) -> Result<Requirements> {
        migration::requirements(request, host)
    }

    fn adopt(&self, request: &Request, requirements: &Requirements, host: &dyn Host) -> Result<Adoption> {
        migration::adopted(request, requirements, host)
    }
}

export_backend!(Uv);
