//! Whether an index has the packages that requirements are taken to mean: asked of uv.

use std::collections::BTreeSet;
use std::time::Duration;

use pyve_formats::pip_resolution;
use pyve_plugin_api::{Command, Host, PythonSpec, Request};

use crate::tool;

const LIMIT: Duration = Duration::from_secs(120);

/// Those of the names that no index has; `None` where uv could not be asked. It names one at a time.
pub fn missing(names: &[String], request: &Request, host: &dyn Host) -> Option<BTreeSet<String>> {
    if request.offline || names.is_empty() {
        return None;
    }
    let uv = tool::find(request, host).ok()?.found.into_option()?;
    // uv creates the directory that it would install into: one of pyve's own.
    let nowhere = request.home()?.join("cache").join("none");
    let install = Command::new(&uv.path).args(["pip", "install", "--dry-run", "--no-deps", "--target"]).arg(nowhere);
    let python = host.find_python(&PythonSpec::of(request)).ok()?.found.into_option();
    let install = python.into_iter().fold(install, |install, python| install.arg("--python").arg(python.path));
    let install = install.current_dir(request.project()).timeout(LIMIT);
    pip_resolution::all_absent(names, &mut |left| {
        host.progress(&format!("looking for {} packages", left.len()));
        let output = host.capture(&install.clone().args(left.iter().copied())).ok()?;
        Some(if output.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) })
    })
}
