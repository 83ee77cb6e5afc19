//! The options that every command understands.

use std::ffi::OsString;
use std::path::PathBuf;

use anstream::ColorChoice;
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint, value_parser};

use crate::caller::{Caller, Persistence};
use crate::context::Session;
use crate::failure::Failure;
use crate::ui::{Console, Volume};

/// Where they stand in the help.
const HEADING: &str = "Global options";

/// Adds the options to a command.
pub fn arguments(command: Command) -> Command {
    let directory = Arg::new("directory")
        .short('C')
        .value_name("DIR")
        .help("Change to DIR before running; may be repeated")
        .action(ArgAction::Append)
        .value_hint(ValueHint::DirPath)
        .value_parser(value_parser!(PathBuf));
    let color = global("color", "Control the use of color")
        .value_name("WHEN")
        .value_parser(["auto", "always", "never"])
        .default_value("auto");
    command
        .next_help_heading(HEADING)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(directory)
        .arg(global("quiet", "Print less output").short('q').action(ArgAction::SetTrue))
        .arg(global("verbose", "Print more output").short('v').conflicts_with("quiet").action(ArgAction::Count))
        .arg(global("offline", "Disable network access").action(ArgAction::SetTrue))
        .arg(color)
        .arg(global("help", "Print help").short('h').action(ArgAction::Help))
        .arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .help("Print the version, as `-v` without a command does")
                .action(ArgAction::Version),
        )
}

fn global(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help).help_heading(HEADING).global(true)
}

/// What `--color` asks for, found before the rest is understood: help and mistakes obey it, too. The last one counts.
pub fn color(words: &[OsString]) -> ColorChoice {
    let words = words.iter().take_while(|word| *word != "--").map(|word| word.to_string_lossy());
    let words: Vec<_> = words.collect();
    let separate = words.windows(2).filter(|pair| pair[0] == "--color").map(|pair| &*pair[1]);
    let attached = words.iter().filter_map(|word| word.strip_prefix("--color="));
    separate.chain(attached).last().map_or(ColorChoice::Auto, choice)
}

fn choice(when: &str) -> ColorChoice {
    match when {
        "always" => ColorChoice::Always,
        "never" => ColorChoice::Never,
        _ => ColorChoice::Auto,
    }
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
        let levels = [inner, matches];
        let said = |name: &str| levels.iter().any(|level| level.get_flag(name));
        let is_verbose = levels.iter().any(|level| level.get_count("verbose") > 0);
        let color = levels.into_iter().filter_map(|level| level.get_one::<String>("color"));
        Self {
            directories: matches.get_many("directory").unwrap_or_default().cloned().collect(),
            volume: match (said("quiet"), is_verbose) {
                (true, _) => Volume::Quiet,
                (_, true) => Volume::Verbose,
                _ => Volume::Normal,
            },
            color: color.map(String::as_str).find(|when| *when != "auto").map_or(ColorChoice::Auto, choice),
            offline: said("offline"),
        }
    }

    /// `-C`, as it was typed.
    pub fn directories(&self) -> &[PathBuf] {
        &self.directories
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_color_is_known_before_the_line_is_understood() {
        let said = |line: &str| color(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert_eq!(said("pyve --colour x"), ColorChoice::Auto);
        assert_eq!(said("pyve --color always --nonsense"), ColorChoice::Always);
        assert_eq!(said("pyve init --color=never"), ColorChoice::Never);
        assert_eq!(said("pyve run -- x --color always"), ColorChoice::Auto);
    }
}
