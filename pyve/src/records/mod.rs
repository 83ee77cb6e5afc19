//! Records: what pyve knows of the environments it made, and who may change them.
//!
//! Nothing in them counts unless this user's pyve sealed it for this very folder, and none is reached through a link.

mod all;
mod artifact;
mod current;
pub mod fingerprint;
pub mod folder;
mod journal;
pub mod lock;
mod lock_holder;
mod migration;
mod record;
mod store;
mod tidy;
pub mod trust;

pub use all::{All, all, environments};
pub use artifact::Artifact;
pub use current::{Chosen, Current};
pub use fingerprint::{Fingerprint, Stamp};
pub use folder::Folder;
pub use journal::{Identity, Journal};
pub use lock::Lock;
pub use migration::{ConfigChange, MadeFile, Migration, Stage, logs};
pub use record::{KeptLaunch, Record, Status};
pub use store::{Found, State, StateFile};
