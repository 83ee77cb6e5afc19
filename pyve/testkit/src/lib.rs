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
mod built;
pub mod document;
mod files;
mod filter;
mod interpreter;
mod invocation;
mod left_out;
mod once_in_a_run;
mod outcome;
mod prerequisite;
mod python_build;
mod reader;
mod repository;
mod schema;
#[cfg(unix)]
mod signals;
mod state;
#[cfg(unix)]
mod terminal;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub mod tracer;
mod walkthrough;
mod world;

pub use built::{BUILT_ON_THE_WAY, example_plugins, micromamba, pixi, plugin_library};
pub use files::{contents, mode, tree};
pub use interpreter::{Interpreter, interpreter, interpreter_besides, interpreters};
pub use invocation::Invocation;
pub use left_out::left_out;
pub use once_in_a_run::once_in_a_run;
pub use outcome::Outcome;
pub use prerequisite::{
    actionlint, conda_lock_python, mount_namespace, offline_packages, optional, prerequisite, tools_python,
};
pub use python_build::python_build;
pub use reader::reader;
pub use repository::{clean_copy, repository_files, target, workspace_root};
pub use schema::Schema;
#[cfg(unix)]
pub use signals::default_for_children;
pub use state::State;
#[cfg(unix)]
pub use terminal::Terminal;
pub use walkthrough::walk;
pub use world::World;
