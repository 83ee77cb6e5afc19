//! A command as the command line knows it, and the options that several commands have.

use std::str::FromStr;

use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command};
use pyve_formats::sha256;

use crate::context::Session;
use crate::failure::{Failure, exit};
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

impl Entry {
    /// Does the one of `entries` that is named behind the command.
    pub fn execute_one(entries: &[Self], matches: &ArgMatches, session: &Session) -> Result<u8> {
        let named = matches.subcommand().and_then(|(name, inner)| {
            let entry = entries.iter().find(|entry| entry.name == name)?;
            Some((entry.execute)(inner, session))
        });
        named.unwrap_or(Ok(exit::USAGE))
    }
}

/// An option without a value.
pub fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help).action(ArgAction::SetTrue)
}

/// An option with a value, which the help calls `value`.
pub fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

/// `--yes`.
pub fn yes(help: &'static str) -> Arg {
    switch("yes", help).short('y')
}

/// `--no-dotenv`.
pub fn no_dotenv() -> Arg {
    switch("no-dotenv", "Do not set the variables of the project's .env")
}

/// `--env`.
pub fn environment(help: &'static str) -> Arg {
    option("env", "NAME", help).value_parser(EnvironmentName::from_str)
}

/// A SHA-256 that was typed, in lower-case hex.
pub fn checked_hash(text: &str) -> Result<String, Failure> {
    let is_none = || Failure::usage(format!("invalid SHA-256 `{text}`: use 64 hexadecimal digits"));
    sha256::parse(text.trim()).ok_or_else(is_none)
}
