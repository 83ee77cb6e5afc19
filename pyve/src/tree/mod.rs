//! Prepared trees: a folder made once by a slow program, and cloned from then on in milliseconds.
//!
//! A tree stands at a path of its own below pyve's cache, and some of its files hold that path. An
//! inventory beside it says which; a clone gets those with its own path instead, and shares the
//! others with the tree. Compiled Python files name their source by its path, which Python sets right
//! whenever it imports them: they are shared, too. A tree without an inventory was left half made. One
//! whose files are not what the inventory says was damaged. Both are made again.

mod cloning;
mod forget;
mod inventory;
mod prepare;
mod pyc;
mod record;
mod sharing;

pub use cloning::{CloneError, clone};
pub use prepare::{PrepareError, prepared};

#[cfg(all(test, unix))]
mod tests;
