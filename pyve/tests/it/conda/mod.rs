//! `pyve` with conda environments: against the stand-in, or the real micromamba of `PYVE_TEST_MICROMAMBA`.

mod again;
mod creating;
mod failing;
mod guardrails;
mod place;
mod running;
