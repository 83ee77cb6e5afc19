//! A small pixi for tests, which answers as the sources of pixi 0.77 say: `tests/table.rs` names the file for each answer.
//!
//! It knows the packages of [`channel`] and no network. `PIXI_STANDIN_PYTHON` names the interpreter that its package `python`
//! links to, and `PIXI_STANDIN_LOG` a file that each call is appended to, a line of words.

pub mod channel;
pub mod program;

mod activate;
mod info;
mod install;
mod lock_file;
mod workspace;
