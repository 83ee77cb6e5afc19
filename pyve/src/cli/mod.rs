//! The command line: from words to one command, and from its outcome to an exit code.

mod legacy_flags;
mod run_line;

use std::ffi::OsString;
use std::io::Write;

use anstream::ColorChoice;
use clap::ArgMatches;

use crate::commands::{self, Entry, Globals};
use crate::failure::{self, Failure, exit};
use crate::plugins;
use crate::ui::{Console, Volume, console};
use run_line::RunLine;

/// Runs the command that the words ask for and returns the exit code.
pub fn run(words: Vec<OsString>) -> u8 {
    if let Some(line) = run_line::read(&words) {
        return run_fast(line);
    }
    if let [_, command, serve, library] = words.as_slice()
        && command == "plugin"
        && serve == plugins::process::SERVE
    {
        // pyve started itself to ask a plugin; what goes wrong is told by whoever listens.
        return if plugins::process::serve(library.as_ref()).is_ok() { exit::DONE } else { exit::FAILED };
    }
    let words = legacy_flags::modern(words);
    let wanted = legacy_flags::command_name(&words);
    match commands::tree(wanted.as_deref()).try_get_matches_from(words) {
        Ok(matches) => dispatch(&matches),
        Err(error) => refuse(&error, wanted.as_deref().and_then(commands::find)),
    }
}

/// `pyve run` on its short way.
fn run_fast(line: RunLine) -> u8 {
    let globals = Globals::plain(line.directories);
    let outcome = globals.session().and_then(|session| commands::run::enter(&line.asked, &session));
    outcome.unwrap_or_else(|failure| report(&commands::run::ENTRY, &failure, &globals.console()))
}

fn dispatch(matches: &ArgMatches) -> u8 {
    let globals = Globals::from(matches);
    let Some((name, arguments)) = matches.subcommand() else { return exit::USAGE };
    let Some(entry) = commands::find(name) else { return exit::USAGE };
    let session = match globals.session() {
        Ok(session) => session,
        Err(failure) => return report(entry, &failure, &globals.console()),
    };
    let outcome = (entry.execute)(arguments, &session);
    match outcome.map_err(|error| failure::from_error(&error)).and_then(|code| session.console.written().map(|()| code))
    {
        Ok(code) => code,
        Err(failure) => report(entry, &failure, &session.console),
    }
}

fn report(entry: &Entry, failure: &Failure, console: &Console) -> u8 {
    console.failure(failure);
    (entry.failed)(failure.code)
}

/// Help and version are results; anything else is wrong usage, in clap's own words.
fn refuse(error: &clap::Error, entry: Option<&Entry>) -> u8 {
    let printed = error.print().and_then(|()| std::io::stdout().flush());
    if error.use_stderr() {
        return entry.map_or(exit::USAGE, |entry| (entry.failed)(exit::USAGE));
    }
    match console::written(printed) {
        Ok(()) => exit::DONE,
        Err(failure) => {
            Console::new(Volume::Normal, ColorChoice::Auto, true).failure(&failure);
            entry.map_or(failure.code, |entry| (entry.failed)(failure.code))
        }
    }
}
