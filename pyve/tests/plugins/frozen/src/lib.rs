//! A plugin as it was written for version 1.0 of the API. Frozen: it is built and loaded in every run of the tests and
//! must never be changed, for it stands for all the plugins that were built before.

use std::path::Path;

use pyve_plugin_api::{
    Adopted, Adoption, Archive, Backend, Caution, Command, Consent, Creation, DeclaredEnvironment, Description,
    Detection, Download, Ecosystem, Error, ErrorKind, ExistingEnvironment, Finding, Host, Inspection, Launch, Level,
    Lock, LockRequest, LockState, Marker, OutputFilter, Package, PrefixState, Recipe, Remedy, Request, Requirement,
    Requirements, Result, Scope, Setting, SettingKind, Step, Strength, Tool, ToolAnswer, Update, export_backend,
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
        Ok(ToolAnswer::missing("there is no sh").required_by("frozen.lock").recipe(recipe).hint("install sh"))
    }

    fn create(&self, request: &Request, tool: &Tool, _: &dyn Host) -> Result<Creation> {
        let prefix = prefix(request);
        let creation = Creation::new("frozen", &prefix).spec("frozen.lock", &"0".repeat(64));
        let fill = Command::new(&tool.path).args(["-c", "true"]).env("FROZEN", &prefix).env_remove("THAW");
        let filter = OutputFilter::new("fill").keep(["error "]).hint("thaw", Remedy::text("keep it cold"));
        let choices = ["hard", "soft"].map(|id| Recipe::new(id, id, Consent::CONFIRM));
        let tools = request.tools_dir(Scope::PROJECT).map(|folder| folder.join("frozen.tar.gz")).unwrap_or_default();
        Ok(creation
            .state(PrefixState::ABSENT, "")
            .step(Step::create_dir("Make the directory", &prefix))
            .step(Step::choose("Hardness", "How hard?", choices))
            .step(Step::unpack("Unpack", tools, Archive::tar_gz(&"0".repeat(64), 1000), prefix.join("unpacked")))
            .step(Step::run("Fill it", fill).output_filter(filter))
            .also_creates("frozen_modules"))
    }

    fn run(&self, request: &Request, _: &dyn Host) -> Result<Launch> {
        let prefix = prefix(request);
        if prefix.is_dir() {
            let launch = Launch::new().path(prefix.join("bin")).env("FROZEN", &prefix);
            let launch = launch.deactivate("FROZEN").env_remove("THAW").input(prefix).append_path("/opt/frozen");
            return Ok(launch.clone().shell(launch).caution(Caution::new(["thaw"], "it melts").hint("do not")));
        }
        Err(Error::of_kind(ErrorKind::NO_ENVIRONMENT, "there is no environment")
            .detail("frozen")
            .remedy(&Command::new("pyve").arg("init")))
    }

    fn diagnose(&self, _: &Request, _: &dyn Host) -> Result<Vec<Finding>> {
        Ok(vec![Finding::warning("frozen.age", "Age", "old").remedy(&Command::new("pyve").arg("init"))])
    }

    fn inspect(&self, request: &Request, _: &dyn Host) -> Result<Inspection> {
        let prefix = prefix(request);
        let existing = prefix.is_dir().then(|| ExistingEnvironment::new("frozen", &prefix));
        Ok(existing.into_iter().fold(Inspection::at(prefix), Inspection::environment))
    }

    fn update(&self, _: &Request, _: &Tool, _: &dyn Host) -> Result<Update> {
        Ok(Update::new().step(Step::run("Freeze again", Command::new("/bin/sh").args(["-c", "true"]))))
    }

    fn lock(&self, _: &Request, lock: &LockRequest, _: &dyn Host) -> Result<Lock> {
        let state = if lock.tool.is_some() { LockState::FRESH } else { LockState::MISSING };
        Ok(Lock::new("frozen.lock", state).reason("it is frozen"))
    }

    fn requirements(&self, _: &Request, _: &dyn Host) -> Result<Requirements> {
        let ice = Requirement::new(Ecosystem::PYPI, "ice").constraint(">=1").origin("frozen.toml:2");
        Ok(Requirements::new().requirement(ice))
    }

    fn adopt(&self, _: &Request, requirements: &Requirements, _: &dyn Host) -> Result<Adoption> {
        let adopted = requirements.requirements.iter().cloned().map(|from| Adopted::impossible(from, "it would melt"));
        Ok(adopted.fold(Adoption::new(), Adoption::adopted).write_file("Write", "frozen.toml", "[tool.frozen]\n"))
    }

    fn packages(&self, _: &Request, _: &dyn Host) -> Result<Vec<Package>> {
        Ok(vec![Package::new(Ecosystem::CONDA, "ice", "1.0").build("h_0").source("frost").installer("frozen")])
    }

    fn environments(&self, _: &Request, _: &dyn Host) -> Result<Vec<DeclaredEnvironment>> {
        Ok(vec![DeclaredEnvironment::new("winter", "frozen.toml").line(3)])
    }
}

/// Each environment has a folder of its own.
fn prefix(request: &Request) -> std::path::PathBuf {
    let directory = request.text("directory").unwrap_or(".frozen");
    match request.environment.as_str() {
        "" | "default" => request.in_project(directory),
        name => request.in_project(format!("{directory}-{name}")),
    }
}

export_backend!(Frozen);
