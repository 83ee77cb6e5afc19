//! What `pyve init` was told on its command line.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint};
use pyve_plugin_api::Description;

use crate::config::{self, CommandLine};
use crate::failure::Failure;
use crate::plugins::Taken;
use crate::project::EnvironmentName;

/// The words of one `init`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub backend: Option<String>,
    pub environment: Option<EnvironmentName>,
    /// The environment that `.envrc` enters from then on.
    pub direnv_env: Option<EnvironmentName>,
    /// Every environment that the settings name or that was created.
    pub all: bool,
    pub python: Option<String>,
    /// `DIR`, and the flags that backends declare.
    pub line: CommandLine,
    pub local_env: bool,
    pub no_direnv: bool,
    pub force: bool,
    pub update: bool,
    /// What is installed and not locked is removed.
    pub prune: bool,
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
    /// The environment is created beside the one in use, which stays that: settings, `.envrc` and what the environment was
    /// last initialised with stay as they are. No word of the command line; a migration wants it.
    pub beside: bool,
    /// Where it is created, if the usual place is that of the one in use.
    pub place: Option<PathBuf>,
    /// What no plugin can have, for an `init` that may add one which the settings name; without it none is offered.
    pub taken: Option<fn() -> Result<Taken, Failure>>,
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
            direnv_env: matches.get_one("direnv-env").cloned(),
            all: switch("all"),
            python: text("python-version"),
            line: CommandLine::from(matches, backends).positional(text("DIR")),
            local_env: switch("local-env"),
            no_direnv: switch("no-direnv"),
            force: switch("force"),
            update: switch("update"),
            prune: switch("prune"),
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
            bootstrap: bootstrap(matches),
            beside: false,
            place: None,
            taken: None,
        }
    }
}

/// What `--auto-bootstrap` and `--bootstrap-to` say.
pub fn bootstrap(matches: &ArgMatches) -> Bootstrap {
    match matches.get_one::<String>("bootstrap-to") {
        Some(place) => Bootstrap::To(place.clone()),
        None if matches.get_flag("auto-bootstrap") => Bootstrap::Auto,
        None => Bootstrap::Ask,
    }
}

impl Options {
    /// Whether it is about what was initialised before, as other commands are.
    pub fn is_about_what_stands(&self) -> bool {
        self.force || self.update || self.all || self.environment.is_some() || self.direnv_env.is_some()
    }

    /// Whether only something is printed.
    pub fn changes_nothing(&self) -> bool {
        self.dry_run || self.explain
    }
}

/// The command line of `init`: its own options, and those that the backends declare.
pub fn arguments(backends: &[Description]) -> Command {
    let command = Command::new("init")
        .about("Create the project's environment and set up direnv, .env and git")
        .after_help(AFTER_HELP)
        .arg(Arg::new("DIR").help(folder_help(backends)).value_hint(ValueHint::DirPath))
        .arg(text("backend", "BACKEND", "Use this backend; `auto` selects it by the project's files"))
        .arg(text("python-version", "VERSION", "Use this Python version, such as 3.12, 3.12.4 or >=3.11, and pin it"))
        .arg(
            text("env", "NAME", "Create another environment, to be used with `pyve run --env NAME`")
                .value_parser(EnvironmentName::from_str),
        )
        .arg(
            switch("all", "Create every environment that .pyve/config names")
                .conflicts_with_all(["env", "DIR", "backend", "json"]),
        )
        .arg(switch("install-deps", "Install the project's dependencies, and print what was left out"))
        .arg(switch("no-install-deps", "Skip dependency installation").conflicts_with("install-deps"))
        .arg(switch("local-env", "Copy the template ~/.local/.env to .env"))
        .arg(switch("no-direnv", "Do not create .envrc"))
        .arg(
            text("direnv-env", "NAME", "Let .envrc enter this environment; create it if needed")
                .value_parser(EnvironmentName::from_str)
                .conflicts_with("no-direnv"),
        )
        .arg(switch("force", "Recreate the environment; restore the old one on failure"))
        .arg(
            switch(
                "update",
                "Update the environment to match the current settings; migrate a project of the bash tool",
            )
            .conflicts_with("force"),
        )
        .arg(switch("prune", "With `--update`, remove packages that the lock file does not name").requires("update"))
        .arg(switch("here", "Initialize the current directory, even inside another project"))
        .arg(switch("auto-bootstrap", "Download the backend's tool, or a Python, if it is not found"))
        .arg(
            text("bootstrap-to", "WHERE", "Download the backend's tool to the project or for the user")
                .value_parser(["project", "user"]),
        )
        .arg(switch("strict", "Treat warnings, such as a stale lock file, as errors"))
        .arg(switch("yes", "Answer yes to safe prompts").short('y'))
        .arg(switch("dry-run", "Print what would be done, without doing it"))
        .arg(switch("explain", "Print how the backend is selected, and exit"))
        .arg(switch("json", "Print JSON; requires `--dry-run` or `--explain`"));
    config::arguments(command, backends)
}

fn folder_help(backends: &[Description]) -> String {
    let help = "Directory of the environment, for backends that allow it";
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

const AFTER_HELP: &str = "\
Examples:
  pyve init                             Select the backend automatically
  pyve init .env-dev                    Create the environment in .env-dev
  pyve init --python-version 3.12       Use Python 3.12 and pin it
  pyve init --install-deps --no-direnv  Create it and install dependencies in CI
  pyve init --install-deps --group dev  Install a dependency group as well
  pyve init --dry-run                   Print what would be done";
