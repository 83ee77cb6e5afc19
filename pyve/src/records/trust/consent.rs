//! What the user said of a project: `pyve allow`, `pyve deny`, or `PYVE_TRUST`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pyve_formats::sha256;
use serde::{Deserialize, Serialize};

use super::looked_at::{self, LookedAt};
use crate::caller::Caller;
use crate::failure::Failure;
use crate::project::{EnvironmentName, Layout};
use crate::records::{Folder, State, StateFile};

/// Folders whose environments are trusted, for scripts and container images: `DIR`, or several as in PATH.
const VARIABLE: &str = "PYVE_TRUST";

/// The folder in pyve's own.
const FOLDER: &str = "trust";

/// What holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    Allowed,
    Denied,
}

/// The content of `~/.pyve/trust/<hash>.json`, sealed for the project.
#[derive(Serialize, Deserialize)]
struct Consent {
    said: Decision,
    /// The folder that was meant: another one at its place is not.
    folder: u64,
    /// What a shell may enter by itself: nothing where pyve asked for less when it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entering: Option<Entering>,
}

/// What the user had before the eyes when a shell was allowed to enter the project by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entering {
    files: Vec<LookedAt>,
    /// The activation scripts of each environment that has some.
    scripts: BTreeMap<EnvironmentName, Vec<LookedAt>>,
}

/// Whether a shell may enter the project by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnteringDecision {
    /// Its files are as they were when the user allowed it; the scripts of an environment are still to be compared.
    Allowed(Entering),
    /// It was never asked for.
    Unasked,
    /// The user allowed it; since then this file changed.
    Changed(PathBuf),
    Denied,
}

impl Entering {
    /// The first of all scripts of the environment that is not as the user saw it, or is gone.
    pub fn changed_script(&self, environment: &EnvironmentName, scripts: &[PathBuf]) -> Option<PathBuf> {
        self.compared(environment, scripts, looked_at::difference)
    }

    /// The first of these scripts of the environment that the user never saw as it is.
    pub fn unseen_script(&self, environment: &EnvironmentName, scripts: &[PathBuf]) -> Option<PathBuf> {
        self.compared(environment, scripts, looked_at::addition)
    }

    fn compared(
        &self,
        environment: &EnvironmentName,
        scripts: &[PathBuf],
        by: impl Fn(&[LookedAt], &[LookedAt]) -> Option<PathBuf>,
    ) -> Option<PathBuf> {
        let seen = self.scripts.get(environment).map_or(&[][..], Vec::as_slice);
        match looked_at::of_scripts(scripts) {
            Ok(now) => by(seen, &now),
            Err(error) => Some(error.path().to_owned()),
        }
    }
}

impl State for Consent {
    const SCHEMA: u32 = 1;
}

/// What the user said of the project at `layout`, if anything.
pub fn decision(caller: &Caller, layout: &Layout) -> Option<Decision> {
    let by_variable = || is_named(caller, layout.root()).then_some(Decision::Allowed);
    match kept(caller, layout) {
        Some(Decision::Denied) => Some(Decision::Denied),
        kept => kept.or_else(by_variable),
    }
}

/// Whether a shell may enter the project at `layout` by itself: only after `pyve allow`, and only as long as the files that
/// it looked at are the same.
pub fn entering(caller: &Caller, layout: &Layout) -> EnteringDecision {
    let consent = match consent(caller, layout) {
        None => return EnteringDecision::Unasked,
        Some(consent) if consent.said == Decision::Denied => return EnteringDecision::Denied,
        Some(consent) => consent,
    };
    let now = match looked_at::of_project(layout) {
        Ok(now) => now,
        Err(error) => return EnteringDecision::Changed(error.path().to_owned()),
    };
    let Some(entering) = consent.entering else { return EnteringDecision::Unasked };
    match looked_at::difference(&entering.files, &now) {
        None => EnteringDecision::Allowed(entering),
        Some(changed) => EnteringDecision::Changed(changed),
    }
}

/// What the user saw when entering the project was allowed, whatever has become of it since.
pub fn seen(caller: &Caller, layout: &Layout) -> Option<Entering> {
    consent(caller, layout).filter(|consent| consent.said == Decision::Allowed)?.entering
}

fn kept(caller: &Caller, layout: &Layout) -> Option<Decision> {
    Some(consent(caller, layout)?.said)
}

fn consent(caller: &Caller, layout: &Layout) -> Option<Consent> {
    let folder = Folder::find_at_home(&caller.pyve_home()?, &[FOLDER]).ok()??;
    let consent: Consent = place(&folder, &name(layout)).load(layout).ok()?.here()?;
    (consent.folder == number(layout.root())).then_some(consent)
}

fn is_named(caller: &Caller, root: &Path) -> bool {
    let Some(folders) = caller.nonempty(VARIABLE) else { return false };
    let Ok(root) = root.canonicalize() else { return false };
    let named = std::env::split_paths(folders).filter(|folder| !folder.as_os_str().is_empty());
    named.filter_map(|folder| caller.folder().join(folder).canonicalize().ok()).any(|folder| root.starts_with(folder))
}

/// Keeps what the user says. Where a file of the project cannot be read, no shell may enter it by itself.
pub fn remember(caller: &Caller, layout: &Layout, said: Decision) -> Result<(), Failure> {
    let entering = match said {
        Decision::Denied => None,
        Decision::Allowed => {
            let before = seen(caller, layout).unwrap_or_default();
            looked_at::of_project(layout).ok().map(|files| Entering { files, ..before })
        }
    };
    keep(caller, layout, said, entering)
}

/// Keeps what the activation scripts of an environment are now, as those that the user allowed.
pub fn remember_scripts(
    caller: &Caller,
    layout: &Layout,
    environment: &EnvironmentName,
    scripts: &[PathBuf],
) -> Result<(), Failure> {
    let Some(mut entering) = seen(caller, layout) else { return Ok(()) };
    let now = looked_at::of_scripts(scripts)?;
    if entering.scripts.get(environment).map_or(&[][..], Vec::as_slice) == now {
        return Ok(());
    }
    entering.scripts.insert(environment.clone(), now);
    keep(caller, layout, Decision::Allowed, Some(entering))
}

fn keep(caller: &Caller, layout: &Layout, said: Decision, entering: Option<Entering>) -> Result<(), Failure> {
    let home = caller.needed_pyve_home()?;
    if !layout.keyring().lasts() {
        return Err(Failure::new(format!(
            "could not keep a key in `{}`, so nothing that is kept there counts",
            home.display()
        ))
        .detail("the directory must be yours, and writable")
        .remedy(format!("set `PYVE_TRUST={}` instead", layout.root().display())));
    }
    let folder = Folder::make_at_home(&home, &[FOLDER])?;
    let consent = Consent { said, folder: number(layout.root()), entering };
    place(&folder, &name(layout)).save(layout, layout.root().into(), &consent)
}

/// The file that [`remember`] writes, for those who notice by its time that something was said.
pub fn file(home: &Path, layout: &Layout) -> PathBuf {
    home.join(FOLDER).join(name(layout))
}

fn place<'a>(folder: &'a Folder, file: &'a str) -> StateFile<'a> {
    StateFile { folder, kind: FOLDER, file }
}

/// A name for the project, whatever is in its path.
pub fn name(layout: &Layout) -> String {
    let hash = sha256::of(layout.root().as_os_str().as_encoded_bytes());
    format!("{}.json", &hash[..32])
}

#[cfg(unix)]
fn number(root: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    root.metadata().map_or(0, |metadata| metadata.ino())
}

#[cfg(not(unix))]
fn number(_: &Path) -> u64 {
    0
}
