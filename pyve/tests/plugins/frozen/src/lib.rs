//! A plugin as it was written for version 1.0 of the API. Frozen: it is built and loaded in every run of the tests and
//! must never be changed, for it stands for all the plugins that were built before.

use std::path::Path;

use pyve_plugin_api::{
    Backend, Command, Consent, Creation, Description, Detection, Download, Error, Finding, Host, Launch, Level, Marker,
    PrefixState, Recipe, Request, Result, Setting, SettingKind, Step, Strength, Tool, ToolAnswer, export_backend,
};

struct Frozen;

impl Backend for Frozen {
    fn describe(&self) -> Description {
        let directory = Setting::new("directory", SettingKind::PATH, "where").default_value(".frozen");
        Description::new("frozen", "1.0.0", "As it was at 1.0")
            .tool("Frozen")
            .marker(Marker::exclusive("frozen.lock"))
            .marker(Marker::generic("frozen.toml").table("tool.frozen"))
            .setting(directory.flag("frozen-dir").positional())
            .ignore("/.frozen/")
            .capability("lock")
    }

    fn detect(&self, project: &Path) -> Result<Vec<Detection>> {
        let sight = |file: &str, strength| project.join(file).is_file().then(|| Detection::new(file, strength).line(1));
        let seen = [sight("frozen.lock", Strength::EXCLUSIVE), sight("frozen.toml", Strength::GENERIC)];
        Ok(seen.into_iter().flatten().collect())
    }

    fn ensure_tool(&self, request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
        host.log(Level::DEBUG, "looking for sh");
        host.progress("still looking");
        if let Some(sh) = host.find_program("sh").into_iter().next() {
            let output = host.capture(&Command::new(&sh).args(["-c", "echo 1.2.3"]))?;
            return Ok(ToolAnswer::found(Tool::new(sh, &output.text(), "PATH")).seen("sh"));
        }
        let sandbox = request.home().map(|home| home.join("bin"));
        let target = sandbox.unwrap_or_else(|| request.in_project(".pyve/bin")).join("frozen");
        let file = Download::new("https://example.org/frozen", &"0".repeat(64), 1000).executable();
        let recipe = Recipe::new("user", "Install it", Consent::BOOTSTRAP)
            .step(Step::download("Fetch", file, &target))
            .provides(Tool::new(target, "1.0", "user"));
        Ok(ToolAnswer::missing("there is no sh").required_by("frozen.lock").recipe(recipe).remedy("install sh"))
    }

    fn create(&self, request: &Request, tool: &Tool, _: &dyn Host) -> Result<Creation> {
        let prefix = request.in_project(request.text("directory").unwrap_or(".frozen"));
        let creation = Creation::new("frozen", &prefix).spec("frozen.lock", &"0".repeat(64));
        Ok(creation
            .state(PrefixState::ABSENT, "")
            .step(Step::create_dir("Make the folder", &prefix))
            .step(Step::run("Fill it", Command::new(&tool.path).args(["-c", "true"]))))
    }

    fn run(&self, request: &Request, _: &dyn Host) -> Result<Launch> {
        let prefix = request.in_project(".frozen");
        if prefix.is_dir() {
            let launch = Launch::new().path(prefix.join("bin")).env("FROZEN", &prefix);
            return Ok(launch.deactivate("FROZEN").env_remove("THAW").input(prefix));
        }
        Err(Error::new("there is no environment").detail("frozen").remedy("pyve init"))
    }

    fn diagnose(&self, _: &Request, _: &dyn Host) -> Result<Vec<Finding>> {
        Ok(vec![Finding::warning("frozen.age", "Age", "old").remedy(&Command::new("pyve").arg("init"))])
    }
}

export_backend!(Frozen);
