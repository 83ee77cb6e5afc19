//! From `environment.yml` or `conda-lock.yml` to an environment that stands, is recorded and wired in.

use std::fs;

use insta::assert_snapshot;
use pyve_standin_micromamba::program;

use super::place::{Place, channel, python};

#[test]
fn an_environment_file_becomes_an_environment() {
    let place = Place::new();
    place.environment(&["python", "hello=1.0", "purelib", "activated"]);
    assert_snapshot!(place.told("init"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    no lock file; for the same packages everywhere run: pyve lock
    Create the environment 'demo' from environment.yml
    ✓ Backend: micromamba (found `environment.yml`)
    ✓ micromamba: [MICROMAMBA] (user, [HOME]/.pyve/bin/micromamba)
    ✓ Environment: .pyve/envs/demo (created)
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    assert_eq!(place.run(&["hello", "you"]), "hello 1.0 you\n");
    assert_eq!(place.run(&["purelib"]), "pure\n");
    assert_eq!(place.run(&["python", "-c", "import sys; print(sys.prefix)"]), "[PROJECT]/.pyve/envs/demo\n");
    assert_eq!(place.run(&["sample-tool"]), "sample tool\n");
    assert_snapshot!(fs::read_to_string(place.project().join(".pyve/config")).unwrap(), @r#"
    # Settings of this project for pyve. Commit this file, so that a clone gets the same environment.
    pyve_version: "4.0.0"
    backend: micromamba
    "#);
    assert_snapshot!(place.world.read(".gitignore"), @"
    # >>> pyve >>>
    # pyve made this file; lines of your own outside of this block stay yours.
    /.pyve/bin
    /.pyve/envs
    /.pyve/state
    .env
    /.envrc
    # <<< pyve <<<
    ");
    let log = place.world.read(".pyve/state/create.log");
    assert!(log.contains("create -y -p ") && log.contains("Transaction finished"), "{log}");
}

#[test]
fn a_lock_becomes_the_very_packages_it_names() {
    let place = Place::new();
    place.environment(&["hello"]);
    place.lock(&[("hello", "1.0")]);
    assert_snapshot!(place.told("init --no-direnv"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Create the environment 'demo' from conda-lock.yml
    ✓ Backend: micromamba (found `conda-lock.yml`)
    ✓ micromamba: [MICROMAMBA] (user, [HOME]/.pyve/bin/micromamba)
    ✓ Environment: .pyve/envs/demo (created)
    Run commands in it with: pyve run CMD
    ");
    assert_eq!(place.run(&["hello"]), "hello 1.0\n");
    assert!(!place.project().join(".envrc").exists());
}

#[test]
fn what_micromamba_says_is_shown_as_it_comes_to_those_who_ask_for_more() {
    let place = Place::new();
    place.environment(&["hello=1.0"]);
    let said = place.done("--verbose init").err();
    let lines: Vec<&str> = said.lines().map(str::trim).collect();
    let at = |text: &str| lines.iter().position(|line| line.starts_with(text));
    assert!(at("run: ").is_some() && at("run: ") < at("+ hello"), "{said}");
    assert!(at("+ hello") < at("Transaction finished") && at("Transaction finished").is_some(), "{said}");
}

#[test]
fn a_lock_alone_is_enough() {
    let place = Place::new();
    place.lock(&[("hello", "2.0")]);
    place.done("init");
    assert_eq!(place.run(&["hello"]), "hello 2.0\n");
}

#[test]
fn what_would_be_done_is_shown_and_nothing_is_done() {
    let place = Place::new();
    place.environment(&["hello"]);
    let before = pyve_testkit::contents(place.project());
    assert_snapshot!(place.told("init --dry-run"), @"
    exit code: 0
    ----- stdout -----
    Backend: micromamba (found `environment.yml`)
      --backend        not set
      .pyve/config     not set
      last initialised never
    > files            environment.yml (micromamba, exclusive)
      default          venv

    In [PROJECT]:
      record the environment `default` as creating
      run: MAMBA_QUIET=false MAMBA_JSON=false MAMBA_ROOT_PREFIX=[HOME]/.pyve/cache/micromamba PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PYTHONNOUSERSITE=1 [HOME]/.pyve/bin/micromamba create -y -p [PROJECT]/.pyve/envs/demo -f [PROJECT]/environment.yml
      record the environment `default` as ready
      write .pyve/config if it is missing
      write .gitignore (marked block)
      write .envrc (marked block)
      write .env if it is missing (empty, mode 600)
      record the environment `default` as wired in
    ----- stderr -----
    no lock file; for the same packages everywhere run: pyve lock
    ");
    assert_eq!(pyve_testkit::contents(place.project()), before);
}

#[test]
fn flags_name_the_environment_its_file_its_channels_and_its_python() {
    let place = Place::new();
    place.world.write("envs/dev.yml", "name: from-file\ndependencies:\n  - hello=1.0\n");
    let python = python();
    let line = format!(
        "init --backend micromamba --env-file envs/dev.yml --channel {} --env-name Data\u{a0}Work --python-version {}",
        channel().url(),
        python.series()
    );
    let invocation = place.world.pyve().args(line.split(' ').map(|word| word.replace('\u{a0}', " "))).env("CI", "1");
    let outcome = invocation.run().success();
    assert!(outcome.err().contains("Environment: .pyve/envs/data-work (created)"), "{outcome}");
    let version = format!("Python {}\n", python.version);
    let said = place.world.pyve().args(["run", "python", "--version"]).run().success();
    assert_eq!(String::from_utf8_lossy(&said.stdout), version);
    assert_eq!(place.run(&["hello"]), "hello 1.0\n");
    assert_snapshot!(place.world.read(".pyve/config").replace(&channel().url(), "[CHANNEL]").replace(python.series(), "[SERIES]"), @r#"
    # Settings of this project for pyve. Commit this file, so that a clone gets the same environment.
    pyve_version: "4.0.0"
    backend: micromamba

    python:
      version: "[SERIES]"

    micromamba:
      env_name: "Data Work"
      env_file: envs/dev.yml
      channels:
        - "[CHANNEL]"
    "#);
    // Another Python than that of the environment is not passed over with a ✓.
    assert_snapshot!(place.refused("init --python-version 3.1"), @"
    1
    no lock file; for the same packages everywhere run: pyve lock
    error: `.pyve/envs/data-work` is not changed to Python 3.1: envs/dev.yml has changed: Python 3.1 asked for
    hint: recreate it with `--force` or `--update`; the old one is restored if that fails: `pyve init --force --python-version 3.1`
    ");
    // A clone without any flag gets the same.
    place.done("init");
    fs::remove_dir_all(place.project().join(".pyve/state")).unwrap();
    fs::remove_dir_all(place.project().join(".pyve/envs")).unwrap();
    place.done("init");
    assert_eq!(place.run(&["hello"]), "hello 1.0\n");
    assert!(place.project().join(".pyve/envs/data-work").is_dir());
}

#[test]
fn the_environment_of_another_name_stands_beside_the_first() {
    let place = Place::new();
    place.environment(&["hello=1.0"]);
    place.done("init");
    place.environment(&["hello=2.0"]);
    place.done("init --env other");
    assert_eq!(place.run(&["hello"]), "hello 1.0\n");
    assert_eq!(place.run(&["--env", "other", "hello"]), "hello 2.0\n");
}

#[test]
fn names_are_made_fit_or_refused() {
    for (project, name) in [("My Project", "my-project"), ("$(touch hacked)", "touch-hacked"), ("3 été's", "env-3-t-s")]
    {
        let place = Place::named(project);
        place.environment(&["hello"]);
        place.done("init");
        assert!(place.project().join(".pyve/envs").join(name).join("bin/hello").is_file(), "{project}");
        assert_eq!(place.run(&["hello"]), "hello 2.0\n");
        assert!(!place.project().join("hacked").exists());
    }
    let place = Place::new();
    place.environment(&["hello"]);
    for (line, said) in [
        ("init --env-name BASE", "'BASE' (--env-name) cannot name an environment: conda reserves that name"),
        ("init --env-name ...", "'...' (--env-name) cannot name an environment: no letter or digit is in it"),
    ] {
        let refused = place.refused(line);
        assert!(refused.starts_with(&format!("2\nerror: {said}\n")), "{refused}");
    }
    place.assert_no_environment();
}

/// The smallest wheel there can be, made by the machine's python.
const WHEEL: &str = "
import zipfile
with zipfile.ZipFile('tiny-1.0-py3-none-any.whl', 'w') as wheel:
    wheel.writestr('tiny.py', 'print(\\'tiny\\')\\n')
    wheel.writestr('tiny-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n')
    wheel.writestr('tiny-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr('tiny-1.0.dist-info/RECORD', '')
";

#[test]
fn the_pip_list_is_installed_by_micromamba_itself() {
    let place = Place::new();
    let _ = place.world.command(&python().path).args(["-c", WHEEL]).run().success();
    place.environment(&["python", "pip: ['-r requirements.txt']"]);
    place.world.write("requirements.txt", "./tiny-1.0-py3-none-any.whl\n");
    place.done("init");
    assert_eq!(place.calls(&["create"]), usize::from(!program::is_real()));
    assert_eq!(place.run(&["python", "-m", "tiny"]), "tiny\n");
    // A named requirements file is part of what the environment is made from.
    place.world.write("requirements.txt", "./tiny-1.0-py3-none-any.whl\n# more\n");
    let said = place.done("init").err();
    assert!(said.contains("a file that its 'pip:' list names reads otherwise"), "{said}");
}

#[test]
fn what_is_doubtful_in_a_file_is_said_once() {
    let place = Place::new();
    let text = super::place::environment(&["hello # [win]"]) + "chanels: []\nvariables:\n  MODE: 'a $HOME b'\n";
    place.world.write("environment.yml", text);
    assert_snapshot!(place.done("init").err(), @"
    warning: environment.yml:5: micromamba ignores the unknown key 'chanels'; did you mean 'channels'?
    warning: environment.yml:4: micromamba ignores the comment '# [win]' and takes 'hello' everywhere; write '- sel(win): hello'
    no lock file; for the same packages everywhere run: pyve lock
    Create the environment 'demo' from environment.yml
    ✓ Backend: micromamba (found `environment.yml`)
    ✓ micromamba: [MICROMAMBA] (user, [HOME]/.pyve/bin/micromamba)
    ✓ Environment: .pyve/envs/demo (created)
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    assert_eq!(place.run(&["printenv", "MODE"]), "a $HOME b\n");
}

/// Where no key can be kept, the command line of this `init` is forgotten with it.
#[test]
fn without_a_record_run_means_the_environment_that_was_named_or_init_says_what_to_set() {
    let place = Place::new();
    place.environment(&["hello"]);
    fs::create_dir_all(place.world.home().join(".pyve/key/in-the-way")).unwrap();
    place.world.write(".pyve/config", "prompt:\n  show: true\n");
    let used = || place.run(&["printenv", "CONDA_PREFIX"]).replace("[PROJECT]/.pyve/envs/", "").trim_end().to_owned();
    place.done("init --no-direnv --env-name other");
    assert_eq!(used(), "other", "it is the only one");
    place.done("init --no-direnv");
    assert_eq!(used(), "demo");
    assert_snapshot!(place.refused("init --no-direnv --env-name other"), @"
    1
    warning: `.pyve/state/default/micromamba.json` is not used: its seal is not this user's, or it was changed since; it is rewritten
    error: `pyve run` would use `.pyve/envs/demo`, not `.pyve/envs/other`
      pyve could not keep a record of it: its own directory has no key, and none could be written
    hint: set `micromamba: {env_name: other}` in `.pyve/config`, then run `pyve init` again
    ");
    assert_eq!(used(), "demo");
    place.world.write(".pyve/config", "micromamba: {env_name: other}\n");
    place.done("init --no-direnv --env-name other");
    assert_eq!(used(), "other");
    // What is written for the first time says it itself.
    fs::remove_file(place.project().join(".pyve/config")).unwrap();
    place.done("init --no-direnv --env-name third");
    assert_eq!(used(), "third");
}
