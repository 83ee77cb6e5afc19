//! Which Python the environment has, and whether it is the one the project asks for.

use pyve_formats::python_version::VersionRequest;
use pyve_plugin_api::{Finding, Host, Request};

use crate::environment::Environment;
use crate::{pyve, rebuild};
use pyve_pythons::builds::Installed;
use pyve_pythons::{RequestedPython, home};

const SUBJECT: &str = "Python";

pub fn version(environment: &Environment, request: &Request, host: &dyn Host) -> Finding {
    let requested = match RequestedPython::read(request, home(host).as_deref()) {
        Ok(requested) => requested,
        Err(error) => {
            return Finding::error("venv.pin-mismatch", SUBJECT, &error.message).with_remedy(error.remedy.clone());
        }
    };
    let Some(build) = environment.build() else {
        let detail = format!("{} does not tell its version", environment.prefix.join("pyvenv.cfg").display());
        return Finding::warning("venv.python", SUBJECT, &detail).remedy(&rebuild());
    };
    if let Some(constraint) = requested.constraint.as_ref().filter(|it| !it.specifiers.contains(&build.version)) {
        let detail = format!("{build}, but {} requires {}", constraint.origin, constraint.text);
        return Finding::error("venv.pin-mismatch", SUBJECT, &detail).remedy(&rebuild());
    }
    // What a name stands for is not known without its version manager.
    let by_name = |spec: &VersionRequest| matches!(spec, VersionRequest::Named(_) | VersionRequest::Folder(_));
    let agrees = requested.asks.iter().any(|ask| by_name(&ask.spec) || ask.spec.fits(&build));
    match requested.asks.first() {
        Some(ask) if !agrees => {
            let detail = format!("{build}, but {} asks for {}", ask.origin, ask.text);
            Finding::warning("venv.pin-mismatch", SUBJECT, &detail).remedy(&rebuild())
        }
        _ => Finding::ok("venv.python", SUBJECT, &build.to_string()),
    }
}

/// A later release of its series where the Python is a build that pyve downloaded: what was fixed since is in that.
pub fn newer_build(environment: &Environment, request: &Request) -> Option<Finding> {
    let base = environment.base()?;
    let directory = base.ancestors().nth(2)?;
    let is_own = request.home().is_some_and(|home| directory.starts_with(home));
    let installed = Installed::at(directory).filter(|_| is_own)?;
    let newer = installed.newer()?.version.to_string();
    let detail = format!("{}, and pyve has the build of {newer}", installed.version);
    Some(Finding::warning("venv.newer-build", SUBJECT, &detail).remedy(&pyve(&["python", "install", &newer])))
}
