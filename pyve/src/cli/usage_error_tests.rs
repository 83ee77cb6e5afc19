//! Every kind of wrong usage, as it is told.

use super::*;
use crate::commands;

/// The errors of the lines, one after the other.
fn told(lines: &[&str]) -> String {
    let told = lines.iter().map(|line| {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let mut tree = commands::whole();
        let error = tree.try_get_matches_from_mut(words.clone()).unwrap_err();
        let failure = failure(&error, &words, &tree);
        assert_eq!(failure.code, crate::failure::exit::USAGE);
        let details: String = failure.details.iter().map(|line| format!("  {line}\n")).collect();
        format!("$ {line}\nerror: {}\n{details}hint: {}\n", failure.message, failure.remedy)
    });
    told.collect::<Vec<_>>().join("\n")
}

#[test]
fn unknown_commands() {
    insta::assert_snapshot!(told(&["pyve inti", "pyve pruge", "pyve pure", "pyve zzz", "pyve plugin lst", "pyve self add"]), @"
    $ pyve inti
    error: no such command: `pyve inti`
    hint: did you mean `pyve init`?

    $ pyve pruge
    error: no such command: `pyve pruge`
    hint: run `pyve --help`

    $ pyve pure
    error: no such command: `pyve pure`
    hint: run `pyve --help`

    $ pyve zzz
    error: no such command: `pyve zzz`
    hint: run `pyve --help`

    $ pyve plugin lst
    error: no such command: `pyve plugin lst`
    hint: did you mean `pyve plugin list`?

    $ pyve self add
    error: no such command: `pyve self add`
    hint: run `pyve self --help`
    ");
}

#[test]
fn commands_of_other_tools_get_one_line_that_says_what_to_type() {
    let lines: Vec<String> = ELSEWHERE.iter().map(|(verb, _)| format!("pyve {verb} x")).collect();
    insta::assert_snapshot!(told(&lines.iter().map(String::as_str).collect::<Vec<_>>()), @"
    $ pyve add x
    error: no such command: `pyve add`
    hint: list the package in the project's own file, then run `pyve init --install-deps`

    $ pyve remove x
    error: no such command: `pyve remove`
    hint: remove the package from the project's own file, then run `pyve init --force --install-deps`

    $ pyve install x
    error: no such command: `pyve install`
    hint: to install the project's dependencies, run `pyve init --install-deps`

    $ pyve uninstall x
    error: no such command: `pyve uninstall`
    hint: to uninstall pyve, run `pyve self uninstall`; to remove the environment, run `pyve purge`

    $ pyve sync x
    error: no such command: `pyve sync`
    hint: to update the environment to the project's files, run `pyve init --update --install-deps`

    $ pyve update x
    error: no such command: `pyve update`
    hint: to update the environment to the project's files, run `pyve init --update --install-deps`

    $ pyve upgrade x
    error: no such command: `pyve upgrade`
    hint: to install newer versions, run `pyve lock --upgrade`, then `pyve init --update --install-deps`

    $ pyve shell x
    error: no such command: `pyve shell`
    hint: to activate the environment in this shell, run `pyve activate`

    $ pyve version x
    error: no such command: `pyve version`
    hint: to print the version, run `pyve --version`

    $ pyve exec x
    error: no such command: `pyve exec`
    hint: to run a command in the environment, run `pyve run COMMAND`
    ");
}

#[test]
fn unknown_and_missing_arguments() {
    insta::assert_snapshot!(
        told(&["pyve init --foce", "pyve init a b", "pyve --nonsense", "pyve python-version 3 4", "pyve run", "pyve plugin -q", "pyve -q"]),
        @"
    $ pyve init --foce
    error: unexpected argument `--foce`
      Usage: pyve init --force [DIR]
    hint: did you mean `--force`?

    $ pyve init a b
    error: unexpected argument `b`
      Usage: pyve init [OPTIONS] [DIR]
    hint: run `pyve init --help`

    $ pyve --nonsense
    error: unexpected argument `--nonsense`
      Usage: pyve [OPTIONS] <COMMAND>
    hint: run `pyve --help`

    $ pyve python-version 3 4
    error: unexpected argument `4`
      Usage: pyve python-version [OPTIONS] [VERSION]
    hint: run `pyve python-version --help`

    $ pyve run
    error: missing argument `<CMD>...`
      Usage: pyve run [OPTIONS] [--] CMD [ARGS]...
    hint: run `pyve run --help`

    $ pyve plugin -q
    error: `pyve plugin` requires a command
      Usage: pyve plugin [OPTIONS] <COMMAND>
    hint: run `pyve plugin --help`

    $ pyve -q
    error: `pyve` requires a command
      Usage: pyve [OPTIONS] <COMMAND>
    hint: run `pyve --help`
    "
    );
}

#[test]
fn values_and_conflicts() {
    insta::assert_snapshot!(
        told(&[
            "pyve --color blue config",
            "pyve --color neve config",
            "pyve init --bootstrap-to",
            "pyve init --env ../x",
            "pyve init --force --update",
            "pyve init --force --force",
            "pyve -q -v config",
            "pyve doctor --schema --json",
        ]),
        @"
    $ pyve --color blue config
    error: invalid value `blue` for `--color <WHEN>`
    hint: use `auto`, `always` or `never`

    $ pyve --color neve config
    error: invalid value `neve` for `--color <WHEN>`
    hint: did you mean `never`?

    $ pyve init --bootstrap-to
    error: `--bootstrap-to <WHERE>` requires a value
    hint: use `project` or `user`

    $ pyve init --env ../x
    error: invalid environment name `../x`
    hint: use letters, digits, `.`, `_`, `-`, at most 64, beginning with a letter or digit; did you mean `x`?

    $ pyve init --force --update
    error: `--force` cannot be used with `--update`
      Usage: pyve init --force [DIR]
    hint: run `pyve init --help`

    $ pyve init --force --force
    error: `--force` cannot be used multiple times
      Usage: pyve init [OPTIONS] [DIR]
    hint: run `pyve init --help`

    $ pyve -q -v config
    error: `--quiet` cannot be used with `--verbose`
      Usage: pyve --quiet <COMMAND>
    hint: run `pyve config --help`

    $ pyve doctor --schema --json
    error: `--schema` cannot be used with other arguments
      Usage: pyve doctor [OPTIONS]
    hint: run `pyve doctor --help`
    "
    );
}
