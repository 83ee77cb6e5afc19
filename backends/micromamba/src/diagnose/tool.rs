//! Whether there is a micromamba, and where it comes from.

use std::path::PathBuf;

use pyve_plugin_api::{Command, Finding, Host, Request, Tool};

use super::pyve;
use crate::bootstrap;
use crate::tool::{self, Search};

const ID: &str = "micromamba.tool";
const SUBJECT: &str = "Micromamba";

/// The tool that made the environment needs no start: its version is recorded, and so is what its file was then.
pub fn of(request: &Request, host: &dyn Host) -> Vec<Finding> {
    if let Some(recorded) = request.recorded().filter(|recorded| tool::is_as_recorded(&recorded.tool)) {
        let own = recorded.tool.path.path() == bootstrap::project_sandbox(request);
        let refused = if own { None } else { tool::refused(request, host) };
        return [sound(&recorded.tool)].into_iter().chain(refused.map(unknown)).collect();
    }
    let search = tool::search(request, host);
    let finding = match &search.found {
        Some(tool) => sound(tool),
        None => missing(&search),
    };
    [finding].into_iter().chain(search.refused.filter(|_| search.found.is_some()).map(unknown)).collect()
}

/// Another is used; what lies there is for the user to look at.
fn unknown((path, why): (PathBuf, String)) -> Finding {
    let finding = Finding::warning("micromamba.tool-unknown", SUBJECT, &format!("{} {why}", path.display()));
    finding.remedy(&Command::new("rm").arg(path))
}

fn sound(tool: &Tool) -> Finding {
    Finding::ok(ID, SUBJECT, &format!("{} (v{}, {})", tool.path.display(), tool.version, tool.origin))
}

fn missing(search: &Search) -> Finding {
    let Some(seen) = search.seen.first() else {
        return Finding::error(ID, SUBJECT, "not installed").remedy(&pyve(&["init", "--auto-bootstrap"]));
    };
    let finding = Finding::error(ID, SUBJECT, &format!("none fits: {seen}"));
    match &search.unexecutable {
        Some(path) => finding.remedy(&Command::new("chmod").arg("+x").arg(path)),
        None => finding.remedy(&pyve(&["init", "--auto-bootstrap"])),
    }
}
