//! `pyve run`.
#![cfg(unix)]

mod command;
mod environment;
mod failures;
mod place;
mod records;
mod unrecorded;
