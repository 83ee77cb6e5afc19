//! Hermetic worlds, real programs and runnable documents for pyve's tests.
//!
//! A test makes a [`World`], runs programs in it and compares their [`Outcome`]:
//!
//! ```no_run
//! use pyve_testkit::{World, prerequisite};
//!
//! let Some(git) = prerequisite("git") else { return };
//! let world = World::new().link(&git);
//! world.write("requirements.txt", "");
//! let outcome = world.pyve().args(["init", "--yes"]).run();
//! assert_eq!(outcome.code, Some(0), "{outcome}");
//! ```
//!
//! Nothing of the machine reaches a world but the programs that the test links into it.

mod another_python;
pub mod document;
mod files;
mod filter;
mod interpreter;
mod invocation;
mod left_out;
mod outcome;
mod prerequisite;
mod python_build;
mod reader;
mod repository;
#[cfg(unix)]
mod signals;
mod state;
#[cfg(unix)]
mod terminal;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub mod tracer;
mod walkthrough;
mod world;

pub use files::{contents, mode, tree};
pub use interpreter::{Interpreter, interpreter, interpreter_besides, interpreters};
pub use invocation::Invocation;
pub use left_out::left_out;
pub use outcome::Outcome;
pub use prerequisite::{
    actionlint, conda_lock_python, mount_namespace, offline_packages, optional, prerequisite, tools_python,
};
pub use python_build::python_build;
pub use reader::reader;
pub use repository::{clean_copy, repository_files, workspace_root};
#[cfg(unix)]
pub use signals::default_for_children;
pub use state::State;
#[cfg(unix)]
pub use terminal::Terminal;
pub use walkthrough::walk;
pub use world::World;
