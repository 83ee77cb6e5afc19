//! Running: from a kept launch to the command in its environment.

mod cautions;
mod environment;
mod exec;
mod nearest;
mod prepare;
mod refresh;
mod resolve;
mod shebang;
mod standing;
mod unrecorded;

pub use cautions::caution;
pub use environment::inside;
pub use exec::exec;
pub use prepare::{Found, Prepared, found, no_project, prepare, replaced};
pub use refresh::refresh;
pub use resolve::{Home, resolve};
pub use standing::patiently;
