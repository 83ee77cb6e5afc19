//! What is printed, and the exit codes.

use pyve_testkit::Schema;

use super::report;
use crate::ready::{packages_by_python, quick, told};

#[test]
fn an_empty_folder_is_told_what_to_type() {
    let Some(world) = quick("project") else { return };
    world.filter(r"[0-9.]+ [GM]iB left", "[ROOM] left");
    insta::assert_snapshot!(told(&world, "doctor"), @"
    exit code: 1
    ----- stdout -----
    Pyve Environment Diagnostics
    ✓ Backend: venv (default)
    • Settings: .pyve/config does not exist, so nothing is set
    ✓ Tool: Python [VERSION] ([BIN]/python3, PATH)
    ✗ Environment: there is none at [PROJECT]/.venv
      → pyve init
    • Record: none: no environment was created yet
    ✓ pyve: 4.0.0
    ✓ Disk space: [ROOM] left
    4 ok, 1 error
    ----- stderr -----
    ");
}

#[test]
fn a_healthy_project_is_all_marks() {
    let Some(world) = super::healthy_with_pip() else { return };
    // It is kept once the files that it depends on are older than their time stamps can tell.
    world.filter("Activation: .*", "Activation: [KEPT OR NOT]");
    world.filter(r"[0-9.]+ [GM]iB left", "[ROOM] left");
    // Until 3.11 a fresh environment has setuptools, too.
    let packages = packages_by_python(&world);
    let packages = format!("Packages: {packages} package{}\n", if packages == 1 { "" } else { "s" });
    let said = told(&world, "doctor --strict");
    assert!(said.contains(&packages), "{packages}{said}");
    insta::assert_snapshot!(said.replace(&packages, "Packages: [AS MANY AS PYTHON INSTALLS]\n"), @"
    exit code: 0
    ----- stdout -----
    Pyve Environment Diagnostics
    ✓ Backend: venv (set in `.pyve/config:3`)
    ✓ Settings: .pyve/config
    ✓ Tool: Python [VERSION] ([ROOT]/light/bin/python3)
    ✓ Environment: [PROJECT]/.venv
    ✓ Python: [VERSION]
    • Packages: [AS MANY AS PYTHON INSTALLS]
    ✓ Record: ready, created with pyve 4.0.0
    ✓ pyve: 4.0.0
    ✓ Activation: [KEPT OR NOT]
    ✓ direnv file: .envrc
    ✓ direnv: [BIN]/direnv
    ✓ direnv: .envrc is allowed
    ✓ Variables file: .env
    ✓ Git ignores: .gitignore
    ✓ Disk space: [ROOM] left
    all checks passed
    ----- stderr -----
    ");
}

#[test]
fn a_healthy_project_is_told_under_these_names() {
    let Some(world) = super::healthy_with_pip() else { return };
    let report = report(&world, "");
    let told: Vec<&str> = report["checks"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    let names = [
        "pyve.backend",
        "pyve.config",
        "venv.tool",
        "venv.environment",
        "venv.python",
        "venv.packages",
        "pyve.record",
        "pyve.version",
        "pyve.launch",
        "pyve.envrc",
        "pyve.direnv",
        "pyve.envrc-allowed",
        "pyve.dotenv",
        "pyve.gitignore",
        "pyve.disk",
    ];
    assert_eq!(told, names);
}

#[test]
fn without_unicode_the_marks_are_words() {
    let Some(world) = quick("project") else { return };
    world.filter(r"[0-9.]+ [GM]iB left", "[ROOM] left");
    let (code, text) = world.pyve().env("LC_ALL", "C").env("TERM", "dumb").args(["doctor"]).terminal().end();
    assert_eq!(code, 1);
    assert!(text.is_ascii() && text.contains("[error] Environment: ") && text.contains("  -> pyve init"), "{text}");
}

#[test]
fn the_exit_code_says_how_bad_it_is() {
    let Some(world) = super::healthy_with_pip() else { return };
    let code = |line: &str| crate::ready::pyve(&world, line).code;
    assert_eq!((code("doctor"), code("doctor --strict")), (Some(0), Some(0)));
    world.write(".gitignore", "");
    assert_eq!((code("doctor"), code("doctor --strict")), (Some(0), Some(1)));
    std::fs::remove_dir_all(world.project().join(".venv")).unwrap();
    assert_eq!(code("doctor"), Some(1));
    assert_eq!(
        (code("doctor --backend nobody"), code("doctor --dry-run"), code("doctor --env ../x")),
        (Some(2), Some(2), Some(2))
    );
}

#[test]
fn json_is_all_there_is_and_follows_its_schema() {
    let Some(world) = quick("project") else { return };
    let schema = world.pyve().args(["doctor", "--schema"]).run();
    let Some(schema) = Schema::of(std::str::from_utf8(&schema.stdout).unwrap()) else { return };
    let empty = report(&world, "");
    world.write(".pyve/config", "backend: nobody\n");
    let broken = report(&world, "");
    world.write(".pyve/config", "backend: venv\n");
    let fixed = report(&world, "--fix --yes");
    assert_eq!(fixed["fixes"][0]["outcome"], "done", "{fixed:#}");
    let complaints = schema.complaints(&[empty, broken, fixed, serde_json::json!({"schema": 1})]);
    assert!(complaints[..3].iter().all(Vec::is_empty), "{complaints:?}");
    assert!(!complaints[3].is_empty());
}
