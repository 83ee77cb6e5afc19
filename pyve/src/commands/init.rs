//! `pyve init`: make the project's environment.

use anyhow::Result;
use clap::{ArgMatches, Command};

use super::Entry;
use crate::init::{self, options};
use crate::registry;
use crate::session::Session;

pub const ENTRY: Entry = Entry { name: "init", arguments, execute, failed: |code| code };

fn arguments() -> Command {
    options::arguments(&registry::descriptions().unwrap_or_default())
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let options = options::Options::from(matches, &registry::descriptions()?);
    init::execute(&options, session)
}
