//! The project's dependencies: installed by flag, asked about, or left; and two real projects from end to end.

use std::fs;
use std::path::Path;

use pyve_testkit::{Outcome, World, offline_packages, workspace_root};

use crate::ready::whole;

/// A world in which pip can install what the example projects need.
fn with_packages(project: &str) -> Option<World> {
    let packages = offline_packages()?;
    let world = whole(project)?.packages(&packages);
    // The environments have a whole pip, of which these tests change nothing.
    world.set("PYVE_LINK_MODE", "hardlink");
    Some(world)
}

fn has_tabulate(world: &World) -> bool {
    world.pyve().args(["run", "python", "-c", "import tabulate"]).run().code == Some(0)
}

fn init(world: &World, line: &str, answers: &str) -> Outcome {
    world.pyve().arg("init").args(line.split_whitespace()).stdin(answers).run()
}

#[test]
fn it_asks_once_the_environment_stands() {
    let Some(world) = with_packages("project") else { return };
    world.write("requirements.txt", "tabulate==0.9.0\n");
    insta::assert_snapshot!(init(&world, "", "n\n"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    Install the dependencies of requirements.txt? [Y/n]: 
    ✓ Backend: venv (found `requirements.txt`)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .venv (created)
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    assert!(!has_tabulate(&world));
    // Nothing is asked again where nothing was made.
    let outcome = init(&world, "", "").success();
    assert!(!outcome.err().contains('?'), "{outcome}");
    let outcome = init(&world, "--force --yes", "").success();
    assert!(outcome.err().contains("Successfully installed tabulate-0.9.0"), "{outcome}");
    assert!(has_tabulate(&world) && outcome.stdout.is_empty());
}

#[test]
fn the_end_of_input_means_no_and_ci_is_not_asked() {
    let Some(world) = with_packages("project") else { return };
    world.write("requirements.txt", "tabulate==0.9.0\n");
    let outcome = init(&world, "", "").success();
    assert!(outcome.err().contains("requirements.txt? [Y/n]: \n") && !has_tabulate(&world), "{outcome}");
    let outcome = world.pyve().args(["init", "--force"]).env("CI", "true").run().success();
    assert!(!outcome.err().contains('?') && !has_tabulate(&world), "{outcome}");
    let outcome = init(&world, "--force --yes --no-install-deps", "").success();
    assert!(!outcome.err().contains('?') && !has_tabulate(&world), "{outcome}");
    let outcome = world.pyve().args(["init", "--install-deps"]).env("CI", "true").run().success();
    assert!(outcome.err().contains("✓ Environment: .venv (kept)") && has_tabulate(&world), "{outcome}");
}

#[test]
fn pips_failure_is_the_failure_and_the_environment_stays() {
    let Some(world) = with_packages("project") else { return };
    world.write("requirements.txt", "no-such-package-of-anybodys\n");
    let outcome = init(&world, "--install-deps", "");
    insta::assert_snapshot!(outcome, @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    Install the dependencies of requirements.txt
    error: pip could not install `requirements.txt`
      No matching distribution found for no-such-package-of-anybodys
      all it said is in [PROJECT]/.pyve/state/pip.log
    hint: correct the requirement in `requirements.txt`
    ");
    // The environment stands all the same, and is pyve's.
    assert_eq!(world.pyve().args(["run", "python", "-V"]).run().code, Some(0));
    world.write("requirements.txt", "tabulate==0.9.0\n");
    let outcome = init(&world, "--install-deps", "").success();
    assert!(outcome.err().contains("✓ Environment: .venv (kept)") && has_tabulate(&world), "{outcome}");
    let _ = world.pyve().args(["purge", "--yes"]).run().success();
    insta::assert_snapshot!(world.tree(), @"0644 requirements.txt");
}

#[test]
fn pips_own_settings_do_not_lead_elsewhere_and_it_may_be_quiet() {
    let Some(world) = with_packages("project") else { return };
    world.write("requirements.txt", "tabulate==0.9.0\n");
    let elsewhere =
        "[global]\nuser = true\nrequire-virtualenv = true\n[install]\ntarget = /nowhere/t\nprefix = /nowhere/p\n";
    world.write(world.home().join(".config/pip/pip.conf"), elsewhere);
    let outcome = init(&world, "--install-deps --quiet", "").success();
    assert!(outcome.stderr.is_empty() && outcome.stdout.is_empty(), "{outcome}");
    assert!(has_tabulate(&world));
    // What cannot be used is named with its line.
    world.write("requirements.txt", "humanize\n");
    world.write(world.home().join(".config/pip/pip.conf"), "[install]\nplatform = win32\n");
    let outcome = init(&world, "--install-deps", "");
    let wanted = [
        "error: pip could not install `requirements.txt`",
        "hint: remove `platform` in `[HOME]/.config/pip/pip.conf:2`",
    ];
    assert!(
        outcome.code == Some(1) && wanted.iter().all(|line| outcome.err().lines().any(|it| it == *line)),
        "{outcome}"
    );
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if [".venv", ".pyve", "__pycache__"].iter().any(|name| entry.file_name() == *name) {
        } else if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Set-up, tests, a move, and what repairs the environment then.
fn from_end_to_end(example: &str, more: &[&str], test: &[&str]) {
    let Some(world) = with_packages(example) else { return };
    copy(&workspace_root().join("examples/projects").join(example), world.project());
    let _ = init(&world, "--install-deps", "").success();
    if !more.is_empty() {
        let _ = world.pyve().args(more).run().success();
    }
    let outcome = world.pyve().arg("run").args(test).run().success();
    assert!(outcome.out().contains(" passed"), "{outcome}");

    let moved = world.root().join("moved here");
    fs::rename(world.project(), &moved).unwrap();
    fs::create_dir(world.project()).unwrap();
    let there = |words: &[&str]| world.pyve().current_dir(&moved).args(words).run();
    let run: Vec<&str> = [&["run"], test].concat();
    let outcome = there(&run);
    let wanted = "error: this project was moved or copied from [PROJECT]\n  it is at [ROOT]/moved here now; its \
                  environment and the scripts in it name the old place\nhint: recreate the environment \
                  here: `pyve init --force`\n";
    assert_eq!((outcome.code, outcome.err().as_str()), (Some(125), wanted));
    let _ = there(&["init", "--force", "--yes"]).success();
    if !more.is_empty() {
        let _ = there(more).success();
    }
    let outcome = there(&run).success();
    assert!(outcome.out().contains(" passed"), "{outcome}");
}

#[test]
fn a_real_project_with_requirements() {
    from_end_to_end("greeter-requirements", &[], &["pytest", "-p", "no:cacheprovider"]);
}

#[test]
fn a_real_project_with_a_pyproject() {
    let tests = ["run", "pip", "install", "--editable", ".[test]"];
    from_end_to_end("weather-pyproject", &tests, &["python", "-m", "pytest", "-p", "no:cacheprovider"]);
}
