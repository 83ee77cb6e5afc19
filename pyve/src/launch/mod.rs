//! Running: from a kept launch to the command in its environment.

mod cautions;
pub mod dotenv;
mod enter;
mod environment;
mod exec;
mod nearest;
mod outer;
mod prefix_stamp;
mod prepare;
mod programs;
mod refresh;
mod resolve;
mod scripts;
mod shebang;
mod sourced;
mod unrecorded;

pub use cautions::caution;
pub use enter::{enter, unsourced};
pub use environment::{Variables, inside};
pub use exec::exec;
pub use outer::scripts as deactivation_scripts;
pub use prefix_stamp::patiently;
pub use prepare::{Found, Prepared, found, no_project, own_folders, prepare, replaced};
pub use programs::programs;
pub use refresh::refresh;
pub use resolve::{Home, resolve};
pub use scripts::{leaving_folders, scripts, scripts_standing, scripts_to_run};
pub use sourced::is_shells_own;
