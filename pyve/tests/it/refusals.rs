//! What every command refuses, and what asking for help costs: nothing is changed and nothing is begun.

use pyve_testkit::{World, contents};

use crate::ready::{changed_nothing, done, pyve, quick, told};

const COMMANDS: [&str; 12] = [
    "init",
    "run",
    "purge",
    "config",
    "python-version 3",
    "self install",
    "self uninstall",
    "shell-hook bash",
    "completions bash",
    "doctor",
    "plugin list",
    "",
];

/// A project that was initialised; every program of its PATH is still there.
fn ready() -> Option<World> {
    let world = quick("project")?;
    world.write("requirements.txt", "");
    done(&world, "init --no-install-deps");
    done(&world, "run python -V");
    Some(world)
}

#[test]
fn no_command_takes_a_flag_that_it_does_not_know() {
    let Some(world) = ready() else { return };
    let before = contents(world.root());
    for command in COMMANDS {
        for flag in ["--no-such-flag", "--force-all", "-Z"] {
            let outcome = pyve(&world, &format!("{command} {flag}"));
            let wanted = if command == "run" { 125 } else { 2 };
            assert_eq!(outcome.code, Some(wanted), "{command} {flag}: {outcome}");
            assert!(outcome.stdout.is_empty() && outcome.err().starts_with("error: "), "{command} {flag}: {outcome}");
            assert!(outcome.err().contains(flag), "{command} {flag}: {outcome}");
        }
    }
    insta::assert_snapshot!(told(&world, "init --forec"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: unexpected argument `--forec`
      Usage: pyve init --force [DIR]
    hint: did you mean `--force`?
    ");
    insta::assert_snapshot!(told(&world, "--init --purge"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: unexpected argument `--purge`
      Usage: pyve init --prune [DIR]
    hint: did you mean `--prune`?
    ");
    insta::assert_snapshot!(told(&world, "purge .venv src"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: unexpected argument `src`
      Usage: pyve purge [OPTIONS] [DIR]
    hint: run `pyve purge --help`
    ");
    insta::assert_snapshot!(told(&world, "init --force --update"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `--force` cannot be used with `--update`
      Usage: pyve init --force [DIR]
    hint: run `pyve init --help`
    ");
    insta::assert_snapshot!(told(&world, "init --install-deps --no-install-deps"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `--install-deps` cannot be used with `--no-install-deps`
      Usage: pyve init --install-deps [DIR]
    hint: run `pyve init --help`
    ");
    insta::assert_snapshot!(told(&world, "init --env ../x"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: invalid environment name `../x`
    hint: use letters, digits, `.`, `_`, `-`, at most 64, beginning with a letter or digit; did you mean `x`?
    ");
    insta::assert_snapshot!(told(&world, "init --python-version"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `--python-version <VERSION>` requires a value
    hint: run `pyve init --help`
    ");
    insta::assert_snapshot!(told(&world, "intit"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: no such command: `pyve intit`
    hint: did you mean `pyve init`?
    ");
    changed_nothing(&before, &contents(world.root()));
}

#[test]
fn help_shows_examples_and_changes_nothing() {
    let Some(world) = ready() else { return };
    let before = contents(world.root());
    for command in COMMANDS {
        for flag in ["--help", "-h"] {
            let outcome = pyve(&world, &format!("{} {flag}", command.trim_end_matches(" 3")));
            assert_eq!((outcome.code, outcome.err().as_str()), (Some(0), ""), "{command} {flag}: {outcome}");
            assert!(outcome.out().contains("Usage: pyve"), "{command} {flag}: {outcome}");
        }
        let help = pyve(&world, &format!("{} --help", command.trim_end_matches(" 3"))).out();
        let shows = ["Example", "eval \"$(pyve", "completions bash > "].iter().any(|text| help.contains(text));
        assert!(shows, "{command}: {help}");
    }
    for line in ["--version", "-v", "--init --help", "-i -h", "--purge --help", "--python-version --help"] {
        done(&world, line);
    }
    changed_nothing(&before, &contents(world.root()));
}

#[test]
fn a_project_that_cannot_be_written_is_named() {
    let Some(world) = quick("project") else { return };
    world.write(".pyve", "a file where the directory belongs");
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not read `[PROJECT]/.pyve/config`: `[PROJECT]/.pyve` is not a directory
    hint: rename or move `[PROJECT]/.pyve`
    ");
    assert_eq!(world.tree(), "0644 .pyve\n");
}

#[test]
fn a_block_that_is_not_closed_is_named_and_the_environment_stands() {
    let Some(world) = quick("project") else { return };
    let text = "# mine\n# >>> pyve >>>\n";
    world.write(".envrc", text);
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    error: [PROJECT]/.envrc:2: the block that `# >>> pyve >>>` opens is not closed
    hint: add the line `# <<< pyve <<<` where the block ends, or remove line 2
    ");
    assert_eq!(world.read(".envrc"), text);
    assert_eq!(pyve(&world, "run python -V").code, Some(0));
    world.write(".envrc", "# mine\n");
    let outcome = done(&world, "init");
    assert!(outcome.err().contains("✓ Environment: .venv (kept)"), "{outcome}");
    done(&world, "purge --yes");
    assert_eq!((world.tree().as_str(), world.read(".envrc").as_str()), ("0644 .envrc\n", "# mine\n"));
}

#[test]
fn a_damaged_record_is_told_and_written_anew() {
    let Some(world) = ready() else { return };
    world.write(".pyve/state/default/venv.json", "{");
    // What stands is looked at as if there were no record.
    assert!(done(&world, "run python -V").out().starts_with("Python"));
    insta::assert_snapshot!(told(&world, "init --no-install-deps"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    warning: `.pyve/state/default/venv.json` is not used: it has no seal; it is rewritten
    ✓ Backend: venv (set in `.pyve/config:3`)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .venv (kept)
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    assert_eq!(pyve(&world, "run python -V").code, Some(0));
}

#[test]
fn the_home_folder_is_no_project() {
    let Some(world) = quick("project") else { return };
    let before = contents(world.root());
    let outcome = world.pyve().current_dir(world.home()).arg("init").run();
    insta::assert_snapshot!(outcome, @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the home directory cannot be a project
    hint: create a directory for the project and run `pyve -C DIR init`
    ");
    changed_nothing(&before, &contents(world.root()));
}
