//! The options that every command understands.

use std::path::PathBuf;

use anstream::ColorChoice;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::caller::{Caller, Persistence};
use crate::context::Session;
use crate::failure::Failure;
use crate::ui::{Console, Volume};

/// Adds the options to a command.
pub fn arguments(command: Command) -> Command {
    command
        .arg(
            Arg::new("directory")
                .short('C')
                .value_name("DIR")
                .help("Work as if started in DIR; may be given more than once")
                .action(ArgAction::Append)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(Arg::new("quiet").short('q').long("quiet").global(true).help("Say less").action(ArgAction::SetTrue))
        .arg(
            Arg::new("verbose")
                .long("verbose")
                .global(true)
                .conflicts_with("quiet")
                .help("Say more")
                .action(ArgAction::SetTrue),
        )
        .arg(
            Arg::new("offline")
                .long("offline")
                .global(true)
                .help("Fetch nothing from the network")
                .action(ArgAction::SetTrue),
        )
        .arg(
            Arg::new("color")
                .long("color")
                .global(true)
                .value_name("WHEN")
                .value_parser(["auto", "always", "never"])
                .default_value("auto")
                .help("Use colour"),
        )
}

/// What was said by them.
pub struct Globals {
    directories: Vec<PathBuf>,
    volume: Volume,
    color: ColorChoice,
    offline: bool,
}

impl Globals {
    pub fn from(matches: &ArgMatches) -> Self {
        // Options that are global to clap are found in the innermost command.
        let inner = matches.subcommand().map_or(matches, |(_, inner)| inner);
        let said = |name: &str| [matches, inner].iter().any(|level| level.get_flag(name));
        let color = [inner, matches].into_iter().filter_map(|level| level.get_one::<String>("color"));
        Self {
            directories: matches.get_many("directory").unwrap_or_default().cloned().collect(),
            volume: match (said("quiet"), said("verbose")) {
                (true, _) => Volume::Quiet,
                (_, true) => Volume::Verbose,
                _ => Volume::Normal,
            },
            color: match color.map(String::as_str).find(|when| *when != "auto") {
                Some("always") => ColorChoice::Always,
                Some("never") => ColorChoice::Never,
                _ => ColorChoice::Auto,
            },
            offline: said("offline"),
        }
    }

    /// None was said but `-C`.
    pub fn plain(directories: Vec<PathBuf>) -> Self {
        Self { directories, volume: Volume::Normal, color: ColorChoice::Auto, offline: false }
    }

    /// A console that needs nothing else to be known.
    pub fn console(&self) -> Console {
        Console::new(self.volume, self.color, true)
    }

    pub fn session(&self) -> Result<Session, Failure> {
        let caller = Caller::now(&self.directories)?;
        let console = Console::new(self.volume, self.color, caller.unicode());
        Ok(Session { caller, console, offline: self.offline, persistence: Persistence::ReadWrite })
    }
}
