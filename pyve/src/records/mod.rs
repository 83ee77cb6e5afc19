//! Records: what pyve knows of the environments it made, and who may change them.

mod all;
mod current;
pub mod fingerprint;
mod journal;
pub mod lock;
mod made;
mod record;
mod store;

pub use all::{All, all};
pub use current::{Chosen, Current};
pub use fingerprint::{Fingerprint, Stamp};
pub use journal::{Identity, Journal};
pub use lock::Lock;
pub use made::Made;
pub use record::{KeptLaunch, Record, Status};
