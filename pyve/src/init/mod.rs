//! `pyve init`: from a project to an environment that stands, is recorded and wired in.

pub mod options;
mod tool;
