//! What is said where an environment cannot be activated, and for whom code is printed.

use insta::assert_snapshot;
use pyve_testkit::World;

use crate::ready::{done, quick, told};

/// A world with an environment that Python made.
fn world() -> Option<World> {
    let world = quick("project")?;
    let prefix = world.project().join(".venv");
    let _ = world.command("python3").args(["-I", "-m", "venv", "--without-pip"]).arg(&prefix).run().success();
    Some(world)
}

#[test]
fn without_the_hook_the_line_is_shown_and_never_guessed() {
    let Some(world) = world() else { return };
    let expected = "\
exit code: 1
----- stdout -----
----- stderr -----
error: `pyve activate` needs pyve's hook in this shell
  bash: eval \"$(pyve shell-hook bash)\"
  zsh: eval \"$(pyve shell-hook zsh)\"
  fish: pyve shell-hook fish | source
  powershell: pyve shell-hook powershell | Out-String | Invoke-Expression
  nushell: pyve shell-hook nushell | save -f ($nu.user-autoload-dirs.0 | path join pyve.nu)
  cmd: pyve shell-hook cmd > \"%USERPROFILE%\\pyve-hook.cmd\"
hint: type the line of your shell, then the command again
";
    assert_eq!(told(&world, "activate"), expected);
    assert_eq!(told(&world, "deactivate"), expected.replace("pyve activate", "pyve deactivate"));
    let mut terminal = world.pyve().arg("activate").terminal();
    terminal.expect("needs pyve's hook");
    assert_eq!(terminal.end().0, 1);
}

#[test]
fn code_is_printed_for_whoever_evaluates_it() {
    let Some(world) = world() else { return };
    let code = done(&world, "activate --shell bash").out();
    assert!(code.starts_with("# pyve\n") && code.contains("\\export VIRTUAL_ENV='[PROJECT]/.venv'\n"), "{code}");
    let (code, screen) = world.pyve().args(["activate", "--shell", "fish"]).terminal().end();
    assert_snapshot!(format!("{code}\n{screen}"), @"
    1
    [1m[31merror:[0m this prints code for the shell to evaluate
    [1m[33mhint:[0m type `pyve activate --shell fish | source`
    ");
    assert_snapshot!(told(&world, "activate --shell tcsh"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: invalid value `tcsh` for `--shell <SHELL>`
    hint: did you mean `zsh`?
    ");
}

#[test]
fn what_cannot_be_activated_is_told_as_run_tells_it() {
    let Some(world) = world() else { return };
    assert_snapshot!(told(&world, "activate nothing --shell bash"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: this project has no environment called `nothing` yet
      project: [PROJECT]
    hint: create it: `pyve init --env nothing`
    ");
    assert_snapshot!(told(&world, "activate --env ../x --shell bash"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: invalid environment name `../x`
    hint: use letters, digits, `.`, `_`, `-`, at most 64, beginning with a letter or digit; did you mean `x`?
    ");
    assert_snapshot!(told(&world, "activate one --env two --shell bash"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `[ENV]` cannot be used with `--env <NAME>`
      Usage: pyve activate <ENV>
    hint: run `pyve activate --help`
    ");
    assert_snapshot!(told(&world, "-C / activate --shell bash"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: no pyve project found in `/` or any parent directory
    hint: run `pyve init` in the project's directory, or name a project with `-C DIR`
    ");
    done(&world, "deny");
    let why = |text: String| text.lines().filter(|line| !line.starts_with("exit code")).collect::<Vec<_>>().join("\n");
    assert_eq!(why(told(&world, "activate --shell bash")), why(told(&world, "run true")));
    assert_snapshot!(told(&world, "activate --shell bash"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the environment at `.venv` is not trusted: `pyve deny` was typed for this project
      this user's pyve has no record of it
      project: [PROJECT]
    hint: look at it, then allow it: `pyve allow`
    ");
}

#[test]
fn where_none_is_active_none_is_left() {
    let Some(world) = world() else { return };
    assert_snapshot!(told(&world, "deactivate --shell zsh"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: no environment is active in this shell
      one that `pyve activate` did not activate is left as it was entered: by its own `deactivate`, or with the directory
    hint: see all environments: `pyve envs`
    ");
    world.set("PYVE_UNDO", "damaged");
    assert_snapshot!(told(&world, "deactivate --shell zsh"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: invalid PYVE_UNDO: not a record of this version of pyve
      it says what `pyve deactivate` restores in this shell
    hint: open another shell, or unset PYVE_UNDO
    ");
    assert_snapshot!(told(&world, "activate --shell zsh"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: invalid PYVE_UNDO: not a record of this version of pyve
      it says what `pyve deactivate` restores in this shell
    hint: open another shell, or unset PYVE_UNDO
    ");
    assert_snapshot!(told(&world, "deactivate --shell zsh --after-scripts"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: invalid input: not what `pyve` gave the shell
    hint: leave `--after-scripts` to the code that `pyve activate` and `pyve deactivate` print
    ");
}

#[test]
fn what_the_code_does_not_hand_on_is_no_input() {
    let Some(world) = world() else { return };
    let outcome = world.pyve().args(["activate", "--shell", "bash", "--after-scripts"]).stdin(b"\xff").run();
    assert_snapshot!(outcome.to_string(), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: invalid input: not what `pyve` gave the shell
    hint: leave `--after-scripts` to the code that `pyve activate` and `pyve deactivate` print
    ");
    let line = "exec \"$0\" activate --shell bash --after-scripts < /";
    let outcome = world.command("sh").args(["-c", line, env!("CARGO_BIN_EXE_pyve")]).run();
    assert_snapshot!(outcome.to_string(), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not read standard input: is a directory
    hint: leave `--after-scripts` to the code that `pyve activate` and `pyve deactivate` print
    ");
}

#[test]
fn the_environment_that_is_active_is_the_one_that_is_meant() {
    let Some(world) = world() else { return };
    done(&world, "init --no-direnv");
    world.write("dev.txt", "");
    let prefix = world.project().join(".pyve/envs/dev");
    let _ = world.command("python3").args(["-I", "-m", "venv", "--without-pip"]).arg(&prefix).run().success();
    done(&world, "init --env dev --no-direnv");
    let active = |root: &std::path::Path| world.set("PYVE_ACTIVE", format!("dev:{}", root.display()));
    let inside = |line: &str| done(&world, &format!("{line} run printenv VIRTUAL_ENV")).out();
    assert_eq!(inside(""), "[PROJECT]/.venv\n");
    active(world.project());
    assert_eq!(inside(""), "[PROJECT]/.pyve/envs/dev\n");
    let run = done(&world, "run --env default printenv VIRTUAL_ENV");
    assert_eq!(run.out(), "[PROJECT]/.venv\n");
    let explained = done(&world, "init --explain").out();
    assert!(explained.contains("Environment: dev (active in this shell)"), "{explained}");
    assert!(done(&world, "activate --shell bash").out().contains("/.pyve/envs/dev'\n"));
    world.set("PYVE_ENV", "default");
    assert_eq!(inside(""), "[PROJECT]/.venv\n");
    world.set("PYVE_ENV", "");
    active(&world.root().join("other"));
    assert_eq!(inside(""), "[PROJECT]/.venv\n", "it is another project's");
    // A link to the project is the project.
    let link = world.root().join("link");
    std::os::unix::fs::symlink(world.project(), &link).unwrap();
    active(&link);
    assert_eq!(inside(""), "[PROJECT]/.pyve/envs/dev\n");
}
