//! Programs that pyve starts: which may be started, how, what they answered before, and how one is ended early.

pub mod cancel;
mod capture_cache;
mod command;
pub mod ending;
pub mod gate;
mod host;
mod image;
pub mod interrupt;
mod program;
mod shown;
mod together;
mod wait;

pub use command::{check_tool, process_of, process_under};
pub use gate::Consent;
pub use host::{BackendHost, processes_started};
pub use image::Image;
pub use interrupt::{InterruptGuard, guard};
pub use program::is_program;
pub use shown::{command_line, without_passwords};
pub use together::{Job, run_together};
pub use wait::{BY_INTERRUPT, code_of, end, end_group, wait};
