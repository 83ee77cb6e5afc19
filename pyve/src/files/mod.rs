//! The files that pyve writes: each whole or not at all, and nothing of the user's lost.

pub mod allowed_paths;
pub mod archive;
pub mod atomic;
pub mod block_file;
pub mod dotenv;
pub mod dotenv_text;
pub mod envrc;
mod envrc_leave;
pub mod envrc_text;
pub mod gitignore;
pub mod legacy_envrc;
pub mod line_edit;
pub mod lock_file;
pub mod marked_block;
pub mod ownership;
pub mod prompt;
pub mod rc;
pub mod temporary;
pub mod unused;

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was as it should be already, to the byte.
    Unchanged,
    /// It was not there before.
    Created,
    /// It was there and says something else now.
    Updated,
    /// It held nothing but what was pyve's, and is gone.
    Removed,
}
