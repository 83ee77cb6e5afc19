//! A small micromamba for tests: the program, and the making of channels for it or the real one.
//!
//! [`program::path`] is the micromamba to test with: the one that `PYVE_TEST_MICROMAMBA` names, else the
//! stand-in, built on first use. [`sample::channel`] makes a channel with a python, a command, a package
//! with activation scripts and a noarch one. What the stand-in was called with is appended to the file
//! that `PYVE_STANDIN_LOG` names, a JSON list a line.

pub mod channel;
pub mod program;
pub mod sample;

mod activate;
mod create;
mod explain;
mod link;
mod output;
mod record;
mod settings;
mod solve;
mod spec_file;
