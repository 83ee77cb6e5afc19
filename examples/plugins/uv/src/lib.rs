//! A backend for pyve that works with uv: `uv venv`, and `uv sync` where there is a lock file.

mod create;
mod diagnose;
mod inspect;
mod migration;
mod project;
mod tool;

use std::path::Path;

use pyve_plugin_api::{
    Adoption, Backend, Command, Creation, Description, Detection, Error, Finding, Host, Inspection, Launch, Marker,
    Outer, Request, Requirements, Result, Setting, SettingKind, Tool, ToolAnswer, Update, export_backend,
};

/// Environments made by uv.
pub struct Uv;

impl Backend for Uv {
    fn describe(&self) -> Description {
        Description::new("uv", env!("CARGO_PKG_VERSION"), "Virtual environments and lock files of uv")
            .tool("uv")
            .marker(Marker::exclusive("uv.lock"))
            .marker(Marker::exclusive("pyproject.toml").table("tool.uv"))
            .marker(Marker::generic("pyproject.toml"))
            .setting(
                Setting::new("directory", SettingKind::PATH, "The environment's directory")
                    .default_value(".venv")
                    .positional(),
            )
            .setting(
                Setting::new("groups", SettingKind::LIST, "Dependency groups that are synced")
                    .flag("group")
                    .remembered(),
            )
            .ignore("/{directory}/")
    }

    fn detect(&self, root: &Path) -> Result<Vec<Detection>> {
        project::markers(root)
    }

    fn ensure_tool(&self, request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
        tool::find(request, host)
    }

    fn create(&self, request: &Request, tool: &Tool, _: &dyn Host) -> Result<Creation> {
        create::plan(request, tool)
    }

    fn run(&self, request: &Request, _: &dyn Host) -> Result<Launch> {
        let prefix = project::prefix(request);
        if !prefix.join("pyvenv.cfg").is_file() {
            return Err(Error::new(format!("there is no environment at {}", prefix.display()))
                .remedy(&Command::new("pyve").arg("init")));
        }
        let launch = Launch::new()
            .path(project::programs(&prefix))
            .env("VIRTUAL_ENV", &prefix)
            .env_remove("PYTHONHOME")
            .deactivate("VIRTUAL_ENV")
            .deactivate("CONDA_PREFIX")
            .outer(Outer::conda())
            .input(prefix.join("pyvenv.cfg"));
        Ok(["CONDA_DEFAULT_ENV", "CONDA_PROMPT_MODIFIER", "CONDA_SHLVL"].into_iter().fold(launch, Launch::env_remove))
    }

    fn update(&self, request: &Request, tool: &Tool, _: &dyn Host) -> Result<Update> {
        Ok(create::update(request, tool))
    }

    fn diagnose(&self, request: &Request, host: &dyn Host) -> Result<Vec<Finding>> {
        diagnose::examine(request, host)
    }

    fn inspect(&self, request: &Request, _: &dyn Host) -> Result<Inspection> {
        Ok(inspect::of(request))
    }

    fn requirements(&self, request: &Request, host: &dyn Host) -> Result<Requirements> {
        migration::requirements(request, host)
    }

    fn adopt(&self, request: &Request, requirements: &Requirements, host: &dyn Host) -> Result<Adoption> {
        migration::adopted(request, requirements, host)
    }
}

export_backend!(Uv);
