//! What `pyve init` was told on its command line.

use std::str::FromStr;

use clap::{Arg, ArgAction, ArgMatches, Command};
use pyve_plugin_api::Description;

use crate::config::{self, CommandLine};
use crate::project::EnvironmentName;

/// The words of one `init`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub backend: Option<String>,
    pub environment: Option<EnvironmentName>,
    pub python: Option<String>,
    /// `DIR`, and the flags that backends declare.
    pub line: CommandLine,
    pub local_env: bool,
    pub no_direnv: bool,
    pub force: bool,
    pub update: bool,
    /// The current folder is the project, whatever lies above it.
    pub here: bool,
    pub strict: bool,
    pub yes: bool,
    pub dry_run: bool,
    pub explain: bool,
    pub json: bool,
    /// `Some(true)` for `--install-deps`, `Some(false)` for `--no-install-deps`.
    pub install_deps: Option<bool>,
    pub bootstrap: Bootstrap,
}

/// What may be done about a missing tool without asking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Bootstrap {
    /// Nothing was said.
    #[default]
    Ask,
    /// `--auto-bootstrap`: where the backend thinks best.
    Auto,
    /// `--bootstrap-to WHERE`.
    To(String),
}

impl Options {
    pub fn from(matches: &ArgMatches, backends: &[Description]) -> Self {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let switch = |name: &str| matches.get_flag(name);
        Self {
            backend: text("backend"),
            environment: matches.get_one("env").cloned(),
            python: text("python-version"),
            line: CommandLine::from(matches, backends).positional(text("DIR")),
            local_env: switch("local-env"),
            no_direnv: switch("no-direnv"),
            force: switch("force"),
            update: switch("update"),
            here: switch("here"),
            strict: switch("strict"),
            yes: switch("yes"),
            dry_run: switch("dry-run"),
            explain: switch("explain"),
            json: switch("json"),
            install_deps: match (switch("install-deps"), switch("no-install-deps")) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                _ => None,
            },
            bootstrap: match text("bootstrap-to") {
                Some(place) => Bootstrap::To(place),
                None if switch("auto-bootstrap") => Bootstrap::Auto,
                None => Bootstrap::Ask,
            },
        }
    }
}

impl Options {
    /// Whether it is about what was initialised before, as other commands are.
    pub fn is_about_what_stands(&self) -> bool {
        self.force || self.update || self.environment.is_some()
    }

    /// Whether only something is printed.
    pub fn changes_nothing(&self) -> bool {
        self.dry_run || self.explain
    }
}

/// The command line of `init`: its own options, and those that the backends declare.
pub fn arguments(backends: &[Description]) -> Command {
    let command = Command::new("init")
        .about("Make the project's environment and wire it into direnv, .env and git")
        .after_help(EXAMPLES)
        .arg(Arg::new("DIR").help(folder_help(backends)))
        .arg(text("backend", "BACKEND", "The backend to use; `auto` lets the project's files decide"))
        .arg(text(
            "python-version",
            "VERSION",
            "The Python to use (3.12, 3.12.4, >=3.11), pinned for the version manager where there is one",
        ))
        .arg(
            text("env", "NAME", "Make another environment of the project, for `pyve run --env NAME`")
                .value_parser(EnvironmentName::from_str),
        )
        .arg(switch("install-deps", "Install the project's dependencies without asking"))
        .arg(switch("no-install-deps", "Do not install them, and do not ask").conflicts_with("install-deps"))
        .arg(switch("local-env", "Start .env from the template ~/.local/.env"))
        .arg(switch("no-direnv", "Write no .envrc"))
        .arg(switch("force", "Make the environment anew; the old one comes back if that fails"))
        .arg(
            switch("update", "Bring it in line with today's settings; take over a project of the bash tool")
                .conflicts_with("force"),
        )
        .arg(switch("here", "Initialize the current directory, even if a project above it is already initialized"))
        .arg(switch("auto-bootstrap", "Download the backend's tool if it is missing"))
        .arg(
            text("bootstrap-to", "WHERE", "Download it into the project's or the user's sandbox")
                .value_parser(["project", "user"]),
        )
        .arg(switch("strict", "Take what is doubtful, such as a stale lock file, as an error"))
        .arg(switch("yes", "Answer yes to every question that is safe").short('y'))
        .arg(switch("dry-run", "Print what would be done and do nothing"))
        .arg(switch("explain", "Print how the backend is chosen and do nothing"))
        .arg(switch("json", "With --dry-run or --explain: print JSON"));
    config::arguments(command, backends)
}

fn folder_help(backends: &[Description]) -> String {
    let help = "The environment's folder, for backends that let you name it";
    match backends.iter().find_map(|backend| backend.positional().into_option()) {
        Some(setting) => format!("{help} [default: {}]", setting.default),
        None => help.to_owned(),
    }
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help).action(ArgAction::SetTrue)
}

fn text(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

const EXAMPLES: &str = "\
Examples:
  pyve init                             choose by the project's files
  pyve init .env-dev                    make the virtual environment in .env-dev
  pyve init --python-version 3.12       use Python 3.12 and pin it
  pyve init --install-deps --no-direnv  make it and install the dependencies, for CI
  pyve init --dry-run                   see what would be done";
