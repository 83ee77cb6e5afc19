//! What the user said of a project: `pyve allow`, `pyve deny`, or `PYVE_TRUST`.

use std::path::Path;

use pyve_formats::sha256;
use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::failure::Failure;
use crate::project::Layout;
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

fn kept(caller: &Caller, layout: &Layout) -> Option<Decision> {
    let folder = Folder::find_at_home(&caller.pyve_home()?, &[FOLDER]).ok()??;
    let consent: Consent = place(&folder, &name(layout)).load(layout).ok()?.here()?;
    (consent.folder == number(layout.root())).then_some(consent.said)
}

fn is_named(caller: &Caller, root: &Path) -> bool {
    let Some(folders) = caller.nonempty(VARIABLE) else { return false };
    let Ok(root) = root.canonicalize() else { return false };
    let named = std::env::split_paths(folders).filter(|folder| !folder.as_os_str().is_empty());
    named.filter_map(|folder| caller.folder().join(folder).canonicalize().ok()).any(|folder| root.starts_with(folder))
}

/// Keeps what the user says.
pub fn remember(caller: &Caller, layout: &Layout, said: Decision) -> Result<(), Failure> {
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
    let consent = Consent { said, folder: number(layout.root()) };
    place(&folder, &name(layout)).save(layout, layout.root().into(), &consent)
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
