//! Whether the packages that requirements are taken to mean are there: asked of uv, where it is on PATH, else of pip.
//!
//! Both are only asked what they would install, and name the first package that they do not find. So they are asked
//! again without it.

use std::collections::BTreeSet;
use std::time::Duration;

use pyve_formats::pip_resolution;
use pyve_pip::Pip;
use pyve_plugin_api::{Command, Host, Request};

use crate::tool;

/// A project that calls more packages otherwise than PyPI does is better corrected by hand.
const MOST_MISSING: usize = 30;
const LIMIT: Duration = Duration::from_secs(120);

/// Those of the names that no index has; `None` where nobody could be asked.
pub fn missing(names: &[String], request: &Request, host: &dyn Host) -> Option<BTreeSet<String>> {
    if request.offline || names.is_empty() {
        return None;
    }
    let ask = asking(request, host)?;
    let mut missing = BTreeSet::new();
    for _ in 0..MOST_MISSING {
        let left: Vec<&str> = names.iter().map(String::as_str).filter(|name| !missing.contains(*name)).collect();
        if left.is_empty() {
            break;
        }
        host.progress(&format!("looking for {} packages", left.len()));
        let output = host.capture(&ask.clone().args(left.iter().copied())).ok()?;
        if output.success() {
            return Some(missing);
        }
        // Any other failure, such as one of the network, tells nothing of the names.
        missing.insert(pip_resolution::absent(&String::from_utf8_lossy(&output.stderr), &left)?.to_owned());
    }
    Some(missing)
}

/// The command that the names are put behind.
fn asking(request: &Request, host: &dyn Host) -> Option<Command> {
    let python = tool::answer(request, host).ok()?.found.into_option()?.path;
    let nowhere = request.in_project(".pyve/envs/none");
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
