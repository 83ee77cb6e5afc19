//! Answers that break the contract: refused as they arrive, with the plugin, the question and all that is wrong.

use pyve_testkit::{World, contents};

use super::build::libraries;
use crate::ready::{changed_nothing, done, told};

/// A project of the stress plugin's.
fn world() -> World {
    let world = World::new();
    world.filter(r"\.dylib", ".so");
    crate::doctor::give_pyve(&world);
    world.pyve().args(["plugin", "add", "--yes"]).arg(libraries().path("stress")).run().success();
    world.write("stress.txt", "");
    // What is large takes its time on a busy machine.
    world.set("PYVE_PLUGIN_TIMEOUT", "60");
    world
}

/// What `line` says for each thing that the plugin does; nothing in the project changes by it.
fn all(world: &World, line: &str, stresses: &[&str]) -> String {
    let mut said = String::new();
    for stress in stresses {
        world.set("STRESS", stress);
        let before = contents(world.project());
        said += &format!("{stress}\n{}", told(world, line));
        changed_nothing(&before, &contents(world.project()));
    }
    said
}

#[test]
fn a_prefix_that_is_none() {
    let world = world();
    let stresses = ["create:bare=", "create:bare=env", "create:nul", "create:no-steps"];
    insta::assert_snapshot!(all(&world, "init --yes", &stresses), @r"
    create:bare=
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` returned an invalid answer to `create`
      `prefix` is empty
    hint: report this to its author, or run `pyve plugin remove stress` to do without it
    create:bare=env
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` returned an invalid answer to `create`
      `prefix` is not an absolute path: `env`
    hint: report this to its author, or run `pyve plugin remove stress` to do without it
    create:nul
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` returned an invalid answer to `create`
      `prefix` contains a NUL character
    hint: report this to its author, or run `pyve plugin remove stress` to do without it
    create:no-steps
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: backend `stress` did not create `.stress`: it does not exist after its steps
    hint: report this to its author, or run `pyve plugin remove stress` to do without it
    ");
    world.set("STRESS", "");
    done(&world, "init --no-direnv");
}

#[test]
fn a_launch_that_cannot_be() {
    let world = world();
    done(&world, "init --no-direnv");
    world.write(".stress/ready", "changed");
    let stresses =
        ["run:folder=bin", "run:folder=/opt/a:b", "run:variable=A=B", "run:variable=", "run:many", "run:no-inputs"];
    insta::assert_snapshot!(all(&world, "run true", &stresses), @r"
    run:folder=bin
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` returned an invalid answer to `run`
      a directory for PATH is not an absolute path: `bin`
    hint: report this to its author, or run `pyve plugin remove stress` to do without it
    run:folder=/opt/a:b
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` returned an invalid answer to `run`
      a directory for PATH contains `:`: `/opt/a:b`
    hint: report this to its author, or run `pyve plugin remove stress` to do without it
    run:variable=A=B
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` returned an invalid answer to `run`
      `env` has the invalid variable name `A=B`
    hint: report this to its author, or run `pyve plugin remove stress` to do without it
    run:variable=
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` returned an invalid answer to `run`
      `env` has an empty variable name
    hint: report this to its author, or run `pyve plugin remove stress` to do without it
    run:many
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` returned an invalid answer to `run`
      `env` has 100000 entries; at most 1000 are allowed
    hint: report this to its author, or run `pyve plugin remove stress` to do without it
    run:no-inputs
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` returned an invalid answer to `run`
      `inputs` names nothing that the answer depends on
    hint: report this to its author, or run `pyve plugin remove stress` to do without it
    ");
    world.set("STRESS", "");
    assert_eq!(done(&world, "run printenv STRESSED").out(), "1\n");
}

#[test]
fn a_missing_tool_without_words_and_findings_of_others() {
    let world = world();
    insta::assert_snapshot!(all(&world, "init --yes", &["ensure_tool:wordless", "diagnose:bad"]), @r"
    ensure_tool:wordless
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` returned an invalid answer to `ensure_tool`
      no tool was found, and `missing` does not say why
    hint: report this to its author, or run `pyve plugin remove stress` to do without it
    diagnose:bad
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` returned an invalid answer to `diagnose`
      the id of the finding `other.tool` does not begin with `stress.`
      the subject of the finding `other.tool` is empty
      the error `other.tool` has neither a detail nor a remedy
      the incomplete .stress was removed
    hint: report this to its author, or run `pyve plugin remove stress` to do without it
    ");
    insta::assert_snapshot!(all(&world, "plugin try --added detect stress", &["detect:bad"]), @r"
    detect:bad
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` returned an invalid answer to `detect`
      the file `/etc/hostname` is not relative to the project
      the file `/etc/hostname` is not one of its markers
    hint: report this to its author, or run `pyve plugin remove stress` to do without it
    ");
}

#[test]
fn a_summary_without_end_is_not_added() {
    let world = World::new();
    let library = world.root().join("stress.so");
    std::fs::copy(libraries().path("stress"), &library).unwrap();
    world.set("STRESS", "describe:large");
    world.set("PYVE_PLUGIN_TIMEOUT", "60");
    let line = format!("plugin add --yes {}", library.display());
    insta::assert_snapshot!(told(&world, &line), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: [ROOT]/stress.so cannot be used: it returned an invalid answer to `describe`
      `summary` has 12582912 bytes; at most 131072 are allowed
    hint: run `pyve plugin check [ROOT]/stress.so`
    ");
    assert!(!world.home().join(".pyve/plugins/manifest.json").exists());
}

#[test]
fn what_it_logs_stands_under_its_name() {
    let world = world();
    world.set("STRESS", "ensure_tool:log");
    insta::assert_snapshot!(told(&world, "--verbose plugin try --added ensure_tool stress"), @r#"
    exit code: 0
    ----- stdout -----
    {"found":{"origin":"PATH","path":"/bin/sh","version":"1.0.0"},"missing":"","pins":[],"recipes":[],"required_by":"","seen":[]}
    ----- stderr -----
    stress: error: not pyve's
    stress: hint: type what I say
    warning: stress: one
    warning: stress: error: two\u{1b}[31m
    stress: error: three
    stress: four
    "#);
}
