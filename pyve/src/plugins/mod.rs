//! Backends that others ship: libraries that are examined, tried, recorded, and asked in a process of their own.
//!
//! [`known()`] says which there are without opening any, [`open`] gives the one that is used. A library is used only after
//! it was added: examined from outside ([`inspect()`]), tried ([`probe`]) and agreed to. pyve itself never opens one: each
//! question goes to a process that does nothing else ([`process`]).

pub mod check;
mod development;
mod fingerprint;
mod inspect;
mod inventory;
mod load;
mod manifest;
mod note;
mod own_file;
pub mod probe;
pub mod process;
mod remote;
pub mod source;
mod state;
pub mod store;
mod taken;
pub mod trial;
pub mod validate;
mod voice;

pub use inspect::{Inspected, inspect};
pub use inventory::{Inventory, Known, Origin, known, libraries, open};
pub use manifest::{Entry, Folder};
pub use note::Note;
pub use process::give_up;
pub use remote::without;
pub use state::State;
pub use taken::{Taken, owner_of_id};
