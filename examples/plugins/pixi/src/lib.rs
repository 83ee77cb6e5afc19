//! A backend for pyve that works with pixi: `pixi install`, and the launch that `pixi shell-hook` gives.

mod environment;
mod inspect;
mod launch;
mod tool;

use std::path::Path;

use pyve_plugin_api::{
    Backend, Command, Creation, DeclaredEnvironment, Description, Detection, Finding, Host, Inspection, Launch, Marker,
    Request, Result, Setting, SettingKind, Step, Strength, Tool, ToolAnswer, export_backend,
};

/// Environments made by pixi.
pub struct Pixi;

impl Backend for Pixi {
    fn describe(&self) -> Description {
        Description::new("pixi", env!("CARGO_PKG_VERSION"), "Environments and lock files of pixi")
            .tool("pixi")
            .marker(Marker::exclusive("pixi.toml"))
            .marker(Marker::exclusive("pixi.lock"))
            .marker(Marker::exclusive("pyproject.toml").table("tool.pixi"))
            .setting(
                Setting::new("environment", SettingKind::TEXT, "The environment of the manifest that is used")
                    .default_value("default")
                    .flag("pixi-environment")
                    .per_environment(),
            )
            .ignore("/.pixi/")
    }

    fn detect(&self, root: &Path) -> Result<Vec<Detection>> {
        let files = ["pixi.toml", "pixi.lock"].into_iter().filter(|file| root.join(file).is_file());
        let mut found: Vec<Detection> = files.map(|file| Detection::new(file, Strength::EXCLUSIVE)).collect();
        if environment::has_table(root) {
            found.push(Detection::new("pyproject.toml", Strength::EXCLUSIVE));
        }
        Ok(found)
    }

    fn ensure_tool(&self, request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
        tool::find(request, host)
    }

    fn create(&self, request: &Request, tool: &Tool, _: &dyn Host) -> Result<Creation> {
        let manifest = environment::manifest(request)?;
        let (name, prefix) = (environment::name(request), environment::prefix(request));
        let mut install = Command::new(&tool.path).arg("install").arg("--manifest-path").arg(&manifest);
        install = install.arg("--environment").arg(name);
        if request.in_project("pixi.lock").is_file() {
            install = install.arg("--frozen");
        }
        if request.offline {
            install = install.env("PIXI_OFFLINE", "1");
        }
        let creation = Creation::new(name, &prefix).interpreter(environment::interpreter(&prefix));
        Ok(environment::with_state(creation, request).step(Step::run("Install the environment", install)))
    }

    fn run(&self, request: &Request, host: &dyn Host) -> Result<Launch> {
        launch::compute(request, host)
    }

    fn diagnose(&self, request: &Request, host: &dyn Host) -> Result<Vec<Finding>> {
        let answer = tool::find(request, host)?;
        let init = Command::new("pyve").arg("init");
        let tool = match answer.found.into_option() {
            Some(pixi) => Finding::ok("pixi.tool", "pixi", &format!("{} (v{})", pixi.path.display(), pixi.version)),
            None => Finding::error("pixi.tool-missing", "pixi", &answer.missing).remedy(&init),
        };
        let prefix = environment::prefix(request);
        let environment = match prefix.join("conda-meta").is_dir() {
            true => Finding::ok("pixi.environment", "Environment", &prefix.display().to_string()),
            false => {
                let detail = format!("{} does not exist", prefix.display());
                Finding::error("pixi.environment-missing", "Environment", &detail).remedy(&init)
            }
        };
        Ok(vec![tool, environment])
    }

    fn environments(&self, request: &Request, _: &dyn Host) -> Result<Vec<DeclaredEnvironment>> {
        environment::declared(request)
    }

    fn inspect(&self, request: &Request, _: &dyn Host) -> Result<Inspection> {
        Ok(inspect::of(request))
    }
}

export_backend!(Pixi);
