//! Backends that others ship: libraries that are examined, tried, recorded, opened and watched.
//!
//! [`known()`] says which there are without opening any, [`open`] opens the one that is used. A library is opened in this
//! process only after it was added: examined from outside ([`inspect()`]), tried in a child ([`probe`]) and agreed to.

pub mod answers;
pub mod check;
pub mod child;
mod development;
mod fingerprint;
mod inspect;
mod known;
mod load;
mod manifest;
mod own_file;
mod ownership;
pub mod probe;
mod state;
pub mod store;
pub mod trial;
mod watch;

use crate::failure::Failure;
use load::library::Refusal;

pub use inspect::{SIZE_LIMIT, inspect};
pub use known::{Inventory, Known, Origin, known, libraries, open};
pub use manifest::{Entry, Folder};
pub use state::State;
pub use watch::{Running, failing_with, give_up};

/// The interface of plugins that this pyve speaks.
pub fn api_version() -> String {
    use pyve_plugin_api::abi_stable::library::RootModule;
    pyve_plugin_api::abi::BackendModuleRef::VERSION_STRINGS.to_string()
}

/// A library that gives no backend, as a failure.
fn refusal(subject: &str, refused: Refusal) -> Failure {
    Failure {
        details: refused.details,
        remedy: refused.remedy.or_else(|| Some("tell the plugin's author".to_owned())),
        ..Failure::new(format!("{subject} cannot be used: {}", refused.why))
    }
}
