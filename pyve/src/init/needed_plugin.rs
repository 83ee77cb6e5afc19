//! The offer to add a plugin that the project's settings name and that is not there: that one file, with that hash, after a
//! yes of the user's.

use std::path::Path;

use super::options::Options;
use crate::config::{NeededPlugin, PluginSource};
use crate::context::Session;
use crate::failure::Failure;
use crate::plugins::source::{self, PERMISSIONS};
use crate::plugins::store::{self, Adding, Replace};
use crate::plugins::{Folder, Taken, probe};
use crate::selection::Unchosen;

/// Adds the plugin that is missing; the failure where that is not what was missing, nobody can be asked, or it is not to be
/// had. Without a hash there is nothing to agree to: such a one is only named.
pub fn add(unchosen: Unchosen, root: &Path, options: &Options, session: &Session) -> Result<(), Failure> {
    let Unchosen { failure, missing } = unchosen;
    let (Some(needed), Some(taken)) = (missing, options.taken.filter(|_| !options.changes_nothing())) else {
        return Err(failure);
    };
    let NeededPlugin { id, origin, source: Some(source), sha256: Some(sha256) } = &*needed else { return Err(failure) };
    let is_remote = matches!(source, PluginSource::Url(_));
    if is_remote && session.is_offline() {
        return Err(failure.detail("it is not downloaded: pyve is offline"));
    }
    if options.yes {
        return Err(failure.detail("`--yes` adds no plugin"));
    }
    let ask = session.ask(false);
    if ask.has_nobody() {
        return Err(failure);
    }
    session
        .console
        .note(&format!("This project needs plugin `{id}`, which was not added. `{origin}` names this file:"));
    session.console.note(&format!("{:<15} {}", "source", source.word().display()));
    session.console.note(&format!("{:<15} {sha256}", "SHA-256"));
    session.console.note(PERMISSIONS);
    let verb = if is_remote { "Download and add" } else { "Add" };
    let reply = ask.confirm(&format!("{verb} plugin `{id}`?"), false, false);
    if !reply.is_yes() {
        return Err(reply.failure("no environment was created", || failure));
    }
    brought(&needed, source, sha256, taken, root, session)
}

fn brought(
    needed: &NeededPlugin,
    source: &PluginSource,
    sha256: &str,
    taken: fn() -> Result<Taken, Failure>,
    root: &Path,
    session: &Session,
) -> Result<(), Failure> {
    let fetched = match source {
        PluginSource::Url(url) => source::fetch(url.as_ref(), Some(sha256), &session.network())?,
        PluginSource::File(path) => source::of_project(root, path)?,
    };
    let examined = probe::examine_verified(&session.caller, fetched.path(), sha256);
    let examined = examined.map_err(|failure| fetched.named(failure))?;
    let (id, version) = (examined.id().to_owned(), examined.introduction.description.version.clone());
    if id != needed.id {
        return Err(Failure::new(format!("`{}` is plugin `{id}`, not `{}`", fetched.source.display(), needed.id))
            .remedy(format!("correct `{}`", needed.origin)));
    }
    let adding = Adding { taken: &taken()?, replace: Replace::None, source: fetched.origin() };
    let folder = Folder::of(&session.caller.needed_pyve_home()?);
    store::add(&folder, examined, &adding).map_err(|failure| fetched.named(failure))?;
    session.console.done(&format!("added plugin `{id}` {version}"));
    Ok(())
}
