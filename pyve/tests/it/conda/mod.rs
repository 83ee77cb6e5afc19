//! `pyve` with conda environments: against the stand-in, or the real micromamba of `PYVE_TEST_MICROMAMBA`.

mod creating;
mod failing;
mod place;
