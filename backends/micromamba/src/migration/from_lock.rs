//! What an environment file asks for, in the versions that the lock has of it on each platform.

use pyve_formats::conda_lock::{CondaLock, LockedPackage};
use pyve_formats::conda_platform;
use pyve_formats::python_name::normalized;
use pyve_formats::sorted;
use pyve_formats::translation::applies::marker_of;
use pyve_plugin_api::{Ecosystem, Error, Request, Requirement, Requirements, Result};

use crate::{lock, locking, pyve, yaml};

/// Each with its locked version, in the same order. What only these require is left to whoever installs them: it is no more
/// asked for than before. So is the Python, which comes from elsewhere in another backend. The host has asked before how the
/// lock is.
pub fn pinned(request: &Request, found: Requirements) -> Result<Requirements> {
    let (file, text) = locking::file(request)?;
    let text =
        text.ok_or_else(|| Error::new(format!("`{file}` does not exist")).hint("lock first").remedy(&pyve(&["lock"])))?;
    let root = yaml::parse(&text, &file)?;
    let locked = root.as_ref().map(CondaLock::read).unwrap_or_default().packages.unwrap_or_default();
    lock::check(&locked, &file).map_err(|error| error.remedy(&pyve(&["lock"])))?;
    let requirements = found.requirements.iter().flat_map(|one| of_lock(one, &locked, &file)).collect();
    Ok(Requirements { requirements, lock: file.into(), ..found })
}

/// One where the same version is locked for all platforms that it is for, else one for each; as it was where none is.
fn of_lock(one: &Requirement, locked: &[LockedPackage], file: &str) -> Vec<Requirement> {
    // An address, or more than a channel, is exact by itself.
    let is_own = one.editable || one.source.contains(['[', '/']) || (!is_conda(one) && !one.source.is_empty());
    if one.name.is_empty() || one.name == "python" || is_own {
        return vec![one.clone()];
    }
    let mine: Vec<(&LockedPackage, &str, &str)> = locked
        .iter()
        .filter(|package| is_same(one, package))
        .filter_map(|package| Some((package, package.platform.as_deref()?, package.version.as_deref()?)))
        .filter(|(_, platform, _)| is_for(one, platform))
        .collect();
    let pin = |package: &LockedPackage, version: &str| {
        one.clone().constraint(&format!("=={version}")).locked(&format!("{file}:{}", package.line))
    };
    let versions = sorted::set(mine.iter().map(|(_, _, version)| *version));
    if let ([(package, _, version), ..], 1) = (mine.as_slice(), versions.len()) {
        return vec![pin(package, version)];
    }
    let on_each = mine.iter().filter_map(|(package, platform, version)| on(pin(package, version), platform));
    let mut all: Vec<Requirement> = on_each.collect();
    if all.is_empty() {
        return vec![one.clone()];
    }
    // Noted once.
    all.iter_mut().skip(1).for_each(|other| (other.comments_above, other.comment) = Default::default());
    all
}

fn is_conda(one: &Requirement) -> bool {
    one.ecosystem == Ecosystem::CONDA
}

fn is_same(one: &Requirement, package: &LockedPackage) -> bool {
    let Some(name) = package.name.as_deref() else { return false };
    match is_conda(one) {
        true => !package.is_by_pip() && name.eq_ignore_ascii_case(&one.name),
        false => package.is_by_pip() && normalized(name) == normalized(&one.name),
    }
}

fn is_for(one: &Requirement, platform: &str) -> bool {
    one.platform.is_empty() || platform == "noarch" || conda_platform::selected(&one.platform, platform) == Some(true)
}

/// On one platform: by its selector, or for what pip installs by a marker. None where no marker tells it.
fn on(one: Requirement, platform: &str) -> Option<Requirement> {
    if one.marker.is_empty() {
        return Some(one.platform(platform));
    }
    let marker = format!("({}) and {}", one.marker, marker_of(platform)?);
    Some(one.marker(&marker).platform(""))
}
