//! The lock file as an environment is installed from it.

use pyve_formats::sorted;
use std::collections::BTreeSet;

use pyve_formats::dist_info::SitePackages;
use pyve_formats::pylock::{self, Installation, Pylock};
use pyve_formats::sha256;
use pyve_plugin_api::{Error, Host, Level, LockState, Request, Result};

use super::file::{Content, LockFile};
use super::inputs::Inputs;
use super::state::Judged;
use crate::environment::{Sight, look};
use crate::prefix;
use crate::pyve;
use crate::wanted::Wanted;

/// What an environment has before anything is installed, and what installs.
const SEEDS: [&str; 3] = ["pip", "setuptools", "wheel"];

/// A lock file that can be installed from.
pub struct Locked {
    /// Relative to the project.
    pub file: String,
    pub sha256: String,
    pub lock: Pylock,
    pub judged: Judged,
    pub installation: Installation,
    /// What is installed, not locked, and to be removed.
    pub extra: Vec<String>,
}

impl Locked {
    /// Reads the lock of the environment; `None` where there is none. One that may be stale is used after a warning, and with
    /// `--strict` not at all.
    pub fn read(request: &Request, wanted: &Wanted, host: &dyn Host) -> Result<Option<Self>> {
        let Some(locked) = Self::of(request, wanted)? else { return Ok(None) };
        let Judged { state, reasons } = &locked.judged;
        if *state == LockState::FRESH {
            return Ok(Some(locked));
        }
        if request.strict {
            let error = Error::new(format!("{} is {state}, and --strict refuses it", locked.file));
            return Err(reasons.iter().fold(error, Error::detail).remedy(&pyve(&["lock"])));
        }
        if *state == LockState::STALE {
            let told = locked.judged.told(&locked.file);
            let of_name = if request.is_named() { format!(" --env {}", request.environment) } else { String::new() };
            host.log(Level::WARNING, &format!("Lock file may be stale: {told}; to update it: pyve lock{of_name}"));
        }
        Ok(Some(locked))
    }

    fn of(request: &Request, wanted: &Wanted) -> Result<Option<Self>> {
        let file = LockFile::read(request)?;
        file.check_merged()?;
        let Content::Text(text) = &file.content else { return Ok(None) };
        let Some(lock) = file.parsed()? else { return Ok(None) };
        let project = request.project();
        // What cannot be compared is told where it is read.
        let judged = match Inputs::of(wanted, &project) {
            Ok(inputs) => Judged::of(&file, &inputs, request)?,
            Err(error) => Judged { state: LockState::UNKNOWN, reasons: vec![error.message.to_string()] },
        };
        let installation = pylock::installation(&lock, &project);
        let sha256 = sha256::of(text);
        let mut locked = Self { file: file.name, sha256, lock, judged, installation, extra: Vec::new() };
        if request.prune {
            let names: Vec<&str> = locked.lock.packages.iter().map(|package| package.name.as_str()).collect();
            locked.extra = installed(request).map(|site| not_locked(&site, names, wanted)).unwrap_or_default();
        }
        Ok(Some(locked))
    }
}

/// The packages that are installed and not among the `locked` ones, by name. What every environment has is none of them, nor
/// is the project itself.
pub fn not_locked<'a>(
    installed: &SitePackages,
    locked: impl IntoIterator<Item = &'a str>,
    wanted: &Wanted,
) -> Vec<String> {
    let mut known: BTreeSet<&str> = sorted::set(locked);
    known.extend(SEEDS);
    known.insert(&wanted.name);
    let names: BTreeSet<&str> = sorted::set(installed.distributions.iter().map(|it| it.name.as_str()));
    names.difference(&known).map(ToString::to_string).collect()
}

/// What is installed in the environment that stands.
fn installed(request: &Request) -> Option<SitePackages> {
    let Sight::Environment(environment) = look(&prefix::prefix(request).ok()?, request) else { return None };
    environment.site_packages().and_then(SitePackages::read)
}
