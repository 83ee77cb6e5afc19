//! Help, version and wrong usage, as a terminal of 80 columns shows them.

use std::process::Command;

use insta::assert_snapshot;

use crate::home::{Home, Said};

const COMMANDS: [&str; 33] = [
    "",
    "init",
    "run",
    "activate",
    "deactivate",
    "doctor",
    "lock",
    "migrate",
    "purge",
    "allow",
    "deny",
    "config",
    "envs",
    "python",
    "python list",
    "python install",
    "python uninstall",
    "python pin",
    "python-version",
    "self",
    "self install",
    "self uninstall",
    "shell-hook",
    "plugin",
    "plugin list",
    "plugin info",
    "plugin add",
    "plugin remove",
    "plugin trust",
    "plugin check",
    "plugin new",
    "completions",
    "man",
];

fn narrow(home: &Home, line: &str) -> Said {
    let mut command: Command = home.command(env!("CARGO_BIN_EXE_pyve"));
    home.said(command.env("COLUMNS", "80").args(line.split_whitespace()))
}

#[test]
fn every_help_fits_into_80_columns_and_has_its_global_options_apart() {
    let home = Home::new();
    for name in COMMANDS {
        let said = narrow(&home, &format!("{name} --help"));
        assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{name}");
        let lines: Vec<&str> = said.stdout.lines().collect();
        let too_long: Vec<&&str> = lines.iter().filter(|line| line.chars().count() > 80).collect();
        assert!(too_long.is_empty(), "{name}: {too_long:#?}");
        assert_eq!(lines.iter().filter(|line| **line == "Global options:").count(), 1, "{name}");
        assert!(!said.stdout.contains("\n\n\n"), "{name}: {}", said.stdout);
        // What wraps once does not leave a word alone in the middle of a paragraph.
        let short = lines.windows(3).filter(|three| !three[0].starts_with(' ') && three[0].chars().count() > 60);
        let mut torn = short.filter(|three| (1..20).contains(&three[1].chars().count()) && !three[2].is_empty());
        assert!(torn.next().is_none(), "{name}: {}", said.stdout);
    }
}

#[test]
fn the_first_help_that_anybody_reads() {
    assert_snapshot!(narrow(&Home::new(), "--help").stdout, @"
    One easy entry point for the environments of every Python project

    Usage: pyve [OPTIONS] <COMMAND>

    Commands:
      init            Create the project's environment and set up direnv, .env and
                      git
      run             Run a command in the environment, without activating it
      activate        Activate an environment in this shell
      deactivate      Deactivate the environment that is active in this shell
      doctor          Diagnose the environment and suggest fixes
      envs            List the project's environments
      lock            Lock the versions of an environment's packages
      migrate         Move an environment to another backend
      purge           Remove everything pyve created in the project
      allow           Allow an untrusted environment and automatic activation
      deny            Deny an untrusted environment and automatic activation
      config          Show settings, their sources and the selected backend
      python          List, install and pin Python versions
      python-version  Pin the project's Python version, or show it
      self            Install, update or uninstall pyve itself
      shell-hook      Print the shell code for `pyve activate` and for the prompt
      plugin          Manage plugins: third-party backends
      completions     Print shell completions
      man             Print a manual page, or write all of them
      help            Print this message or the help of the given subcommand(s)

    Global options:
      -C <DIR>            Change to DIR before running; may be repeated
      -q, --quiet         Print less output
      -v, --verbose...    Print more output
          --offline       Disable network access
          --color <WHEN>  Control the use of color [default: auto] [possible values:
                          auto, always, never]
      -h, --help          Print help
      -V, --version       Print the version, as `-v` without a command does

    Examples:
      pyve init                       Create the environment the project asks for
      pyve init --backend micromamba  Select the backend
      pyve run pytest -q              Run a command in the environment
      pyve config                     Show settings and their sources

    The flags of the bash tool still work: `pyve --init`, `--purge`, `--config`,
    `--python-version`, `--install`, `--uninstall`, `-i`, `-p`, `-c`.
    ");
    assert_snapshot!(narrow(&Home::new(), "init -h").stdout, @"
    Create the project's environment and set up direnv, .env and git

    Usage: pyve init [OPTIONS] [DIR]

    Arguments:
      [DIR]  Directory of the environment, for backends that allow it [default:
             .venv]

    Options:
          --backend <BACKEND>
              Use this backend; `auto` selects it by the project's files
          --python-version <VERSION>
              Use this Python version, such as 3.12, 3.12.4 or >=3.11, and pin it
          --env <NAME>
              Create another environment, to be used with `pyve run --env NAME`
          --all
              Create every environment that .pyve/config names
          --install-deps
              Install the project's dependencies, and print what was left out
          --no-install-deps
              Skip dependency installation
          --local-env
              Copy the template ~/.local/.env to .env
          --no-direnv
              Do not create .envrc
          --direnv-env <NAME>
              Let .envrc enter this environment; create it if needed
          --force
              Recreate the environment; restore the old one on failure
          --update
              Update the environment to match the current settings; migrate a
              project of the bash tool
          --prune
              With `--update`, remove packages that the lock file does not name
          --here
              Initialize the current directory, even inside another project
          --auto-bootstrap
              Download the backend's tool, or a Python, if it is not found
          --bootstrap-to <WHERE>
              Download the backend's tool to the project or for the user [possible
              values: project, user]
          --strict
              Treat warnings, such as a stale lock file, as errors
      -y, --yes
              Answer yes to safe prompts
          --dry-run
              Print what would be done, without doing it
          --explain
              Print how the backend is selected, and exit
          --json
              Print JSON; requires `--dry-run` or `--explain`
          --env-name <VALUE>
              The name of the environment [micromamba]
          --env-file <PATH>
              The file that the environment is made from [micromamba]
          --channel <VALUE>
              Channels to look for packages in, before those of the file
              [micromamba]
          --category <VALUE>
              Categories of the lock file to install [micromamba]
          --requirements <VALUE>
              Files of requirements to install, instead of requirements.txt [venv]
          --extra <VALUE>
              Extras of the project to install [venv]
          --group <VALUE>
              Dependency groups to install [venv]
          --all-extras[=<true|false>]
              Whether to install all extras of the project [venv]

    Global options:
      -q, --quiet         Print less output
      -v, --verbose...    Print more output
          --offline       Disable network access
          --color <WHEN>  Control the use of color [default: auto] [possible values:
                          auto, always, never]
      -h, --help          Print help

    Examples:
      pyve init                             Select the backend automatically
      pyve init .env-dev                    Create the environment in .env-dev
      pyve init --python-version 3.12       Use Python 3.12 and pin it
      pyve init --install-deps --no-direnv  Create it and install dependencies in CI
      pyve init --install-deps --group dev  Install a dependency group as well
      pyve init --dry-run                   Print what would be done
    ");
}

#[test]
fn every_spelling_of_the_version() {
    let home = Home::new();
    let version = format!("pyve {}\n", env!("CARGO_PKG_VERSION"));
    for line in ["--version", "-V", "-v", "-q -v"] {
        assert_eq!((home.pyve(line).code, home.pyve(line).stdout), (0, version.clone()), "{line}");
    }
    // With a command it is `--verbose`.
    let said = home.pyve("-vv init --dry-run --no-direnv");
    assert_eq!(said.code, 0, "{}", said.whole());
    assert!(!said.stdout.contains(&version), "{}", said.whole());
    assert_snapshot!(home.pyve("-vv").whole(), @"
    2
    --- stdout
    --- stderr
    error: `pyve` requires a command
      Usage: pyve [OPTIONS] <COMMAND>
    hint: run `pyve --help`
    ");
}

#[test]
fn wrong_usage_has_the_form_of_every_error() {
    let home = Home::new();
    assert_snapshot!(home.pyve("inti").whole(), @"
    2
    --- stdout
    --- stderr
    error: no such command: `pyve inti`
    hint: did you mean `pyve init`?
    ");
    assert_snapshot!(home.pyve("add requests").whole(), @"
    2
    --- stdout
    --- stderr
    error: no such command: `pyve add`
    hint: list the package in the project's own file, then run `pyve init --install-deps`
    ");
    assert_snapshot!(home.pyve("init --json").whole(), @"
    2
    --- stdout
    --- stderr
    error: `--json` requires `--dry-run` or `--explain`
    hint: run `pyve init --dry-run --json` or `pyve init --explain --json`
    ");
    assert_snapshot!(home.pyve("run --nonsense").whole(), @"
    125
    --- stdout
    --- stderr
    error: unexpected argument `--nonsense`
      Usage: pyve run [OPTIONS] [--] CMD [ARGS]...
    hint: run `pyve run --help`
    ");
}

#[test]
fn wrong_usage_and_help_obey_color() {
    let home = Home::new();
    let said = |line: &str, variable: &str| {
        let mut command = home.command(env!("CARGO_BIN_EXE_pyve"));
        home.said(command.args(line.split(' ')).env(variable, "1"))
    };
    let red = "\u{1b}[1m\u{1b}[31merror:\u{1b}[0m";
    assert!(said("--color always inti", "X").stderr.starts_with(red));
    assert!(said("inti --color=always", "X").stderr.starts_with(red));
    assert!(said("inti", "CLICOLOR_FORCE").stderr.starts_with(red));
    assert!(said("--color never inti", "CLICOLOR_FORCE").stderr.starts_with("error:"));
    assert!(said("inti", "NO_COLOR").stderr.starts_with("error:"));
    assert!(said("--color always --help", "X").stdout.contains('\u{1b}'));
    assert!(!said("--color never --help", "CLICOLOR_FORCE").stdout.contains('\u{1b}'));
}
