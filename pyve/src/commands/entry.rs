//! A command as the command line knows it, and the options that several commands have.

use std::str::FromStr;

use anyhow::Result;
use clap::{Arg, ArgMatches, Command};
use pyve_formats::sha256;

use crate::context::Session;
use crate::failure::Failure;
use crate::project::EnvironmentName;

/// A command as the command line knows it.
pub struct Entry {
    pub name: &'static str,
    /// Its part of the command line.
    pub arguments: fn() -> Command,
    /// Does it; the exit code of success.
    pub execute: fn(&ArgMatches, &Session) -> Result<u8>,
    /// The exit code for a failure with this code.
    pub failed: fn(u8) -> u8,
}

/// `--env`.
pub fn environment(help: &'static str) -> Arg {
    Arg::new("env").long("env").value_name("NAME").help(help).value_parser(EnvironmentName::from_str)
}

/// A SHA-256 that was typed, in lower-case hex.
pub fn checked_hash(text: &str) -> Result<String, Failure> {
    let is_none = || Failure::usage(format!("invalid SHA-256 `{text}`: use 64 hexadecimal digits"));
    sha256::parse(text.trim()).ok_or_else(is_none)
}
