//! How a backend crosses the boundary of a dynamic library.
//!
//! Authors do not need this module: they implement [`Backend`](crate::Backend). The host holds every
//! backend, built-in or loaded, as a [`BackendObject`], so both are asked in the same way.

mod backend_object;
mod capabilities;
mod guard;
mod host_object;
mod module;
mod note;
mod traits;

pub use backend_object::BackendObject;
pub use module::{BackendModule, BackendModuleRef, Hello};
#[doc(hidden)]
pub use module::{hello, make};
pub use note::{NOTE, VERSION};
#[doc(hidden)]
pub use note::{note, note_size};
