//! `pyve init`: create the project's environment.

use anyhow::Result;
use clap::{ArgMatches, Command};

use super::entry::Entry;
use super::plugin;
use crate::caller::{Caller, Persistence};
use crate::context::{Backends, Session};
use crate::failure::Failure;
use crate::init::{self, options};

pub const ENTRY: Entry = Entry { name: "init", arguments, execute, failed: |code| code };

fn arguments() -> Command {
    // The flags that plugins declare are known without opening any.
    let backends = Caller::now(&[]).and_then(|caller| Backends::of_caller(&caller, Persistence::ReadWrite));
    options::arguments(backends.as_ref().map_or(&[], Backends::descriptions))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let options = options::Options::from(matches, Backends::known(session)?.descriptions());
    let options = options::Options { taken: Some(plugin::everywhere), ..options };
    if options.json && !options.changes_nothing() {
        return Err(Failure::usage("`--json` requires `--dry-run` or `--explain`")
            .remedy("run `pyve init --dry-run --json` or `pyve init --explain --json`")
            .into());
    }
    init::execute(&options, session)
}
