//! The backend `minimal`: environments without pip, made by the interpreter's own `venv`.

use std::fs;
use std::path::{Path, PathBuf};

use pyve_plugin_api::{
    Backend, Command, Creation, Description, Error, ErrorKind, ExistingEnvironment, Finding, Host, Inspection, Launch,
    Marker, PrefixState, PythonSpec, Request, Result, Step, Tool, ToolAnswer, export_backend,
};

#[cfg(test)]
mod tests;

struct Minimal;

/// Where the environment is that the request means: each name has a folder of its own.
fn prefix(request: &Request) -> PathBuf {
    request.environment_dir(".minimal")
}

impl Backend for Minimal {
    fn describe(&self) -> Description {
        Description::new("minimal", env!("CARGO_PKG_VERSION"), "Environments without pip")
            .tool("Python")
            .marker(Marker::exclusive("minimal.txt"))
            .ignore("/.minimal/")
            .ignore("/.pyve/envs/")
    }

    fn ensure_tool(&self, request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
        Ok(host.find_python(&PythonSpec::of(request).module("venv"))?.into())
    }

    fn create(&self, request: &Request, tool: &Tool, _: &dyn Host) -> Result<Creation> {
        let prefix = prefix(request);
        let make = Command::new(&tool.path).args(["-m", "venv", "--without-pip"]).arg(&prefix);
        let creation = Creation::new("minimal", &prefix).interpreter(prefix.join("bin/python"));
        Ok(match (prefix.join("pyvenv.cfg").is_file(), prefix.exists()) {
            (true, _) => creation.state(PrefixState::USABLE, "made before"),
            (false, true) => creation.state(PrefixState::FOREIGN, "has no pyvenv.cfg"),
            (false, false) => creation,
        }
        .step(Step::run("Create the environment", make)))
    }

    fn run(&self, request: &Request, _: &dyn Host) -> Result<Launch> {
        let prefix = prefix(request);
        if !prefix.join("pyvenv.cfg").is_file() {
            let message = format!("there is no environment at `{}`", prefix.display());
            return Err(Error::of_kind(ErrorKind::NO_ENVIRONMENT, message).remedy(&Command::new("pyve").arg("init")));
        }
        Ok(Launch::new().path(prefix.join("bin")).env("VIRTUAL_ENV", &prefix).input(prefix.join("pyvenv.cfg")))
    }

    fn diagnose(&self, request: &Request, _: &dyn Host) -> Result<Vec<Finding>> {
        let python = prefix(request).join("bin/python");
        Ok(vec![match python.exists() {
            true => Finding::ok("minimal.python", "Python", &python.display().to_string()),
            false => Finding::error("minimal.python", "Python", &format!("`{}` does not exist", python.display()))
                .remedy(&Command::new("pyve").args(["init", "--force"])),
        }])
    }

    fn inspect(&self, request: &Request, _: &dyn Host) -> Result<Inspection> {
        let prefix = prefix(request);
        let inspection = Inspection::at(&prefix);
        if !prefix.join("pyvenv.cfg").is_file() {
            return Ok(inspection);
        }
        let python = prefix.join("bin/python");
        let existing = ExistingEnvironment::new("minimal", &prefix).interpreter(&python);
        let existing = if python.exists() { existing } else { existing.broken("its Python is gone") };
        Ok(inspection.environment(
            match made_in(&prefix).filter(|folder| folder.canonicalize().ok() != prefix.canonicalize().ok()) {
                Some(folder) => existing.moved_from(folder),
                None => existing,
            },
        ))
    }
}

/// The folder that the `activate` script names: `VIRTUAL_ENV="/p/.minimal"`, with quotes or without.
fn made_in(prefix: &Path) -> Option<PathBuf> {
    let script = Some(prefix.join("bin/activate")).filter(|script| script.is_file())?;
    let text = fs::read_to_string(script).ok()?;
    let values = text.lines().filter_map(|line| line.trim().trim_start_matches("export ").strip_prefix("VIRTUAL_ENV="));
    values.map(|value| PathBuf::from(value.trim_matches(['"', '\'']))).find(|folder| folder.is_absolute())
}

export_backend!(Minimal);
