//! What stands at the prefix, and whether it is what would be made now.

use std::path::Path;

use pyve_plugin_api::{Host, PrefixState, Request, Result};

use crate::choice::{Choice, LINK_MODE, Locking};
use crate::lock::Judged;
use crate::lock::file::{LockFile, conflict};
use crate::project::{Project, interpreter};
use crate::{installed, python};

/// As many differences are told in one line; the rest is counted.
const NAMED: usize = 3;

/// The state, and what was seen as half a sentence.
pub type Seen = (PrefixState, String);

pub fn at(
    prefix: &Path,
    request: &Request,
    project: Option<&Project>,
    choice: &Choice,
    host: &dyn Host,
) -> Result<Seen> {
    if prefix.symlink_metadata().is_err() {
        return Ok((PrefixState::ABSENT, String::new()));
    }
    if !prefix.join("pyvenv.cfg").is_file() {
        let empty = std::fs::read_dir(prefix).is_ok_and(|mut entries| entries.next().is_none());
        let foreign = (PrefixState::FOREIGN, "has no pyvenv.cfg".to_owned());
        return Ok(if empty { (PrefixState::ABSENT, String::new()) } else { foreign });
    }
    if !interpreter(prefix).exists() {
        return Ok((PrefixState::BROKEN, "its interpreter does not exist".to_owned()));
    }
    if let Some(why) = python::mismatch(prefix, request, project, choice, host)? {
        return Ok((PrefixState::OUTDATED, why));
    }
    if let Some(why) = relinked(request, choice) {
        return Ok((PrefixState::OUTDATED, why));
    }
    Ok(match project.map(|project| out_of_line(prefix, project, choice, host)).transpose()?.flatten() {
        Some(why) => (PrefixState::OUTDATED, why),
        None => (PrefixState::USABLE, "in line with the project".to_owned()),
    })
}

/// Why what is installed is not what `uv sync` would install.
fn out_of_line(prefix: &Path, project: &Project, choice: &Choice, host: &dyn Host) -> Result<Option<String>> {
    let locked = match LockFile::read(&project.base)? {
        LockFile::Parsed(locked) => locked,
        LockFile::Missing => return Ok(Some("there is no uv.lock yet".to_owned())),
        LockFile::Conflict(line) => return Ok(Some(conflict(line))),
    };
    let judged = Judged::of(&locked, project, host)?;
    if choice.locking != Locking::Frozen && judged.state == pyve_plugin_api::LockState::STALE {
        return Ok(Some(judged.told()));
    }
    let differences = installed::differences(prefix, &locked, project, choice).unwrap_or_default();
    Ok((!differences.is_empty()).then(|| told(&differences)))
}

/// A few, and how many more there are.
pub fn told(lines: &[String]) -> String {
    let more = lines.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
    format!("{}{rest}", lines.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; "))
}

/// Whether packages are linked in another way than is said now.
pub fn relinked(request: &Request, choice: &Choice) -> Option<String> {
    let recorded = request.recorded().filter(|recorded| recorded.ready)?;
    let before = recorded
        .setting(LINK_MODE)
        .and_then(|said| said.values.first())
        .map_or("uv's own choice", |mode| mode.as_str());
    let now = choice.link_mode.as_deref().filter(|now| *now != before)?;
    Some(format!("its packages were linked by {before}, not by {now}"))
}

#[cfg(test)]
mod tests;
