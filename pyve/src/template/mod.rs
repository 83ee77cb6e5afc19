//! Templates: a folder made once by a slow program, and cloned from then on in milliseconds.
//!
//! A template stands at a path of its own below pyve's cache, and some of its files hold that path. An inventory beside it
//! says which; a clone gets those with its own path instead, and the others as they are, by default in a way that no change of
//! one is seen in another. Owner, group and mode of each file are those that its maker would have given it today, whoever and
//! whatever umask the template was made by. Making a template without an inventory was interrupted. One whose files are not what
//! the inventory says (owner, mode, content) was damaged. Both are made again. One of another user, or in a folder that others
//! can write to, is not used.

mod cloning;
mod inventory;
mod modes;
mod ownership;
mod prepare;
mod prune;
mod pyc;
mod sharing;
mod threads;

pub use cloning::{CloneError, clone};
pub use modes::UMASK;
pub use prepare::{PrepareError, prepared};

#[cfg(all(test, unix))]
mod tests;
