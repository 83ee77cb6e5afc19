//! Whether the packages that requirements are taken to mean are there: asked of uv, where it is on PATH, else of pip.
//! Both are only asked what they would install.

use std::collections::BTreeSet;
use std::time::Duration;

use pyve_formats::pip_resolution;
use pyve_pip::Pip;
use pyve_plugin_api::{Command, Host, Request};

use crate::tool;

const LIMIT: Duration = Duration::from_secs(120);

/// Those of the names that no index has; `None` where nobody could be asked.
pub fn missing(names: &[String], request: &Request, host: &dyn Host) -> Option<BTreeSet<String>> {
    if request.offline || names.is_empty() {
        return None;
    }
    let ask = asking(request, host)?;
    pip_resolution::all_absent(names, &mut |left| {
        host.progress(&format!("looking for {} packages", left.len()));
        let output = host.capture(&ask.clone().args(left.iter().copied())).ok()?;
        Some(if output.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) })
    })
}

/// The command that the names are put behind.
fn asking(request: &Request, host: &dyn Host) -> Option<Command> {
    let python = tool::answer(request, host).ok()?.found.into_option()?.path;
    // uv creates the directory that it would install into: one of pyve's own, not the project's.
    let nowhere = request.home()?.join("cache").join("none");
    let ask = match host.find_program("uv").into_iter().next() {
        Some(uv) => {
            let ask = Command::new(uv).args(["pip", "install", "--dry-run", "--no-deps", "--python"]).arg(python);
            ask.arg("--target").arg(nowhere)
        }
        None => {
            let pip = Pip::of(&python.path(), &nowhere, &request.project(), request.offline, host);
            pip.install(["--dry-run", "--ignore-installed", "--no-deps", "--quiet"])
        }
    };
    Some(ask.timeout(LIMIT))
}
