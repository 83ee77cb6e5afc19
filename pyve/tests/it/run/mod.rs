//! `pyve run`.
#![cfg(unix)]

mod command;
mod dotenv;
mod environment;
mod failures;
mod place;
mod records;
mod unrecorded;
