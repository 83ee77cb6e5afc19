//! `pyve activate` and `pyve deactivate` in real shells.

mod like_run;
mod matrix;
mod nested;
mod place;
mod refusals;
mod shells;
