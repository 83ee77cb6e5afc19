//! A small micromamba for tests: the program, and the making of channels for it or the real one.
//!
//! Tests start it through `pyve_testkit::micromamba`, which gives the real one where `PYVE_TEST_MICROMAMBA` names it.
//! [`sample::channel`] makes a channel with a python, a command, a package with activation scripts and a noarch one. What the stand-in was called with is appended to the file
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
