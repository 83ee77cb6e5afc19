//! Which folder an `init` is for: the current one, a project above it, or the one that the user says.

use std::path::{Path, PathBuf};

use super::options::Options;
use crate::context::{Backends, Session};
use crate::failure::Failure;
use crate::project::{find, no_project};
use crate::ui::Ask;

/// The project's root. The user is asked where a folder could be a project or a part of one.
pub fn root(options: &Options, session: &Session, backends: &Backends, ask: &Ask<'_>) -> Result<PathBuf, Failure> {
    let folder = session.caller.folder();
    let root = if options.here {
        None
    } else if options.is_about_what_stands() {
        backends.project(session).map(|found| found.root().to_owned())
    } else {
        backends.meant_by_init(session).map(|meant| decided(meant, options, session, ask))
    };
    let root = root.unwrap_or_else(|| folder.to_owned());
    no_project::why(&session.caller, &root).map_or(Ok(root), |why| Err(why.into()))
}

/// A part of an initialised project gets an environment of its own only if somebody says so.
fn decided(meant: find::Meant, options: &Options, session: &Session, ask: &Ask<'_>) -> PathBuf {
    let Some(outer) = meant.part_of else { return meant.root };
    let console = &session.console;
    let part = meant.root.strip_prefix(&outer).unwrap_or(&meant.root).display();
    console.info(&format!("`{part}` is part of the project `{}`", outer.display()));
    if ask.can_ask() && !options.changes_nothing() {
        let question = format!("Create a separate environment for `{part}`?");
        if ask.confirm(&question, false, false).is_yes() {
            return meant.root;
        }
    }
    console.info(&format!(
        "Using that project; to create a separate environment for `{part}`, run {}",
        here(&meant.root, session)
    ));
    outer
}

/// The command that makes the part a project, typed where this one was.
fn here(root: &Path, session: &Session) -> String {
    match session.caller.folder().strip_prefix(root).map(|inside| inside.components().count()) {
        Ok(0) => "`pyve init --here`".to_owned(),
        _ => format!("`pyve init --here` in `{}`", root.display()),
    }
}
