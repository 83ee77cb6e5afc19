//! pyve's blocks in `.envrc` and `.gitignore`, which follow the environment that is in use.

use super::plan::{record, request};
use crate::context::{ProjectContext, Session};
use crate::failure::Failure;
use crate::files::allowed_paths::own_file;
use crate::files::{atomic, block_file, envrc, gitignore, marked_block};
use crate::project::Layout;
use crate::records::{Artifact, Record};

/// Whether a file of the project has such a block.
pub fn is_in(layout: &Layout, file: &str) -> bool {
    let text = atomic::read(&layout.root().join(file)).ok().flatten().unwrap_or_default();
    marked_block::find(&text).is_ok_and(|block| block.is_some())
}

/// Writes them for the environment of `record`. What enters the environment with the folder is changed, never introduced.
pub fn follow(choice: &ProjectContext, session: &Session, record: &mut Record) -> Result<(), Failure> {
    let (layout, root) = (&choice.layout, choice.layout.root());
    let direnv = choice.is_entered() && is_in(layout, envrc::FILE);
    if direnv && let Some(block) = choice.envrc_block(record) {
        envrc::update(root, &block, false)?;
        if !record.has_block(envrc::FILE) {
            record.remember(Artifact::Block { path: envrc::FILE.into(), created: envrc::is_made(root) });
        }
    }
    ignore(choice, session, record, direnv)
}

/// The lines of `.gitignore`.
fn ignore(choice: &ProjectContext, session: &Session, record: &Record, direnv: bool) -> Result<(), Failure> {
    let request = request(choice, session)?;
    let lines = choice.ignored(&request, &record.recorded.prefix.path(), direnv);
    gitignore::update(choice.layout.root(), &lines).map(drop)
}

/// Brings the block of `.envrc` back to the old environment; one without a record has none.
pub fn enter_old(old: &ProjectContext) -> Result<(), Failure> {
    let root = old.layout.root();
    if !old.is_entered() || !is_in(&old.layout, envrc::FILE) {
        return Ok(());
    }
    match record(old).and_then(|record| old.envrc_block(&record)) {
        Some(block) => envrc::update(root, &block, false).map(drop),
        None => block_file::remove(&own_file(root, envrc::FILE)?).map(drop),
    }
}

/// What git ignores once the new environment is gone; `was_there` says whether there was a block before.
pub fn ignore_old(old: &ProjectContext, session: &Session, was_there: bool) -> Result<(), Failure> {
    match record(old) {
        Some(record) => ignore(old, session, &record, record.has_block(envrc::FILE)),
        None if !was_there => block_file::remove(&own_file(old.layout.root(), gitignore::FILE)?).map(drop),
        None => Ok(()),
    }
}
