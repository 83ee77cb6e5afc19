//! The pixi example on a stand-in that answers as pixi does, and makes a prefix of the real Python.

use pyve_testkit::{World, interpreter};

use super::{runs_without_a_record, world_with};

/// `pixi --version`, `pixi install`, and `pixi shell-hook --json`; each call is noted in `calls`.
const PIXI: &str = r#"#!/bin/sh
echo "$*" >> "$PIXI_CALLS"
for word; do case $before in --environment) name=$word ;; esac; before=$word; done
prefix=$PIXI_PROJECT/.pixi/envs/${name:-default}
case $1 in
  --version) echo "pixi 0.50.2" ;;
  install) mkdir -p "$prefix/bin" "$prefix/conda-meta"; ln -sf "$PIXI_PYTHON" "$prefix/bin/python"
      printf %s "$prefix/conda-meta" > "$prefix/conda-meta/pixi_env_prefix" ;;
  shell-hook) printf '{"environment_variables": {"PATH": "%s/bin:%s", "CONDA_PREFIX": "%s", "PIXI_IN_SHELL": "1"}}' \
      "$prefix" "$PATH" "$prefix" ;;
  *) exit 2 ;;
esac
"#;

fn world() -> Option<World> {
    let python = interpreter(3, 10)?;
    let world = world_with("pyve_pixi");
    world.stand_in("pixi", PIXI);
    for program in ["mkdir", "ln"].into_iter().filter_map(pyve_testkit::prerequisite) {
        world.link_as(program.file_name().unwrap(), &program);
    }
    world.set("PIXI_CALLS", world.root().join("calls"));
    world.set("PIXI_PROJECT", world.project());
    world.set("PIXI_PYTHON", &python.path);
    world.write("pixi.toml", "[workspace]\nname = \"demo\"\nchannels = []\nplatforms = []\n");
    Some(world)
}

#[test]
fn its_manifest_chooses_it_and_its_launch_is_kept() {
    let Some(world) = world() else { return };
    let made = world.pyve().args(["init", "--no-direnv"]).run().success();
    assert!(made.err().contains("Backend: pixi (found `pixi.toml`)"), "{made}");
    let hooks = || fs_err::read_to_string(world.root().join("calls")).unwrap().matches("shell-hook").count();
    // A file that changed a moment ago could change again unnoticed: what was read of it is not kept yet.
    std::thread::sleep(std::time::Duration::from_millis(100));
    world.pyve().args(["run", "python", "-c", ""]).run().success();
    let asked = hooks();
    let script = "import os; print(os.environ['CONDA_PREFIX'], os.environ['PIXI_IN_SHELL'])";
    for _ in 0..3 {
        let ran = world.pyve().args(["run", "python", "-c", script]).run().success();
        assert_eq!(ran.out(), "[PROJECT]/.pixi/envs/default 1\n");
    }
    assert_eq!(hooks(), asked, "pixi is not asked again while nothing changed");
    world.write("pixi.lock", "version: 6\n");
    world.pyve().args(["run", "python", "-c", script]).run().success();
    assert_eq!(hooks(), asked + 1, "a new lock file is a reason to ask");
    world.pyve().args(["purge", "--yes"]).run().success();
    assert!(!world.project().join(".pixi/envs/default").exists());
    assert!(world.project().join("pixi.toml").exists());
}

#[test]
fn settings_lead_it_nowhere_outside() {
    let Some(world) = world() else { return };
    let victim = world.root().join("victim");
    fs_err::create_dir(&victim).unwrap();
    fs_err::write(victim.join("keep"), "mine").unwrap();
    world.write(".pyve/config", "backend: pixi\npixi: {environment: \"../../../victim\"}\n");
    let said = world.pyve().args(["init", "--force", "--yes", "--no-direnv"]).run();
    insta::assert_snapshot!(said, @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not use the environment `.pixi/envs/../../../victim`: it is not normalised (it contains `..`)
      allowed is what is below `[PROJECT]`, and `bin`, `pythons` and `cache` in `[HOME]/.pyve`
      backend `pixi`, its environment's directory
    hint: check the settings of `pixi` in `.pyve/config`, or report this to its author
    ");
    assert_eq!(fs_err::read_to_string(victim.join("keep")).unwrap(), "mine");
}

#[test]
fn detached_environments_are_used_and_never_put_aside_or_removed() {
    let Some(world) = world() else { return };
    let detached = world.root().join("detached");
    fs_err::create_dir_all(detached.join("default")).unwrap();
    fs_err::write(detached.join("default/mark"), "").unwrap();
    fs_err::create_dir(world.project().join(".pixi")).unwrap();
    fs_err::os::unix::fs::symlink(&detached, world.project().join(".pixi/envs")).unwrap();
    for arguments in
        [&["init", "--force", "--yes", "--no-direnv"][..], &["run", "python", "-c", ""], &["purge", "--yes"]]
    {
        world.pyve().args(arguments).run().success();
        assert!(
            detached.join("default/mark").exists() && detached.join("default/bin/python").exists(),
            "{arguments:?}"
        );
    }
}

#[test]
fn what_it_made_runs_without_a_record_and_not_at_another_place() {
    let Some(world) = world() else { return };
    world.pyve().args(["init", "--no-direnv"]).run().success();
    let command = ["python", "-c", "import os; print(os.environ['CONDA_PREFIX'])"];
    let (ran, moved) = runs_without_a_record(&world, &command);
    assert_eq!((ran.out().as_str(), ran.err().as_str()), ("[PROJECT]/.pixi/envs/default\n", ""), "{ran}");
    assert_eq!(moved.code, Some(125), "{moved}");
    assert!(moved.err().contains("was moved or copied from `[PROJECT]/.pixi/envs/default`"), "{moved}");
}

/// `pixi shell-hook` has a shell source them, so that who brought them must be trusted first.
#[test]
fn scripts_that_pixi_would_source_wait_for_consent() {
    let Some(world) = world() else { return };
    world.pyve().args(["init", "--no-direnv"]).run().success();
    fs_err::remove_dir_all(world.project().join(".pyve/state")).unwrap();
    world.write("pixi.toml", "[workspace]\nname = \"demo\"\n[activation]\nscripts = [\"trap.sh\"]\n");
    let asked = || fs_err::read_to_string(world.root().join("calls")).unwrap();
    let before = asked();
    let refused = world.pyve().args(["run", "python", "-c", ""]).run();
    insta::assert_snapshot!(refused, @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: the environment at `.pixi/envs/default` is not trusted: a shell would source its activation script `pixi.toml`
      this user's pyve has no record of it
      project: [PROJECT]
    hint: look at it, then allow it: `pyve allow`
    ");
    assert_eq!(asked(), before, "pixi was started");
    world.pyve().arg("allow").run().success();
    world.pyve().args(["run", "python", "-c", ""]).run().success();
}

#[test]
fn the_environments_of_its_manifest_are_known_by_their_names() {
    let Some(world) = world() else { return };
    world.filter(r"(just now|\d+ \w+ ago)", "[AGO]");
    let manifest = world.read("pixi.toml");
    world.write("pixi.toml", format!("{manifest}[environments]\ntest = [\"test\"]\nlint = [\"lint\"]\n"));
    let ran = |line: &str| world.pyve().args(line.split(' ')).run();
    insta::assert_snapshot!(ran("envs"), @"
    exit code: 0
    ----- stdout -----
    NAME       BACKEND  STATUS
    default *  pixi     missing
    lint       pixi     missing
    test       pixi     missing
    ----- stderr -----
    ");
    ran("init --no-direnv --env test").success();
    let script = ["run", "--env", "test", "python", "-c", "import os; print(os.environ['CONDA_PREFIX'])"];
    assert_eq!(world.pyve().args(script).run().success().out(), "[PROJECT]/.pixi/envs/test\n");
    assert!(ran("envs").out().contains("test       pixi     ready"), "{}", ran("envs"));
    ran("doctor --env test").success();
    insta::assert_snapshot!(ran("init --no-direnv --env tset"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: environment `tset` is not declared in `pixi.toml`
      it declares default, test, lint
    hint: did you mean `--env test`?
    ");
    insta::assert_snapshot!(ran("run --env tset python"), @"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: this project has no environment called `tset` yet; did you mean `test`?
      project: [PROJECT]
    hint: create it: `pyve init --env tset`
    ");
    insta::assert_snapshot!(ran("doctor --env docs").out().lines().skip(3).take(3).collect::<Vec<_>>().join("\n"), @"
    ✗ Environment: environment `docs` is not declared in `pixi.toml`; it declares default, test, lint
      → declare it in `pixi.toml`, or name another one
    • Record: none: no environment was created yet
    ");
    // Without a record its own files tell.
    fs_err::remove_dir_all(world.project().join(".pyve/state")).unwrap();
    assert!(ran("envs").out().contains("test       pixi     ready"), "{}", ran("envs"));
    assert_eq!(world.pyve().args(script).run().success().out(), "[PROJECT]/.pixi/envs/test\n");
    assert_eq!(ran("purge --env test --yes").code, Some(1));
    assert!(world.project().join(".pixi/envs/test").exists());
    ran("purge --env test --yes --unrecorded").success();
    assert!(!world.project().join(".pixi/envs/test").exists() && world.project().join("pixi.toml").exists());
    insta::assert_snapshot!(ran("purge --env tset --yes"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: environment `tset` not found
      environments: default, lint, test
    hint: did you mean `--env test`?
    ");
    let listed: serde_json::Value = serde_json::from_str(&ran("envs --json").success().out()).unwrap();
    let lint = listed["environments"].as_array().unwrap().iter().find(|row| row["name"] == "lint").unwrap();
    assert_eq!(
        (&lint["declared"], &lint["status"], &lint["lock"]),
        (&"pixi.toml:7".into(), &"missing".into(), &"none".into())
    );
}
