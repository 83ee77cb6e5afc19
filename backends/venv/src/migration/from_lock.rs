//! What is asked for, in the versions that the lock file has of it.

use pyve_formats::pylock::{Package, Pylock, Source};
use pyve_formats::python_name::normalized;
use pyve_formats::sorted;
use pyve_plugin_api::{Error, Request, Requirement, Requirements, Result};

use crate::lock::LockFile;

/// Each with its locked version, in the same order. What only these require is left to whoever installs them: it is no more
/// asked for than before. The host has asked before how the lock is.
pub fn pinned(request: &Request, found: Requirements) -> Result<Requirements> {
    let file = LockFile::read(request)?;
    file.check_merged()?;
    let missing =
        || Error::new(format!("`{}` does not exist", file.name)).hint("lock first").remedy(&crate::pyve(&["lock"]));
    let lock = file.parsed()?.ok_or_else(missing)?;
    let requirements = found.requirements.iter().flat_map(|one| of_lock(one, &lock, &file.name)).collect();
    Ok(Requirements { requirements, lock: file.name.as_str().into(), ..found })
}

/// One for each version that is locked of it, each where that applies; as it was where none is.
fn of_lock(one: &Requirement, lock: &Pylock, file: &str) -> Vec<Requirement> {
    let name = normalized(&one.name);
    if one.editable || name.is_empty() {
        return vec![one.clone()];
    }
    let at = |package: &Package| format!("{file}:{}", package.line);
    if !one.source.is_empty() {
        // An address names its file; of a repository the lock knows the commit.
        let exact = lock.named(&name).find_map(|package| match &package.source {
            Source::Vcs { address } => Some(one.clone().source(address).locked(&at(package))),
            _ => None,
        });
        return vec![exact.unwrap_or_else(|| one.clone())];
    }
    let locked: Vec<(&Package, &str)> =
        lock.named(&name).filter_map(|package| Some((package, package.version.as_deref()?))).collect();
    let versions = sorted::set(locked.iter().map(|(_, version)| *version));
    let pin = |package: &Package, version: &str| one.clone().constraint(&format!("=={version}")).locked(&at(package));
    match (locked.as_slice(), versions.len()) {
        ([], _) => vec![one.clone()],
        ([(package, version), ..], 1) => vec![pin(package, version)],
        (several, _) => {
            let mut all: Vec<Requirement> = several
                .iter()
                .map(|(package, version)| pin(package, version).marker(&both(&one.marker, package.marker.as_deref())))
                .collect();
            // Noted once.
            all.iter_mut().skip(1).for_each(|other| {
                (other.comments_above, other.comment) = Default::default();
            });
            all
        }
    }
}

/// Where both apply.
fn both(declared: &str, locked: Option<&str>) -> String {
    match (declared, locked.unwrap_or_default()) {
        (marker, "") | ("", marker) => marker.to_owned(),
        (declared, locked) => format!("({declared}) and ({locked})"),
    }
}
