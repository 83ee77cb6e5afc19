//! Programs that pyve starts: which may be started, how, what they answered before, and how one is ended early.

pub mod cancel;
mod capture_cache;
mod command;
pub mod gate;
mod host;
pub mod interrupt;

pub use command::{can_set_umask, check_tool, process_of, process_under};
pub use gate::Consent;
pub use host::{BackendHost, code_of, is_program, may_start, processes_started, wait};
pub use interrupt::{Hold, hold};
