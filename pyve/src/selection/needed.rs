//! A plugin that the project's settings name and that was never added: what they say of it, and the command that adds it.

use std::path::Path;

use pyve_plugin_api::{OsText, Remedy};

use crate::config::{NeededPlugin, TARGET};
use crate::failure::Failure;
use crate::plugins::{Inventory, Origin};

/// Why no backend can be chosen.
#[derive(Debug)]
pub struct Unchosen {
    pub failure: Failure,
    /// The plugin that it takes, if the settings name one.
    pub missing: Option<Box<NeededPlugin>>,
}

impl From<Failure> for Unchosen {
    fn from(failure: Failure) -> Self {
        Self { failure, missing: None }
    }
}

impl From<pyve_plugin_api::Error> for Unchosen {
    fn from(error: pyve_plugin_api::Error) -> Self {
        Failure::from(error).into()
    }
}

impl From<Unchosen> for Failure {
    fn from(unchosen: Unchosen) -> Self {
        unchosen.failure
    }
}

/// What the settings say of where it is to be had.
pub fn said(needed: &NeededPlugin) -> String {
    let start = format!("`{}` names its plugin", needed.origin);
    match (&needed.source, &needed.sha256) {
        (Some(source), Some(sha256)) => format!("{start}: {}, SHA-256 {sha256}", source.word().display()),
        (Some(source), None) => format!("{start}: {}, without a SHA-256 for {TARGET}", source.word().display()),
        (None, Some(sha256)) => format!("{start}: SHA-256 {sha256}"),
        (None, None) => format!("{start}, not where to get it"),
    }
}

/// The command that adds it: from the library `lying` where plugins are looked for, or from where the settings say.
pub fn remedy(needed: &NeededPlugin, lying: Option<&Path>) -> Remedy {
    let from = lying.map(OsText::from).or_else(|| Some(needed.source.as_ref()?.word()));
    let hash = needed.sha256.iter().flat_map(|hash| ["--sha256".into(), OsText::from(hash.as_str())]);
    match from {
        Some(from) => {
            let add = ["pyve", "plugin", "add"].map(OsText::from);
            Remedy { command: add.into_iter().chain([from]).chain(hash).collect(), ..Remedy::none() }
        }
        None => Remedy::text("get it from its author, and add it with `pyve plugin add FILE`"),
    }
}

/// Where the plugin that would be used is another one than the settings name: that, and what changes it. One under
/// development is in use because the user wants it.
pub fn other(needed: &NeededPlugin, inventory: &Inventory) -> Option<Failure> {
    let wanted = needed.sha256.as_deref()?;
    let known = inventory.find(&needed.id).filter(|known| known.origin == Origin::Added)?;
    let found = known.entry.as_ref().map(|entry| entry.sha256.as_str()).filter(|found| *found != wanted)?;
    let (id, origin) = (&needed.id, &needed.origin);
    let failure = Failure::new(format!(
        "plugin `{id}` is not the one that `{origin}` names: its SHA-256 is {found}, not {wanted}"
    ));
    let update = ["pyve", "plugin", "update", id].map(OsText::from).into_iter();
    let hash = ["--sha256", wanted].map(OsText::from);
    Some(match &needed.source {
        Some(source) => failure.command(update.chain([source.word()]).chain(hash)),
        None => failure.remedy(format!("get that one from its author, and pass it: `pyve plugin update {id} FILE`")),
    })
}
