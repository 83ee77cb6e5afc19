//! What a command begins with: the session, the backends that are known, and the project with what was chosen for it.

mod backends;
mod blocks;
mod own_environments;
mod project;
mod session;
mod typed;

pub use backends::Backends;
pub use project::{Asked, ProjectContext, Wanted};
pub use session::Session;
pub use typed::Typed;
