//! The backends' settings as flags of a command.

use std::collections::BTreeMap;

use clap::{Arg, ArgAction, ArgMatches, Command};
use pyve_plugin_api::{Description, Setting, SettingKind};

/// What the command line says of settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine {
    /// By flag, without dashes.
    pub flags: BTreeMap<String, Vec<String>>,
    /// The `DIR` of `init` and `purge`.
    pub positional: Option<String>,
}

/// Adds the flags of all `known` backends to a command. One that the command has already stays the
/// command's own; one that two backends share is there once.
pub fn arguments(mut command: Command, known: &[Description]) -> Command {
    for description in known {
        for setting in description.settings.iter().filter(|setting| !setting.flag.is_empty()) {
            let has = command.get_arguments().any(|argument| argument.get_long() == Some(setting.flag.as_str()));
            if !has {
                command = command.arg(argument(known, setting));
            }
        }
    }
    command
}

fn argument(known: &[Description], setting: &Setting) -> Arg {
    let flag = setting.flag.to_string();
    let has = |owner: &&Description| owner.settings.iter().any(|other| other.flag == setting.flag);
    let owners: Vec<&str> = known.iter().filter(has).map(|owner| owner.id.as_str()).collect();
    let argument = Arg::new(id(&flag)).long(flag).help(format!("{} [{}]", setting.summary, owners.join(", ")));
    match setting.kind {
        SettingKind::BOOL => argument
            .value_parser(["true", "false"])
            .hide_possible_values(true)
            .value_name("true|false")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true"),
        SettingKind::LIST => argument.action(ArgAction::Append).value_name("VALUE"),
        SettingKind::PATH => argument.value_name("PATH"),
        _ => argument.value_name("VALUE"),
    }
}

/// Apart from the ids of the command's own arguments.
fn id(flag: &str) -> String {
    format!("setting-{flag}")
}

impl CommandLine {
    /// What was said by the flags that [`arguments`] added.
    pub fn from(matches: &ArgMatches, known: &[Description]) -> Self {
        let settings = known.iter().flat_map(|description| &description.settings);
        let said = settings.filter_map(|setting| {
            let values = matches.try_get_many::<String>(&id(&setting.flag)).ok()??;
            Some((setting.flag.to_string(), values.cloned().collect()))
        });
        Self { flags: said.collect(), positional: None }
    }

    /// Adds the `DIR`.
    pub fn positional(mut self, directory: Option<String>) -> Self {
        self.positional = directory;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::known;
    use super::*;

    fn parsed(words: &str) -> Result<CommandLine, clap::Error> {
        let known = known();
        let own = Command::new("init").arg(Arg::new("force").long("force").action(ArgAction::SetTrue));
        let command = arguments(own, &known);
        let matches = command.try_get_matches_from(["init"].into_iter().chain(words.split_whitespace()))?;
        Ok(CommandLine::from(&matches, &known))
    }

    #[test]
    fn flags_are_told_by_their_names() {
        let line = parsed("--env-name x --channel a --channel b --offline --force").unwrap();
        let flags: Vec<String> =
            line.flags.iter().map(|(flag, values)| format!("{flag}={}", values.join("|"))).collect();
        assert_eq!(flags, ["channel=a|b", "env-name=x", "offline=true"]);
        assert_eq!(parsed("--offline=false").unwrap().flags["offline"], ["false"]);
        assert_eq!(parsed("").unwrap(), CommandLine::default());
        assert!(parsed("--offline=maybe").is_err());
    }

    #[test]
    fn a_backend_cannot_take_a_flag_of_the_command() {
        let mut known = known();
        known.push(
            Description::new("fern", "1", "Ferns")
                .setting(Setting::new("force", SettingKind::TEXT, "taken").flag("force")),
        );
        known.push(
            Description::new("rush", "1", "Rushes")
                .setting(Setting::new("env_name", SettingKind::TEXT, "shared").flag("env-name")),
        );
        let own = Command::new("init").arg(Arg::new("force").long("force").action(ArgAction::SetTrue));
        let matches = arguments(own, &known).try_get_matches_from(["init", "--force", "--env-name", "n"]).unwrap();
        assert!(matches.get_flag("force"));
        assert_eq!(CommandLine::from(&matches, &known).flags.keys().collect::<Vec<_>>(), ["env-name"]);
    }
}
