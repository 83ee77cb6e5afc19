//! `pyve python`: what is listed, and which one the project takes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use pyve_testkit::{World, interpreter};
use serde_json::Value;

use crate::ready::{done, install, link, quick, told};

fn program(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\n{script}")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// What it says, with two spaces between columns, whatever the length of the versions here.
fn squeezed(world: &World, line: &str) -> String {
    let columns =
        |line: &str| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join("  ");
    told(world, line).lines().map(columns).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_python_is_listed_once_with_the_one_that_the_project_takes() {
    let (Some(world), Some(python)) = (quick("project"), interpreter(3, 11)) else { return };
    install(&world, python);
    let versions = world.home().join(".pyenv/versions");
    for (name, code) in [("3.4.9", 1), ("2.7.18", 2)] {
        program(
            &versions.join(name).join("bin/python3"),
            &format!("printf 'it \\033[31mis broken\\n' >&2\nexit {code}\n"),
        );
    }
    fs::create_dir_all(versions.join("3.5.0/lib")).unwrap();
    // Names of those that are there.
    link(&versions.join("alias"), &versions.join(&python.version));
    link(&world.bin().join("python"), &world.bin().join("python3"));
    let shim = world.home().join(".pyenv/shims/python3");
    program(&shim, "exec pyenv exec python3 \"$@\"\n");
    world.append_path(shim.parent().unwrap());

    insta::assert_snapshot!(squeezed(&world, "python list"), @r"
    exit code: 0
    ----- stdout -----
    VERSION  IMPLEMENTATION  MANAGED BY  PATH
    [VERSION] *  cpython  -  [BIN]/python3
    [VERSION]  cpython  pyenv  [HOME]/.pyenv/versions/[VERSION]/bin/python3
    2.7.18  -  pyenv  [HOME]/.pyenv/versions/2.7.18/bin/python3 (it is older than Python 3)
    3.4.9  -  pyenv  [HOME]/.pyenv/versions/3.4.9/bin/python3 (it ends with code 1: it \u{1b}[31mis broken)
    3.5.0  -  pyenv  [HOME]/.pyenv/versions/3.5.0/bin/python (it does not exist)

    * what `pyve init` takes: the newest on PATH, as no version is asked for
    ----- stderr -----
    ");
    insta::assert_snapshot!(squeezed(&world, "python list --all"), @r"
    exit code: 0
    ----- stdout -----
    VERSION  IMPLEMENTATION  MANAGED BY  PATH
    [VERSION] *  cpython  -  [BIN]/python3
    [VERSION] *  cpython  -  [BIN]/python -> [BIN]/python3
    [VERSION]  cpython  pyenv  [HOME]/.pyenv/versions/[VERSION]/bin/python3
    [VERSION]  cpython  pyenv  [HOME]/.pyenv/versions/alias/bin/python3 -> [HOME]/.pyenv/versions/[VERSION]/bin/python3
    2.7.18  -  pyenv  [HOME]/.pyenv/versions/2.7.18/bin/python3 (it is older than Python 3)
    3.4.9  -  pyenv  [HOME]/.pyenv/versions/3.4.9/bin/python3 (it ends with code 1: it \u{1b}[31mis broken)
    3.5.0  -  pyenv  [HOME]/.pyenv/versions/3.5.0/bin/python (it does not exist)

    * what `pyve init` takes: the newest on PATH, as no version is asked for
    ----- stderr -----
    ");
    world.write(".python-version", format!("# the server's\n{}\n", python.version));
    let said = done(&world, "python list").out();
    assert!(said.ends_with("\n\n* what `pyve init` takes: `.python-version:2` asks for [VERSION]\n"), "{said}");
    let json: Value = serde_json::from_str(&done(&world, "python list --json").out()).unwrap();
    insta::assert_snapshot!(format!("{json:#}"), @r#"
    {
      "missing": null,
      "project": "[PROJECT]",
      "pythons": [
        {
          "implementation": "cpython",
          "managed_by": null,
          "name": "python3",
          "origin": "PATH",
          "other_paths": [
            "[BIN]/python"
          ],
          "path": "[BIN]/python3",
          "problem": null,
          "selected": false,
          "version": "[VERSION]"
        },
        {
          "implementation": "cpython",
          "managed_by": "pyenv",
          "name": "[VERSION]",
          "origin": "pyenv",
          "other_paths": [
            "[HOME]/.pyenv/versions/alias/bin/python3"
          ],
          "path": "[HOME]/.pyenv/versions/[VERSION]/bin/python3",
          "problem": null,
          "selected": true,
          "version": "[VERSION]"
        },
        {
          "implementation": null,
          "managed_by": "pyenv",
          "name": "2.7.18",
          "origin": "pyenv",
          "other_paths": [],
          "path": "[HOME]/.pyenv/versions/2.7.18/bin/python3",
          "problem": "it is older than Python 3",
          "selected": false,
          "version": null
        },
        {
          "implementation": null,
          "managed_by": "pyenv",
          "name": "3.4.9",
          "origin": "pyenv",
          "other_paths": [],
          "path": "[HOME]/.pyenv/versions/3.4.9/bin/python3",
          "problem": "it ends with code 1: it \u001b[31mis broken",
          "selected": false,
          "version": null
        },
        {
          "implementation": null,
          "managed_by": "pyenv",
          "name": "3.5.0",
          "origin": "pyenv",
          "other_paths": [],
          "path": "[HOME]/.pyenv/versions/3.5.0/bin/python",
          "problem": "it does not exist",
          "selected": false,
          "version": null
        }
      ],
      "reason": "`.python-version:2` asks for [VERSION]",
      "schema": 1
    }
    "#);

    world.write(".python-version", "3.99\n");
    world.write("pyproject.toml", "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \">=3.98\"\n");
    let none = |world: &World| done(world, "python list").out().lines().last().unwrap().to_owned();
    assert_eq!(none(&world), "`pyve init` takes none of them: Python 3.99 is not installed (`.python-version:1`)");
    world.write(".python-version", "3.12\n");
    assert_eq!(
        none(&world),
        "`pyve init` takes none of them: Python 3.12 (`.python-version:1`) contradicts `requires-python` `>=3.98` \
         (`pyproject.toml:4`)"
    );
    // Settings that cannot be read are no reason to hide what is there.
    world.write(".pyve/config", "backend: [\n");
    let said = told(&world, "python list");
    assert!(said.contains("\n`pyve init` takes none of them: ") && said.starts_with("exit code: 0\n"), "{said}");
    assert_eq!(world.tree(), "0644 .python-version\n0755 .pyve/\n0644 .pyve/config\n0644 pyproject.toml\n");
}

#[test]
fn what_a_backend_or_a_directory_brings_is_told() {
    let (Some(world), Some(python)) = (quick("project"), interpreter(3, 11)) else { return };
    world.write("environment.yml", "name: x\ndependencies: [python]\n");
    let last = |line: &str| done(&world, line).out().lines().last().unwrap().to_owned();
    assert_eq!(
        last("python list"),
        "`pyve init` takes none of them: backend `micromamba` installs Python with the environment"
    );
    fs::remove_file(world.project().join("environment.yml")).unwrap();
    world.write("pyproject.toml", "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \">=3.8\"\n");
    assert_eq!(
        last("python list"),
        "* what `pyve init` takes: the newest on PATH that fits >=3.8 (`pyproject.toml:4`)"
    );
    // Not among the others, as only this project names it.
    install(&world, python);
    let here = world.root().join("elsewhere");
    fs::create_dir_all(here.join("bin")).unwrap();
    let installed = world.home().join(".pyenv/versions").join(&python.version).join("bin/python3");
    fs::rename(installed, here.join("bin/python")).unwrap();
    world.write(".tool-versions", format!("python path:{}\n", here.display()));
    assert_eq!(
        last("python list"),
        "`pyve init` takes none of them: could not use Python path:[ROOT]/elsewhere (`.tool-versions:1`)"
    );
    done(&world, "init --no-direnv");
    let json: Value = serde_json::from_str(&done(&world, "python list --json").out()).unwrap();
    assert_eq!(json["reason"], "`.tool-versions:1` asks for path:[ROOT]/elsewhere");
    let first = &json["pythons"][0];
    assert_eq!((&first["selected"], &first["origin"]), (&true.into(), &"path".into()));
    assert_eq!(first["path"], "[ROOT]/elsewhere/bin/python");
}

#[test]
fn to_pin_is_one_command_by_two_names() {
    let Some(world) = quick("project") else { return };
    let by = |line: &str| {
        let said = done(&world, line).to_string();
        fs::remove_file(world.project().join(".python-version")).unwrap();
        said
    };
    assert_eq!(by("python pin 3"), by("python-version 3"));
    world.write(".python-version", "3\n");
    assert_eq!(told(&world, "python pin"), told(&world, "python-version"));
    assert_eq!(told(&world, "python pin --json"), told(&world, "python-version --json"));
    insta::assert_snapshot!(told(&world, "python pin 3.99"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python 3.99 is not installed
      asked for by `--python-version`
      found: PATH [VERSION] ([BIN]/python3)
    hint: install Python 3.99 (https://www.python.org/downloads/), or name one that is found with `--python-version`
    ");
}
