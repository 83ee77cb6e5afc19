//! `pyve init --dry-run` and `--explain`: what is shown is what would be done, and nothing is done.

use pyve_testkit::{World, contents};
use serde_json::{Value, json};

use crate::ready::{changed_nothing, done, pyve, quick, told};

/// The lines that a dry run shows below the choice.
fn planned(world: &World, line: &str) -> Vec<String> {
    let before = contents(world.root());
    let outcome = done(world, &format!("{line} --dry-run"));
    changed_nothing(&before, &contents(world.root()));
    let out = outcome.out();
    let (_, lines) = out.split_once("\nIn [PROJECT]:\n").unwrap_or_else(|| panic!("{outcome}"));
    lines.lines().map(|line| line.strip_prefix("  ").unwrap().to_owned()).collect()
}

/// The lines of the real run that are none of its other words.
fn carried_out(world: &World, line: &str) -> Vec<String> {
    let outcome = done(world, &format!("--verbose {line}"));
    let steps =
        ["record the", "run: ", "write ", "put aside ", "remove the old ", "set in ", "make ", "clone ", "ask: "];
    let err = outcome.err();
    let lines = err.lines().filter(|line| steps.iter().any(|step| line.starts_with(step)));
    lines.map(str::to_owned).collect()
}

#[test]
fn every_init_does_exactly_what_its_dry_run_shows() {
    let Some(world) = quick("my project") else { return };
    world.write(".tool-versions", "ruby 3.3.0\npython 3\n");
    world.write("requirements.txt", "");
    let lines = [
        "init --python-version 3 --no-install-deps",
        "init --no-install-deps",
        "init --force --yes --no-install-deps",
        "init --update --local-env --no-direnv --no-install-deps",
        "init .other --no-install-deps",
        "init --env docs --no-install-deps",
    ];
    for line in lines {
        let planned = planned(&world, line);
        assert!(planned.len() > 3, "{line}: {planned:#?}");
        assert_eq!(carried_out(&world, line), planned, "{line}");
    }
}

#[test]
fn the_lines_of_a_first_init() {
    let Some(world) = quick("project") else { return };
    world.write(".tool-versions", "python 3.1\n");
    world.write("requirements.txt", "");
    insta::assert_snapshot!(told(&world, "init --dry-run --python-version >=3.11 --install-deps"), @r"
    exit code: 0
    ----- stdout -----
    Backend: venv (found `requirements.txt`)
      --backend        not set
      .pyve/config     not set
      last initialised never
    > files            requirements.txt (venv, generic)
      default          venv

    In [PROJECT]:
      record the environment `default` as creating
      run: [BIN]/python3 -I -m venv [PROJECT]/.venv
      record the environment `default` as ready
      write .pyve/config if it is missing
      write .gitignore (marked block)
      write .envrc (marked block)
      write .env if it is missing (empty, mode 600)
      record the environment `default` as wired in
      run: PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore VIRTUAL_ENV=[PROJECT]/.venv [PROJECT]/.venv/bin/python -I -m pip install -r requirements.txt (in [PROJECT])
    ----- stderr -----
    ");
    assert_eq!(world.tree().lines().count(), 2);
}

#[test]
fn the_document_of_a_dry_run() {
    let Some(world) = quick("project") else { return };
    world.write("requirements.txt", "");
    let before = contents(world.project());
    let outcome = world.pyve().args(["init", "--dry-run", "--json", "--install-deps"]).env("CI", "1").run().success();
    changed_nothing(&before, &contents(world.project()));
    assert_eq!(outcome.err(), "");
    // Paths have their names here, as in every outcome.
    let shown: Value = serde_json::from_str(&outcome.out()).unwrap();
    assert_eq!((&shown["schema"], &shown["project"]), (&json!(1), &json!("[PROJECT]")));
    assert_eq!(shown["selection"]["backend"], "venv");
    let environment = &shown["environment"];
    assert_eq!((&environment["state"], &environment["prefix"]), (&json!("absent"), &json!("[PROJECT]/.venv")));
    assert_eq!(environment["tool"]["origin"], "PATH");
    let actions = shown["actions"].as_array().unwrap();
    let lines: Vec<&str> = actions.iter().map(|action| action["line"].as_str().unwrap()).collect();
    assert_eq!(lines, planned(&world, "init --install-deps"));
    let mut commands = actions.iter().map(|action| &action["step"]["command"]);
    let making = commands.find(|command| command["program"] == "[BIN]/python3").unwrap();
    assert_eq!(making["args"].as_array().unwrap()[..3], [json!("-I"), json!("-m"), json!("venv")]);
}

#[test]
fn what_a_program_says_while_it_is_run_is_no_result() {
    let Some(world) = quick("project") else { return };
    let script = std::fs::read_to_string(world.bin().join("python3")).unwrap();
    world.stand_in("python3", &script.replace("shift 3;", "shift 3; echo noise;"));
    let outcome = done(&world, "init");
    assert!(outcome.stdout.is_empty() && outcome.err().contains("noise\n"), "{outcome}");
    let outcome = done(&world, "run python -c print(1)");
    assert_eq!((outcome.out().as_str(), outcome.err().as_str()), ("1\n", ""), "run says nothing of its own");
}

#[test]
fn every_level_is_explained() {
    let Some(world) = quick("project") else { return };
    let explained = |line: &str| pyve(&world, &format!("init --explain {line}")).to_string();
    insta::assert_snapshot!(explained(""), @r"
    exit code: 0
    ----- stdout -----
    Backend: venv (default)
      --backend        not set
      .pyve/config     not set
      last initialised never
      files            not found
    > default          venv
    ----- stderr -----
    ");
    world.write("requirements.txt", "");
    insta::assert_snapshot!(explained(""), @r"
    exit code: 0
    ----- stdout -----
    Backend: venv (found `requirements.txt`)
      --backend        not set
      .pyve/config     not set
      last initialised never
    > files            requirements.txt (venv, generic)
      default          venv
    ----- stderr -----
    ");
    done(&world, "init --backend venv --no-install-deps");
    std::fs::remove_file(world.project().join(".pyve/config")).unwrap();
    insta::assert_snapshot!(explained(""), @"
    exit code: 0
    ----- stdout -----
    Backend: venv (last initialized with it)
      --backend        not set
      .pyve/config     not set
    > last initialised venv (.pyve/state/default/current)
      files            requirements.txt (venv, generic)
      default          venv
    ----- stderr -----
    ");
    world.write(".pyve/config", "# settings\n\nbackend: venv\n");
    insta::assert_snapshot!(explained(""), @r"
    exit code: 0
    ----- stdout -----
    Backend: venv (set in `.pyve/config:3`)
      --backend        not set
    > .pyve/config     venv (.pyve/config:3)
      last initialised venv (.pyve/state/default/current)
      files            requirements.txt (venv, generic)
      default          venv
    ----- stderr -----
    ");
    insta::assert_snapshot!(explained("--backend micromamba"), @r"
    exit code: 0
    ----- stdout -----
    Backend: micromamba (set by `--backend`)
    > --backend        micromamba
      .pyve/config     venv (.pyve/config:3)
      last initialised venv (.pyve/state/default/current)
      files            requirements.txt (venv, generic)
      default          venv
    ----- stderr -----
    ");
    world.write(".pyve/config", "backend: auto\n");
    insta::assert_snapshot!(explained("--backend auto"), @"
    exit code: 0
    ----- stdout -----
    Backend: venv (last initialized with it)
      --backend        auto: the next level decides
      .pyve/config     auto: the next level decides (.pyve/config:1)
    > last initialised venv (.pyve/state/default/current)
      files            requirements.txt (venv, generic)
      default          venv
    ----- stderr -----
    ");
    insta::assert_snapshot!(explained("--backend vnev"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: backend `vnev` not found (`--backend`)
      known backends: micromamba, venv
      plugins are looked up in `[HOME]/.pyve/plugins`
    hint: did you mean `--backend venv`?
    ");
    insta::assert_snapshot!(explained("--json --backend venv"), @r#"
    exit code: 0
    ----- stdout -----
    {
      "schema": 1,
      "project": "[PROJECT]",
      "meant": {
        "environment": "default",
        "why": "default"
      },
      "selection": {
        "backend": "venv",
        "decided_by": "--backend",
        "why": "set by `--backend`",
        "levels": [
          {
            "level": "--backend",
            "said": "venv",
            "backend": "venv",
            "origins": [
              "--backend"
            ],
            "decided": true
          },
          {
            "level": ".pyve/config",
            "said": "auto: the next level decides",
            "backend": null,
            "origins": [
              ".pyve/config:1"
            ],
            "decided": false
          },
          {
            "level": "last initialised",
            "said": "venv",
            "backend": "venv",
            "origins": [
              ".pyve/state/default/current"
            ],
            "decided": false
          },
          {
            "level": "files",
            "said": "requirements.txt (venv, generic)",
            "backend": "venv",
            "origins": [
              "requirements.txt"
            ],
            "decided": false
          },
          {
            "level": "default",
            "said": "venv",
            "backend": "venv",
            "origins": [],
            "decided": false
          }
        ],
        "warnings": []
      }
    }
    ----- stderr -----
    "#);
}
