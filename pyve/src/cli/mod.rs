//! The command line: from words to one command, and from its outcome to an exit code.

mod complete;
mod legacy_flags;
mod run_line;
mod usage_error;

use std::ffi::OsString;
use std::io::Write;

use anstream::ColorChoice;
use clap::ArgMatches;
use clap::error::ErrorKind;

use crate::commands::{self, Entry, Globals};
use crate::context::Typed;
use crate::failure::{self, Failure, exit};
use crate::plugins;
use crate::ui::{Console, Volume, console};
use run_line::RunLine;

/// Runs the command that the words ask for and returns the exit code.
pub fn run(words: Vec<OsString>) -> u8 {
    if let Some(line) = run_line::read(&words) {
        return run_fast(line);
    }
    if let Some(served) = plugins::process::serve(&words) {
        // pyve started itself to ask a plugin; what goes wrong is told by whoever listens.
        return if served.is_ok() { exit::DONE } else { exit::FAILED };
    }
    if let Some(code) = complete::answer(&words) {
        return code;
    }
    let words = legacy_flags::modern(words);
    let wanted = legacy_flags::command_name(&words);
    let color = commands::color(&words);
    let mut tree = commands::tree(wanted.as_deref()).color(for_clap(color));
    match tree.try_get_matches_from_mut(&words) {
        Ok(matches) => dispatch(&matches),
        Err(error) => {
            let console = Console::new(Volume::Normal, color, true);
            let entry = wanted.as_deref().and_then(commands::find);
            match (refuse(&error, &console, || usage_error::failure(&error, &words, &tree)), entry) {
                (exit::DONE, _) => exit::DONE,
                (code, Some(entry)) => (entry.failed)(code),
                (code, None) => code,
            }
        }
    }
}

fn for_clap(color: ColorChoice) -> clap::ColorChoice {
    match color {
        ColorChoice::Always | ColorChoice::AlwaysAnsi => clap::ColorChoice::Always,
        ColorChoice::Never => clap::ColorChoice::Never,
        ColorChoice::Auto => clap::ColorChoice::Auto,
    }
}

/// `pyve run` on its short way.
fn run_fast(line: RunLine) -> u8 {
    let globals = Globals::plain(line.directories);
    let outcome = globals.session().and_then(|session| commands::run::enter(&line.asked, &session));
    outcome.unwrap_or_else(|failure| {
        let typed = line.asked.typed(globals.directories());
        report(&commands::run::ENTRY, failure, &typed, &globals.console())
    })
}

fn dispatch(matches: &ArgMatches) -> u8 {
    let globals = Globals::from(matches);
    let Some((name, arguments)) = matches.subcommand() else { return exit::USAGE };
    let Some(entry) = commands::find(name) else { return exit::USAGE };
    let session = match globals.session() {
        Ok(session) => session,
        Err(failure) => return report(entry, failure, &Typed::default(), &globals.console()),
    };
    let outcome = (entry.execute)(arguments, &session);
    match outcome.map_err(|error| failure::from_error(&error)).and_then(|code| session.console.written().map(|()| code))
    {
        Ok(code) => code,
        Err(failure) => report(entry, failure, &commands::typed(globals.directories(), arguments), &session.console),
    }
}

/// What helps is told as it is to be typed after what was.
fn report(entry: &Entry, failure: Failure, typed: &Typed, console: &Console) -> u8 {
    let code = failure.code;
    let remedy = typed.completed(*failure.remedy.clone());
    console.failure(&failure.with_remedy(remedy));
    (entry.failed)(code)
}

/// Help and version are results; anything else is wrong usage. The exit code.
fn refuse(error: &clap::Error, console: &Console, wrong: impl Fn() -> Failure) -> u8 {
    if error.use_stderr() && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        console.failure(&wrong());
        return exit::USAGE;
    }
    let printed = error.print().and_then(|()| std::io::stdout().flush());
    match console::written(printed) {
        Ok(()) if error.use_stderr() => exit::USAGE,
        Ok(()) => exit::DONE,
        Err(failure) => {
            console.failure(&failure);
            failure.code
        }
    }
}
