//! The pixi example on a stand-in that answers as pixi does, and links the real Python.

mod detached;
mod launches;
mod locks;

use pyve_testkit::{Outcome, World, interpreter};

use super::{runs_without_a_record, world_with};

/// A manifest with two environments besides the default one.
const ENVIRONMENTS: &str =
    "[feature.test.dependencies]\npytest = \"*\"\n[environments]\ntest = [\"test\"]\nlint = []\n";

/// A world with the plugin, the stand-in on PATH, and a manifest that asks for Python and numpy.
fn world() -> Option<World> {
    let python = interpreter(3, 10)?;
    let world = world_with("pyve_pixi");
    world.link_as("bash", &pyve_testkit::prerequisite("bash")?);
    world.link_as("pixi", &pyve_testkit::pixi());
    world.set("PIXI_STANDIN_LOG", world.root().join("calls"));
    world.set("PIXI_STANDIN_PYTHON", &python.path);
    world.filter(r"\d+-\d+\.\d+ms|v0\.77\.0", "[VERSION]");
    manifest(&world, "python = \"3.12.*\"\nnumpy = \"<2\"\n", "");
    Some(world)
}

fn manifest(world: &World, dependencies: &str, rest: &str) {
    let platform = pyve_formats::conda_platform::current();
    let head = format!("[workspace]\nname = \"demo\"\nchannels = [\"conda-forge\"]\nplatforms = [\"{platform}\"]\n");
    world.write("pixi.toml", format!("{head}[dependencies]\n{dependencies}{rest}"));
}

fn ran(world: &World, line: &str) -> Outcome {
    world.pyve().args(line.split(' ')).run()
}

/// What the stand-in was called with, a line for each call.
fn calls(world: &World) -> Vec<String> {
    let log = fs_err::read_to_string(world.root().join("calls")).unwrap_or_default();
    log.lines().map(str::to_owned).collect()
}

fn hooks(world: &World) -> usize {
    calls(world).iter().filter(|call| call.starts_with("shell-hook")).count()
}

/// A file that changed a moment ago could change again unnoticed: what was read of it is not kept yet.
fn settle() {
    std::thread::sleep(std::time::Duration::from_millis(100));
}

#[test]
fn its_manifest_chooses_it_and_its_launch_is_kept() {
    let Some(world) = world() else { return };
    let made = ran(&world, "init --no-direnv").success();
    assert!(made.err().contains("Backend: pixi (found `pixi.toml`)"), "{made}");
    assert!(calls(&world).iter().any(|call| call.starts_with("install ")), "{:?}", calls(&world));
    assert!(world.read(".gitignore").contains("/.pixi/envs\n"), "{}", world.read(".gitignore"));
    settle();
    ran(&world, "run python -c pass").success();
    let asked = hooks(&world);
    let script =
        "import os; print(os.environ['CONDA_PREFIX'], os.environ['PIXI_IN_SHELL'], os.environ['CONDA_DEFAULT_ENV'])";
    let command = ["run", "python", "-c", script];
    for outer in ["", "/outer"] {
        let ran = world.pyve().env("CONDA_PREFIX", outer).args(command).run().success();
        assert_eq!(ran.out(), "[PROJECT]/.pixi/envs/default 1 demo\n");
    }
    assert_eq!(hooks(&world), asked, "pixi is not asked again while nothing changed");
    manifest(&world, "python = \"3.12.*\"\nnumpy = \"<2\"\n", "[activation.env]\nMODE = \"fast\"\n");
    let mode = ["run", "python", "-c", "import os; print(os.environ['MODE'])"];
    assert_eq!(world.pyve().args(mode).run().success().out(), "fast\n");
    assert_eq!(hooks(&world), asked + 1, "another manifest is a reason to ask");
    assert!(calls(&world).iter().filter(|call| call.starts_with("shell-hook")).all(|call| call.contains(" --as-is ")));
    insta::assert_snapshot!(ran(&world, "doctor").success().out().lines().take(9).collect::<Vec<_>>().join("\n"), @"
    Pyve Environment Diagnostics
    ✓ Backend: pixi (set in `.pyve/config:3`)
    ✓ Settings: .pyve/config
    ✓ pixi: [BIN]/pixi ([VERSION], PATH)
    ✓ Manifest: pixi.toml
    ✓ Environment: [PROJECT]/.pixi/envs/default
    ✓ Python: 3.12.4
    ✓ Lock file: pixi.lock (up to date)
    ✓ Record: ready, created with pyve 4.0.0
    ");
    ran(&world, "purge --yes").success();
    assert!(!world.project().join(".pixi/envs/default").exists());
    assert!(world.project().join("pixi.toml").exists() && world.project().join("pixi.lock").exists());
}

#[test]
fn settings_name_an_environment_of_the_manifest() {
    let Some(world) = world() else { return };
    manifest(&world, "python = \"3.12.*\"\n", ENVIRONMENTS);
    world.write(".pyve/config", "backend: pixi\npixi: {environment: tset}\n");
    insta::assert_snapshot!(ran(&world, "init --no-direnv"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: environment `tset` is not declared in `pixi.toml` (.pyve/config:2)
      it declares default, test, lint
    hint: did you mean `test`?
    ");
    // A path is no name, and nothing outside of the project is touched.
    world.write(".pyve/config", "backend: pixi\npixi: {environment: \"../../../victim\"}\n");
    insta::assert_snapshot!(ran(&world, "init --force --yes --no-direnv"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: environment `../../../victim` is not declared in `pixi.toml` (.pyve/config:2)
      it declares default, test, lint
    hint: declare it in `pixi.toml`, or name another one
    ");
    world.write(".pyve/config", "backend: pixi\npixi: {environment: test}\n");
    ran(&world, "init --no-direnv").success();
    let named = ran(&world, "run printenv CONDA_DEFAULT_ENV").success();
    assert_eq!(named.out(), "demo:test\n");
    insta::assert_snapshot!(ran(&world, "init --no-direnv --python-version 3.11"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python 3.11 cannot be given to pixi: `pixi.toml` says which Python there is
      asked for by --python-version
    hint: run `pixi add 'python=3.11.*'`
    ");
    ran(&world, "init --no-direnv --python-version 3.12").success();
}

#[test]
fn what_it_made_runs_without_a_record_and_not_at_another_place() {
    let Some(world) = world() else { return };
    ran(&world, "init --no-direnv").success();
    let (ran, moved) = runs_without_a_record(&world, &["printenv", "CONDA_PREFIX"]);
    assert_eq!((ran.out().as_str(), ran.err().as_str()), ("[PROJECT]/.pixi/envs/default\n", ""), "{ran}");
    assert_eq!(moved.code, Some(125), "{moved}");
    assert!(moved.err().contains("was moved or copied from `[PROJECT]/.pixi/envs/default`"), "{moved}");
}

#[test]
fn the_environments_of_its_manifest_are_known_by_their_names() {
    let Some(world) = world() else { return };
    world.filter(r"(just now|\d+ \w+ ago)", "[AGO]");
    manifest(&world, "python = \"3.12.*\"\n", ENVIRONMENTS);
    let ran = |line: &str| ran(&world, line);
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
    let script = "run --env test printenv CONDA_PREFIX";
    assert_eq!(ran(script).success().out(), "[PROJECT]/.pixi/envs/test\n");
    insta::assert_snapshot!(ran("envs"), @"
    exit code: 0
    ----- stdout -----
    NAME       BACKEND  PYTHON  PACKAGES  STATUS   LOCK   LAST USED
    default *  pixi     -       -         missing  fresh  -
    lint       pixi     -       -         missing  fresh  -
    test       pixi     3.12.4  3         ready    fresh  [AGO]
    ----- stderr -----
    ");
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
    assert!(ran("envs").out().contains("test       pixi     3.12.4  3         ready"), "{}", ran("envs"));
    assert_eq!(ran(script).success().out(), "[PROJECT]/.pixi/envs/test\n");
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
        (&"pixi.toml:11".into(), &"missing".into(), &"fresh".into())
    );
}

#[test]
fn it_passes_every_check() {
    let Some(world) = world() else { return };
    let checked = world.pyve().args(["plugin", "check"]).arg(pyve_testkit::plugin_library("pyve_pixi")).run().success();
    assert!(!checked.out().contains('✗'), "{checked}");
}
