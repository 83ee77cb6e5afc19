//! A backend for pyve that works with pixi: `pixi install`, `pixi lock`, and the launch that `pixi shell-hook` gives.

mod activation;
mod create;
mod diagnose;
mod environment;
mod inspect;
mod installed;
mod launch;
mod lock;
mod manifest;
mod pixi;
mod tool;

use pyve_plugin_api::{
    Backend, Creation, DeclaredEnvironment, Description, Finding, Host, Inspection, Launch, Lock, LockRequest, Marker,
    Package, Request, Result, Setting, SettingKind, Tool, ToolAnswer, Update, export_backend,
};

/// Environments made by pixi.
pub struct Pixi;

impl Backend for Pixi {
    fn describe(&self) -> Description {
        let environment =
            Setting::new(environment::SETTING, SettingKind::TEXT, "The environment of the manifest that is used");
        Description::new("pixi", env!("CARGO_PKG_VERSION"), "Environments and lock files of pixi")
            .tool("pixi")
            .marker(Marker::exclusive("pixi.toml"))
            .marker(Marker::exclusive(lock::FILE))
            .marker(Marker::exclusive("mojoproject.toml"))
            .marker(Marker::exclusive("pyproject.toml").table("tool.pixi"))
            .setting(environment.default_value(manifest::DEFAULT).flag("pixi-environment").per_environment())
            // Without a slash at its end, for it is a link where environments are detached. `.pixi/config.toml` is the
            // project's own.
            .ignore("/.pixi/envs")
    }

    fn ensure_tool(&self, request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
        tool::find(request, host)
    }

    fn create(&self, request: &Request, tool: &Tool, host: &dyn Host) -> Result<Creation> {
        create::plan(request, tool, host)
    }

    fn run(&self, request: &Request, host: &dyn Host) -> Result<Launch> {
        launch::compute(request, host)
    }

    fn diagnose(&self, request: &Request, host: &dyn Host) -> Result<Vec<Finding>> {
        diagnose::examine(request, host)
    }

    fn inspect(&self, request: &Request, _: &dyn Host) -> Result<Inspection> {
        Ok(inspect::of(request))
    }

    fn update(&self, request: &Request, tool: &Tool, _: &dyn Host) -> Result<Update> {
        create::update(request, tool)
    }

    fn lock(&self, request: &Request, lock: &LockRequest, _: &dyn Host) -> Result<Lock> {
        lock::answer(request, lock)
    }

    fn packages(&self, request: &Request, _: &dyn Host) -> Result<Vec<Package>> {
        installed::packages(request)
    }

    fn environments(&self, request: &Request, _: &dyn Host) -> Result<Vec<DeclaredEnvironment>> {
        Ok(manifest::Manifest::of(request)?.environments())
    }
}

export_backend!(Pixi);
