//! The project's dependencies: installed by flag, asked about, or left; and two real projects from end to end.

use std::fs;
use std::path::Path;

use pyve_testkit::{Outcome, World, offline_packages, workspace_root};

use crate::ready::{quick, whole};

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
    // Nothing is asked again where nothing was made; what is missing is told.
    let outcome = init(&world, "", "").success();
    let missing =
        "warning: Packages: not installed: tabulate==0.9.0 (requirements.txt:1); run `pyve init --install-deps`\n";
    assert!(!outcome.err().contains('?') && outcome.err().contains(missing), "{outcome}");
    let outcome = init(&world, "--force --yes", "").success();
    assert!(outcome.err().contains("Successfully installed tabulate-0.9.0"), "{outcome}");
    assert!(has_tabulate(&world) && outcome.stdout.is_empty());
}

#[test]
fn the_end_of_input_means_no_and_ci_is_not_asked() {
    let Some(world) = with_packages("project") else { return };
    world.write("requirements.txt", "tabulate==0.9.0\n");
    let outcome = init(&world, "", "").success();
    let line = "\ndependencies not installed; add `--install-deps`\n";
    assert!(!outcome.err().contains('?') && !has_tabulate(&world), "{outcome}");
    assert_eq!(outcome.err().matches(line).count(), 1, "{outcome}");
    let outcome = world.pyve().args(["init", "--force"]).env("CI", "true").run().success();
    assert!(!outcome.err().contains('?') && !has_tabulate(&world), "{outcome}");
    assert_eq!(outcome.err().matches(line).count(), 1, "{outcome}");
    let outcome = init(&world, "--force --yes --no-install-deps", "").success();
    assert!(!outcome.err().contains('?') && !has_tabulate(&world), "{outcome}");
    assert!(!outcome.err().contains(line), "{outcome}");
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

/// As an interrupted removal leaves a package.
fn lose(world: &World, package: &str) {
    let libraries = world.project().join(".venv/lib").read_dir().unwrap().flatten();
    let mut packages = libraries.flat_map(|python| python.path().join("site-packages").read_dir().unwrap().flatten());
    let named = |name: String| name.starts_with(package) && name.ends_with(".dist-info");
    let lost = packages.find(|entry| named(entry.file_name().into_string().unwrap())).unwrap();
    fs::remove_dir_all(lost.path()).unwrap();
}

const CHOICES: &str = "[project]\nname = 'app'\nversion = '1'\ndependencies = ['tabulate']\n\
    [project.optional-dependencies]\nshow = ['humanize']\nall = ['app[show]']\n\
    [dependency-groups]\ndev = ['iniconfig', {include-group = 'test'}]\ntest = []\n[tool.uv]\npackage = false\n";

#[test]
fn what_is_chosen_is_told_remembered_and_kept_up_to_date() {
    let Some(world) = with_packages("project") else { return };
    world.write("pyproject.toml", CHOICES);
    world.write("dev-requirements.txt", "nobody-has-this\n");
    let wrong = init(&world, "--no-direnv --install-deps --group dve", "");
    let error = "error: `pyproject.toml` has no group `dve`; did you mean `dev`?\nhint: use one of dev, test\n";
    assert_eq!((wrong.code, wrong.err().as_str()), (Some(2), error));
    assert!(!world.project().join(".venv").exists());
    let outcome = init(&world, "--no-direnv --install-deps --extra show --group Dev", "").success();
    let told = "✓ Dependencies: pyproject.toml with extra show and group dev (installed)\n\
                Not installed: dev-requirements.txt (`--requirements FILE`), extra all (`--extra NAME`), group test (`--group NAME`)\n";
    assert!(outcome.err().contains(told), "{outcome}");
    assert!(!world.read(".pyve/config").contains("groups"), "it is of this environment");
    let missing = || world.pyve().arg("doctor").run().out().contains("not installed: ");
    assert!(!missing());
    // What was chosen is what the environment is compared with, and what it is brought up to date with.
    lose(&world, "iniconfig");
    let line =
        "warning: Packages: not installed: iniconfig (pyproject.toml:9); run `pyve init --install-deps --no-direnv`\n";
    let outcome = init(&world, "--no-direnv", "").success();
    assert!(outcome.err().contains(line), "{outcome}");
    let outcome = init(&world, "--no-direnv --update --no-install-deps", "").success();
    assert!(!outcome.err().contains("iniconfig"), "{outcome}");
    world.write("pyproject.toml", CHOICES.replace("['tabulate']", "['tabulate', 'click']"));
    let planned = init(&world, "--no-direnv --update --dry-run", "").success().out();
    assert!(planned.contains("pip install tabulate click humanize iniconfig (in [PROJECT])"), "{planned}");
    let outcome = init(&world, "--no-direnv --update", "").success();
    assert!(outcome.err().contains("✓ Environment: .venv (kept)\n✓ Dependencies: pyproject.toml with"), "{outcome}");
    assert!(outcome.err().contains("Successfully installed click-") && !missing(), "{outcome}");
    // Nothing is to be done: pip is not even started.
    let outcome = init(&world, "--no-direnv --update", "").success();
    assert!(!outcome.err().contains("Dependencies") && !outcome.err().contains("pip"), "{outcome}");
    // A new word is a new choice, and what the file no longer has is told.
    let outcome = init(&world, "--no-direnv --no-install-deps --group test", "").success();
    assert!(!outcome.err().contains("warning"), "{outcome}");
    lose(&world, "humanize");
    assert!(!missing());
    world.write("pyproject.toml", CHOICES.replace("test = []", "").replace(", {include-group = 'test'}", ""));
    let gone = "warning: `pyproject.toml` no longer has the group `test`, which `--group` chose\n";
    let outcome = init(&world, "--no-direnv", "").success();
    assert!(outcome.err().contains(gone), "{outcome}");
    let outcome = init(&world, "--no-direnv --all-extras=false --no-install-deps", "").success();
    assert!(!outcome.err().contains("warning"), "{outcome}");
}

#[test]
fn what_only_another_tool_can_install_is_not_passed_over() {
    let Some(world) = quick("project") else { return };
    world.write("Pipfile", "[[source]]\nname = 'own'\nurl = 'https://own/simple'\n[packages]\nsix = '*'\n");
    let why = "pip cannot install the dependencies of `Pipfile`: Pipfile:5: `six` is taken from the source `https://own/simple`";
    let hint = "install them with Pipenv: pyve run pipenv install";
    let outcome = init(&world, "--no-direnv", "").success();
    assert!(outcome.err().contains(&format!("\n{why}; {hint}\n")), "{outcome}");
    let outcome = init(&world, "--no-direnv --install-deps", "");
    assert_eq!((outcome.code, outcome.err()), (Some(1), format!("error: {why}\nhint: {hint}\n")));
    fs::remove_file(world.project().join("Pipfile")).unwrap();
    let outcome = init(&world, "--no-direnv --install-deps", "").success();
    assert!(outcome.err().contains("\nno dependencies found to install\n"), "{outcome}");
    world.write("pyproject.toml", "[dependency-groups]\ndev = ['six']\n");
    let outcome = init(&world, "--no-direnv --install-deps", "").success();
    let told = "no dependencies found to install\nNot installed: group dev (`--group NAME`)\n";
    assert!(outcome.err().contains(told), "{outcome}");
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
fn from_end_to_end(example: &str, choice: &str, test: &[&str]) {
    let Some(world) = with_packages(example) else { return };
    copy(&workspace_root().join("examples/projects").join(example), world.project());
    let _ = init(&world, &format!("--install-deps {choice}"), "").success();
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
    // What was chosen is remembered.
    let _ = there(&["init", "--force", "--yes"]).success();
    let outcome = there(&run).success();
    assert!(outcome.out().contains(" passed"), "{outcome}");
}

#[test]
fn a_real_project_with_requirements() {
    from_end_to_end("greeter-requirements", "", &["pytest", "-p", "no:cacheprovider"]);
}

#[test]
fn a_real_project_with_a_pyproject() {
    from_end_to_end("weather-pyproject", "--extra test", &["python", "-m", "pytest", "-p", "no:cacheprovider"]);
}
