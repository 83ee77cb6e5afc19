//! What pyve never does: activate base, fall back to pip, mix runtimes, choose by what is installed.

use std::fs;

use insta::assert_snapshot;
use pyve_standin_micromamba::program;
use sha2::{Digest, Sha256};

use super::place::{Place, environment, put_micromamba, python};

#[test]
fn base_is_never_activated() {
    let place = Place::new();
    place.environment(&["activated"]);
    let base = |line: &str| {
        let path = format!("/opt/base/bin:/opt/base/condabin:{}", place.world.bin().display());
        let invocation = place.pyve(line).env("PATH", path).env("CONDA_PREFIX", "/opt/base").env("CONDA_SHLVL", "1");
        invocation.env("CONDA_DEFAULT_ENV", "base").env("MAMBA_ROOT_PREFIX", place.world.root().join("root")).run()
    };
    let _ = base("init").success();
    let said = base("run printenv CONDA_PREFIX CONDA_DEFAULT_ENV PATH").success().out();
    let inside: Vec<&str> = said.lines().collect();
    assert_eq!(inside[..2], ["[PROJECT]/.pyve/envs/demo", "demo"]);
    assert!(!inside[2].contains("/opt/base/bin"), "{said}");
    let log = fs::read_to_string(place.world.root().join("calls")).unwrap_or_default();
    let prefix = format!("\"-p\",\"{}\"", place.prefix().display());
    let calls: Vec<&str> = log.lines().filter(|line| !line.starts_with("[\"--version\"")).collect();
    assert!(program::is_real() || !calls.is_empty());
    assert!(calls.iter().all(|line| line.contains(&prefix) && !line.contains("base")), "{log}");
}

#[test]
fn a_conda_spec_without_micromamba_is_no_reason_for_a_virtual_environment() {
    let place = Place::without_tool("demo");
    place.world.link_as("python3", &python().path);
    place.environment(&["hello"]);
    place.world.write("requirements.txt", "");
    assert_snapshot!(place.refused("init"), @"
    1
    warning: `environment.yml` asks for micromamba, `requirements.txt` for venv; using micromamba. Run `pyve init --backend micromamba` or `pyve init --backend venv` to select one
    error: Backend 'micromamba' required but not found
      Detected: environment.yml
      Required: micromamba
    hint: choose the place with `--bootstrap-to project|user`, or let pyve choose: `pyve init --backend micromamba --auto-bootstrap`
    ");
    assert_eq!(pyve_testkit::tree(place.project(), &[]), "0644 environment.yml\n0644 requirements.txt\n");
}

#[test]
fn conda_and_pip_files_together_are_conda_s_with_a_warning() {
    let place = Place::new();
    place.environment(&["python", "hello"]);
    place.world.write("pyproject.toml", "[project]\nname = 'demo'\nversion = '1'\n");
    let said = place.done("init").err();
    assert_snapshot!(said.lines().filter(|line| line.starts_with("warning")).collect::<Vec<_>>().join("\n"), @"warning: `environment.yml` asks for micromamba, `pyproject.toml` for venv; using micromamba. Run `pyve init --backend micromamba` or `pyve init --backend venv` to select one");
    assert!(!place.project().join(".venv").exists());
    assert_snapshot!(place.done("init --backend venv --explain").out(), @"
    Backend: venv (set by `--backend`)
    > --backend        venv
      .pyve/config     micromamba (.pyve/config:3)
      last initialised micromamba (.pyve/state/default/current)
      files            environment.yml (micromamba, exclusive), pyproject.toml (venv, generic)
      default          venv
    ");
}

#[test]
fn another_runtime_of_the_caller_does_not_mix_in() {
    let place = Place::new();
    place.environment(&["python"]);
    place.done("init");
    let path = format!("/other/.venv/bin:{}", place.world.bin().display());
    let inside = place.world.pyve().env("VIRTUAL_ENV", "/other/.venv").env("PYTHONHOME", "/other").env("PATH", path);
    let code = "import os, sys; print(sys.prefix, os.environ.get('VIRTUAL_ENV'), os.environ.get('PYTHONHOME'), \
                '/other' in os.environ['PATH'])";
    let said = inside.args(["run", "python", "-c", code]).run().success();
    assert_eq!(said.out(), "[PROJECT]/.pyve/envs/demo None None False\n");
}

#[test]
fn a_micromamba_on_path_never_chooses() {
    let place = Place::new();
    put_micromamba(&place.world.bin().join("micromamba"));
    let chosen = |place: &Place| place.done("init --explain").out().lines().next().unwrap_or_default().to_owned();
    assert_snapshot!(chosen(&place), @"Backend: venv (default)");
    place.world.write("requirements.txt", "");
    assert_snapshot!(chosen(&place), @"Backend: venv (found `requirements.txt`)");
    let without = Place::without_tool("demo");
    without.world.write("conda-lock.yml", "");
    assert_snapshot!(chosen(&without), @"Backend: micromamba (found `conda-lock.yml`)");
    assert_eq!(place.calls(&[]), 0, "it was not even asked for its version");
}

#[test]
fn the_project_s_own_tool_comes_first_where_it_is_known() {
    let place = Place::new();
    place.environment(&["hello"]);
    let own = place.project().join(".pyve/bin/micromamba");
    put_micromamba(&own);
    // It may have come with the checkout.
    let said = place.done("init").err();
    assert!(said.contains("(user, [HOME]/.pyve/bin/micromamba)"), "{said}");
    assert!(said.contains(UNKNOWN), "{said}");
    let bytes = fs::read(&own).unwrap();
    let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let said = place.pyve("init --force").env("PYVE_MICROMAMBA_SHA256", sha256).run().success().err();
    assert!(said.contains("(project, [PROJECT]/.pyve/bin/micromamba)") && !said.contains("not started"), "{said}");
    fs::remove_file(&own).unwrap();
    place.world.write(".pyve/bin/micromamba", "not executable");
    let said = place.done("init --force").err();
    assert!(said.contains("(user, [HOME]/.pyve/bin/micromamba)"), "{said}");
}

const UNKNOWN: &str = "warning: `[PROJECT]/.pyve/bin/micromamba` not started: it came with the project, and is not one \
                       that pyve put there\n";

#[test]
fn a_tool_of_the_checkout_alone_is_none() {
    let place = Place::without_tool("demo");
    place.environment(&["hello"]);
    put_micromamba(&place.project().join(".pyve/bin/micromamba"));
    assert_snapshot!(place.told("init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Backend 'micromamba' required but not found
      Detected: environment.yml
      Required: micromamba
      found: [PROJECT]/.pyve/bin/micromamba (project): not started: it came with the project, and is not one that pyve put there
    hint: choose the place with `--bootstrap-to project|user`, or let pyve choose: `pyve init --backend micromamba --auto-bootstrap`
    ");
    assert_eq!(place.calls(&[]), 0);
}

#[test]
fn pip_in_a_conda_environment_is_warned_against() {
    let place = Place::new();
    place.environment(&["python"]);
    place.done("init");
    let pip = ["run", "pip", "install", "--no-index", "nosuch"];
    assert_snapshot!(place.world.pyve().args(pip).run().err().lines().take(2).collect::<Vec<_>>().join("\n"), @"
    warning: pip changes a conda environment behind conda's back; the next `pyve init --update` undoes it
    hint: add the package to environment.yml (below '- pip:' if conda has none), or set micromamba.allow_pip: true
    ");
    let by_python = place.world.pyve().args(["run", "python", "-m", "pip", "install", "--no-index", "nosuch"]).run();
    assert!(by_python.err().starts_with("warning: pip changes a conda environment"), "{by_python}");
    assert_eq!(place.world.pyve().args(["run", "pip", "--version"]).run().success().err(), "");

    place.world.write(".pyve/config", "backend: micromamba\nmicromamba:\n  allow_pip: true\n");
    let said = place.world.pyve().args(pip).run();
    assert!(!said.err().contains("warning: pip changes"), "{said}");
    place.world.write(".pyve/config", "backend: micromamba\n");
    let said = place.world.pyve().args(pip).run();
    assert!(said.err().contains("warning: pip changes"), "{said}");
    place.world.write("environment.yml", environment(&["python", "pip: [tiny]"]));
    let said = place.world.pyve().args(pip).run();
    assert!(!said.err().contains("warning: pip changes"), "{said}");
}

#[test]
fn pip_of_another_environment_is_never_run_in_silence() {
    let place = Place::new();
    place.environment(&["hello"]);
    place.done("init");
    place.world.stand_in("pip", "#!/bin/sh\necho another pip\n");
    assert_snapshot!(place.told("run pip list"), @"
    exit code: 127
    ----- stdout -----
    ----- stderr -----
    error: the environment at .pyve/envs/demo has no pip
      a pip outside of it acts on another environment; it is not used unless you write its path
    hint: add '- pip' below 'dependencies:' in environment.yml, then update the environment: `pyve init --update`
    ");
    assert_snapshot!(place.told("run nosuch"), @"
    exit code: 127
    ----- stdout -----
    ----- stderr -----
    error: command not found: nosuch
      it is neither in the environment at .pyve/envs/demo nor on PATH
    hint: check the spelling; if a package brings it, add '- PACKAGE' below 'dependencies:' in environment.yml, then update the environment: `pyve init --update`
    ");
    place.environment(&["python"]);
    place.done("init --update");
    assert!(place.run(&["pip", "--version"]).starts_with("pip "), "python brings it");
}
