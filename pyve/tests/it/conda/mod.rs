//! `pyve` with conda environments: against the stand-in, or the real micromamba of `PYVE_TEST_MICROMAMBA`.

mod again;
mod asking;
mod bash_project;
mod bootstrap;
mod creating;
mod envrc;
mod failing;
mod guardrails;
mod inherited;
mod locking;
pub mod place;
mod running;
pub mod server;
mod several;
mod switching;
mod unfinished;
