//! `pyve python`: what is listed, and which one the project takes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use pyve_pythons::builds::Platform;
use pyve_testkit::{Interpreter, World, interpreter};
use serde_json::Value;

use crate::ready::{done, install, light, link, quick, told};

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
    3.14.7  cpython  -  not installed: pyve python install 3.14.7
    3.13.15  cpython  -  not installed: pyve python install 3.13.15
    3.12.14  cpython  -  not installed: pyve python install 3.12.14
    3.11.16  cpython  -  not installed: pyve python install 3.11.16
    3.10.21  cpython  -  not installed: pyve python install 3.10.21
    3.9.25  cpython  -  not installed: pyve python install 3.9.25

    * what `pyve init` takes: the newest on PATH, as no version is asked for
    ----- stderr -----
    ");
    world.write(".python-version", format!("# the server's\n{}\n", python.version));
    let said = done(&world, "python list").out();
    assert!(said.ends_with("\n\n* what `pyve init` takes: `.python-version:2` asks for [VERSION]\n"), "{said}");
    let json: Value = serde_json::from_str(&done(&world, "python list --json").out()).unwrap();
    insta::assert_snapshot!(format!("{json:#}"), @r#"
    {
      "available": [
        "3.14.7",
        "3.13.15",
        "3.12.14",
        "3.11.16",
        "3.10.21",
        "3.9.25"
      ],
      "missing": null,
      "project": "[PROJECT]",
      "pythons": [
        {
          "environments": null,
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
          "environments": null,
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
          "environments": null,
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
          "environments": null,
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
          "environments": null,
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
    assert_eq!(none(&world), "`pyve init` takes none: Python 3.99 is not installed (`.python-version:1`)");
    world.write(".python-version", "3.9\n");
    world.write("pyproject.toml", "");
    let said = told(&world, "python list");
    assert!(said.contains("takes none: Python 3.9 is not installed (`.python-version:1`)\n"), "{said}");
    assert!(said.ends_with("hint: download CPython 3.9.25: `pyve python install`\n"), "{said}");
    world.write("pyproject.toml", "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \">=3.98\"\n");
    world.write(".python-version", "3.12\n");
    assert_eq!(
        none(&world),
        "`pyve init` takes none: Python 3.12 (`.python-version:1`) contradicts `requires-python` `>=3.98` \
         (`pyproject.toml:4`)"
    );
    // Settings that cannot be read are no reason to hide what is there.
    world.write(".pyve/config", "backend: [\n");
    let said = told(&world, "python list");
    assert!(said.contains("\n`pyve init` takes none: ") && said.starts_with("exit code: 0\n"), "{said}");
    assert_eq!(world.tree(), "0644 .python-version\n0755 .pyve/\n0644 .pyve/config\n0644 pyproject.toml\n");
}

#[test]
fn where_there_is_none_that_is_told() {
    let world = World::named("project");
    insta::assert_snapshot!(told(&world, "python list"), @"
    exit code: 0
    ----- stdout -----
    `pyve init` takes none: no Python was found in asdf, pyenv or on PATH
    ----- stderr -----
    hint: download CPython 3.14.7: `pyve python install`
    ");
    assert!(done(&world, "python list --json").out().contains("\n  \"pythons\": [],\n"));
    let all = squeezed(&world, "python list --all");
    assert!(all.contains("\n3.13.15  cpython  not installed: pyve python install 3.13.15\n"), "{all}");
}

#[test]
fn what_a_backend_or_a_directory_brings_is_told() {
    let (Some(world), Some(python)) = (quick("project"), interpreter(3, 11)) else { return };
    world.write("environment.yml", "name: x\ndependencies: [python]\n");
    let last = |line: &str| done(&world, line).out().lines().last().unwrap().to_owned();
    assert_eq!(
        last("python list"),
        "`pyve init` takes none: backend `micromamba` installs Python with the environment"
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
        "`pyve init` takes none: could not use Python path:[ROOT]/elsewhere (`.tool-versions:1`)"
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
    hint: install Python 3.99 (https://www.python.org/downloads/; pyve has no build of it, the nearest is 3.14.7), or name one that is found with `--python-version`
    ");
}

/// An archive as releases have it, whose interpreter starts the one that is given; the directory of the build in it.
fn packed(world: &World, python: &Interpreter) -> PathBuf {
    let platform = Platform::here().unwrap();
    let name = format!("cpython-{}+20260814-{}-install_only.tar.gz", python.version, platform.triple());
    let file = world.root().join(name);
    let mut archive = tar::Builder::new(GzEncoder::new(fs::File::create(&file).unwrap(), Compression::fast()));
    let script = format!("#!/bin/sh\nexec {} \"$@\"\n", world.bin().join("python3").display());
    for name in ["python3".to_owned(), format!("python{}", python.minor())] {
        let mut header = tar::Header::new_gnu();
        header.set_size(script.len() as u64);
        header.set_mode(0o755);
        archive.append_data(&mut header, format!("python/bin/{name}"), script.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap();
    world.set("PYVE_PYTHON_URL", &file);
    world.set("PYVE_PYTHON_SHA256", pyve_formats::sha256::of(fs::read(&file).unwrap()));
    directory(world, &python.version)
}

/// Where the build of this version stands.
fn directory(world: &World, version: &str) -> PathBuf {
    world.home().join(format!(".pyve/pythons/cpython-{version}-{}", Platform::here().unwrap()))
}

fn builds(world: &World) -> Vec<String> {
    let names = fs::read_dir(world.home().join(".pyve/pythons")).into_iter().flatten().flatten();
    names.map(|entry| entry.file_name().into_string().unwrap()).filter(|name| !name.starts_with('.')).collect()
}

#[test]
fn a_build_is_installed_once_by_several_and_uninstalled() {
    let (Some(world), Some(python)) = (quick("project"), interpreter(3, 11)) else { return };
    let build = packed(&world, python);
    let platform = Platform::here().unwrap();
    world.filter(&platform.to_string(), "[PLATFORM]");
    world.filter(&format!("/bin/python{}", python.minor()), "/bin/python[MINOR]");
    world.filter(platform.triple(), "[TRIPLE]");
    world.filter("[0-9a-f]{64}", "[SHA256]");
    let install = format!("python install {} {}", python.version, python.version);
    insta::assert_snapshot!(told(&world, &format!("{install} --dry-run")), @"
    exit code: 0
    ----- stdout -----
    download [ROOT]/cpython-[VERSION]+20260814-[TRIPLE]-install_only.tar.gz (sha256 [SHA256]) and unpack it to [HOME]/.pyve/pythons/cpython-[VERSION]-[PLATFORM]
    ----- stderr -----
    ");
    assert!(!world.home().join(".pyve").exists());
    // What a killed one left is nobody's Python, and goes.
    let left = build.with_file_name(format!("{}.pyve-new-0123", build.file_name().unwrap().to_str().unwrap()));
    program(&left.join("bin/python3"), "touch \"$0-ran\"\n");
    let several: Vec<_> =
        (0..3).map(|_| world.pyve().args(install.split(' ')).into_command().spawn().unwrap()).collect();
    assert!(several.into_iter().all(|mut one| one.wait().unwrap().success()));
    assert_eq!(builds(&world), [build.file_name().unwrap().to_str().unwrap()]);
    insta::assert_snapshot!(told(&world, &install), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ CPython [VERSION] is already installed (`[HOME]/.pyve/pythons/cpython-[VERSION]-[PLATFORM]`)
    ");
    insta::assert_snapshot!(squeezed(&world, "python list"), @"
    exit code: 0
    ----- stdout -----
    VERSION  IMPLEMENTATION  MANAGED BY  PATH
    [VERSION] *  cpython  -  [BIN]/python3
    [VERSION]  cpython  pyve  [HOME]/.pyve/pythons/cpython-[VERSION]-[PLATFORM]/bin/python[MINOR]

    * what `pyve init` takes: the newest on PATH, as no version is asked for
    ----- stderr -----
    note: no environment that pyve knows of uses its [VERSION]; to remove it: `pyve python uninstall [VERSION]`
    ");
    // What the project asks for is there; nothing is fetched for it.
    world.write(".python-version", &python.version);
    insta::assert_snapshot!(told(&world, "python install --offline"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ Python [VERSION] is already installed (`[HOME]/.pyve/pythons/cpython-[VERSION]-[PLATFORM]/bin/python[MINOR]`)
    ");

    // What was installed is what the next environment is made with.
    let init = done(&world, &format!("init --no-direnv --python-version {}", python.version));
    assert!(init.err().contains("\n✓ Python: [VERSION] (pyve, [HOME]/.pyve/pythons/"), "{init}");

    fs::create_dir(&left).unwrap();
    assert!(!done(&world, "python list --json").out().contains("pyve-new"));
    let uninstall = format!("python uninstall {}", python.version);
    insta::assert_snapshot!(told(&world, &uninstall), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Remove CPython [VERSION] ([HOME]/.pyve/pythons/cpython-[VERSION]-[PLATFORM])? [Y/n]: 
    error: CPython [VERSION] was not removed: nobody said yes
    hint: run `pyve python uninstall --yes [VERSION]`
    ");
    let no = world.pyve().args(uninstall.split(' ')).stdin("n\n").run();
    insta::assert_snapshot!(no.to_string(), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Remove CPython [VERSION] ([HOME]/.pyve/pythons/cpython-[VERSION]-[PLATFORM])? [Y/n]: 
    cancelled: CPython [VERSION] was not removed
    ");
    let several: Vec<_> =
        (0..2).map(|_| world.pyve().args(uninstall.split(' ')).arg("--yes").into_command().spawn().unwrap()).collect();
    let codes: Vec<_> = several.into_iter().map(|mut one| one.wait().unwrap().code().unwrap()).collect();
    assert!(codes.contains(&0), "{codes:?}");
    assert!(builds(&world).is_empty(), "{:?}", builds(&world));
    insta::assert_snapshot!(told(&world, &format!("{uninstall} --yes")), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python [VERSION] was not installed by pyve
    hint: run `pyve python list`
    ");
    // One that somebody damaged is known, and goes.
    fs::create_dir_all(build.join("lib")).unwrap();
    insta::assert_snapshot!(told(&world, &install), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Download CPython [VERSION]
    error: could not install CPython [VERSION]: `[HOME]/.pyve/pythons/cpython-[VERSION]-[PLATFORM]` already exists and holds no Python
    hint: remove it first: `pyve python uninstall [VERSION]`
    ");
    let broken = "[HOME]/.pyve/pythons/cpython-[VERSION]-[PLATFORM]/bin/python (it does not exist)";
    assert!(squeezed(&world, "python list").contains(&format!("\n[VERSION]  -  pyve  {broken}\n")));
    done(&world, &format!("{uninstall} --yes"));
    done(&world, &install);
}

#[test]
fn a_build_that_cannot_be_had_is_told_with_what_there_is() {
    let Some(world) = quick("project") else { return };
    insta::assert_snapshot!(told(&world, "python install 3.13 3.8"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not install Python 3.8: pyve has no build of it, the nearest is 3.9.25
    hint: run `pyve python list --all`
    ");
    insta::assert_snapshot!(told(&world, "python install >3.13,<"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: invalid Python version `>3.13,<`: Failed to parse version: Unexpected end of version specifier, expected version:
    hint: write a version such as `3.12` or `3.12.4`
    ");
    world.write("environment.yml", "name: x\ndependencies: [python]\n");
    insta::assert_snapshot!(told(&world, "python install"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not tell which Python the project asks for: backend `micromamba` installs Python with the environment
    hint: name the version, such as `pyve python install 3.13`
    ");
    world.write(".python-version", "3.99\n");
    fs::remove_file(world.project().join("environment.yml")).unwrap();
    insta::assert_snapshot!(told(&world, "python install"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not install Python 3.99: pyve has no build of it, the nearest is 3.14.7
    hint: run `pyve python list --all`
    ");
    assert!(!world.home().join(".pyve/pythons").exists());
}

#[test]
fn a_build_that_an_environment_uses_stays_unless_that_is_meant() {
    let (Some(world), Some(python)) = (light("project"), interpreter(3, 11)) else { return };
    let (build, version) = (directory(&world, &python.version), &python.version);
    fs::create_dir_all(build.parent().unwrap()).unwrap();
    fs::rename(world.root().join("light"), &build).unwrap();
    world.filter(&Platform::here().unwrap().to_string(), "[PLATFORM]");
    let environments = || {
        let json: Value = serde_json::from_str(&done(&world, "python list --json").out()).unwrap();
        let own = json["pythons"].as_array().unwrap().iter().find(|one| one["managed_by"] == "pyve").unwrap();
        own["environments"].clone()
    };
    assert_eq!(environments(), serde_json::json!([]));
    done(&world, "init --no-direnv");
    done(&world, "init --env dev --no-direnv");
    assert_eq!(environments(), serde_json::json!(["[PROJECT]/.pyve/envs/dev", "[PROJECT]/.venv"]));
    insta::assert_snapshot!(told(&world, &format!("python uninstall {version} --yes")), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not remove CPython [VERSION]: 2 environments use it
      [PROJECT]/.pyve/envs/dev
      [PROJECT]/.venv
    hint: purge them, or remove it all the same: `pyve python uninstall --force --yes [VERSION]`
    ");
    fs::rename(world.project().join(".venv"), world.root().join("moved")).unwrap();
    assert_eq!(environments(), serde_json::json!(["[PROJECT]/.pyve/envs/dev"]));

    // Others of the same series, and what only looks like one.
    let minor = python.minor();
    program(&directory(&world, &format!("{minor}.99")).join("bin/python3"), "exit 1\n");
    link(&directory(&world, &format!("{minor}.98")), &build);
    let said = told(&world, &format!("python uninstall {minor}"));
    assert!(said.contains(&format!("error: Python {minor} means 3 builds\n  {minor}.99 (")), "{said}");
    assert!(said.ends_with(&format!("hint: name one of them: `pyve python uninstall {minor}.99`\n")), "{said}");
    let said = told(&world, &format!("python uninstall {minor}.98 --yes --force"));
    let hint = format!("hint: remove it yourself: `rm [HOME]/.pyve/pythons/cpython-{minor}.98-[PLATFORM]`\n");
    assert!(said.ends_with(&hint), "{said}");
    assert!(build.join("bin").is_dir());
    done(&world, &format!("python uninstall {version} --yes --force"));
    assert!(!build.exists() && world.project().join(".pyve/envs/dev").exists());
    let said = told(&world, &format!("python uninstall {minor}.97"));
    assert!(said.ends_with(&format!("hint: did you mean `pyve python uninstall {minor}.99`?\n")), "{said}");
    done(&world, &format!("python uninstall {minor}.99 --yes"));

    install(&world, python);
    insta::assert_snapshot!(told(&world, &format!("python uninstall {version}")), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python [VERSION] is managed by pyenv
    hint: run `pyenv uninstall [VERSION]`
    ");
}
