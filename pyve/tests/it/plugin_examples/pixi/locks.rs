//! `pixi.lock`: installed from, judged by its content, written by pixi.

use super::{ENVIRONMENTS, calls, manifest, ran, world};

#[test]
fn a_lock_is_judged_by_its_content_and_installed_from() {
    let Some(world) = world() else { return };
    let ran = |line: &str| ran(&world, line);
    insta::assert_snapshot!(ran("init --no-direnv --strict"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: pixi.toml has no lock file, and --strict asks for one
    hint: run `pyve lock`
    ");
    insta::assert_snapshot!(ran("lock --check"), @"
    exit code: 1
    ----- stdout -----
    pixi.lock: missing
    ----- stderr -----
    hint: run `pyve lock`
    ");
    assert!(
        calls(&world).iter().all(|call| call.starts_with("--version") || call.starts_with("info")),
        "{:?}",
        calls(&world)
    );
    insta::assert_snapshot!(ran("lock"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Write pixi.lock
    ✔ Updated lock file
    ✓ pixi.lock written
    ");
    insta::assert_snapshot!(ran("lock --check"), @"
    exit code: 0
    ----- stdout -----
    pixi.lock: fresh
    ----- stderr -----
    ");
    ran("init --no-direnv --strict").success();
    assert!(
        calls(&world).iter().any(|call| call.starts_with("install ") && call.ends_with(" --locked")),
        "{:?}",
        calls(&world)
    );
    // Another wish, not locked yet.
    manifest(&world, "python = \"3.12.*\"\nnumpy = \">=2\"\nruff = \"*\"\n", ENVIRONMENTS);
    insta::assert_snapshot!(ran("lock --check"), @"
    exit code: 1
    ----- stdout -----
    pixi.lock: stale
      pixi.toml:7 asks for `numpy >=2`, but 1.26.4 is locked
      pixi.toml:8 asks for `ruff`, which is not locked
      pixi.lock has no environment `test`
      pixi.lock has no environment `lint`
    ----- stderr -----
    hint: run `pyve lock`
    ");
    insta::assert_snapshot!(ran("init --no-direnv --strict"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: pixi.lock is stale, and --strict refuses it
      pixi.toml:7 asks for `numpy >=2`, but 1.26.4 is locked
      pixi.toml:8 asks for `ruff`, which is not locked
      pixi.lock has no environment `test`
      pixi.lock has no environment `lint`
    hint: run `pyve lock`
    ");
    insta::assert_snapshot!(ran("doctor").out().lines().filter(|line| line.contains("Lock") || line.contains("pyve lock")).collect::<Vec<_>>().join("\n"), @"
    ⚠ Lock file: pixi.lock (stale)
      → pyve lock
    ");
    insta::assert_snapshot!(ran("init --no-direnv --env test"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `pixi.lock` has no environment `test`
    hint: run `pyve lock --env test`
    ");
    // From a stale one what it says is installed, after the warning.
    fs_err::remove_dir_all(world.project().join(".pixi/envs/default")).unwrap();
    let made = ran("init --no-direnv").success();
    assert!(made.err().contains("Lock file: pixi.lock (stale)"), "{made}");
    assert_eq!(ran("run ls .pixi/envs/default/conda-meta").success().out().matches("numpy-1.26.4").count(), 1);
    // Locked again, the environment is behind, and brought in line in place.
    ran("lock").success();
    let kept = ran("init --no-direnv").success();
    let why = ".pixi/envs/default is kept as it is: `numpy 1.26.4` is installed, but 2.1.0 is locked; to bring it in line: pyve";
    assert!(kept.err().contains(why), "{kept}");
    fs_err::write(world.project().join(".pixi/envs/default/mark"), "").unwrap();
    ran("init --no-direnv --update").success();
    assert!(world.project().join(".pixi/envs/default/mark").exists(), "it was recreated");
    let packages = ran("run ls .pixi/envs/default/conda-meta").success().out();
    assert!(
        packages.contains("numpy-2.1.0") && packages.contains("ruff-0.5.0") && !packages.contains("numpy-1"),
        "{packages}"
    );
    // What nothing asks for any more.
    manifest(&world, "python = \"3.12.*\"\nnumpy = \">=2\"\n", ENVIRONMENTS);
    let checked = ran("lock --check");
    assert_eq!(checked.code, Some(1), "{checked}");
    assert_eq!(checked.out(), "pixi.lock: stale\n  `ruff` is locked, but nothing asks for it\n");
    // What only pixi can compare is not known.
    let rest = format!("{ENVIRONMENTS}[pypi-options]\nno-build = true\n");
    manifest(&world, "python = \"3.12.*\"\nnumpy = \">=2\"\nruff = \"*\"\n", &rest);
    let checked = ran("lock --check");
    assert_eq!(checked.code, Some(1), "{checked}");
    assert_eq!(checked.out(), "pixi.lock: unknown\n  pixi.toml:14: `pypi-options` is not compared\n");
}

#[test]
fn packages_move_when_they_are_told_to() {
    let Some(world) = world() else { return };
    let ran = |line: &str| ran(&world, line);
    ran("lock").success();
    manifest(&world, "python = \">=3.12\"\nnumpy = \"*\"\n", "");
    assert!(ran("lock --check").success().out().contains("fresh"), "what is locked fits still");
    ran("lock").success();
    assert!(world.read("pixi.lock").contains("numpy-1.26.4"));
    ran("lock --update numpy").success();
    assert!(world.read("pixi.lock").contains("numpy-2.1.0") && world.read("pixi.lock").contains("python-3.12.4"));
    let planned = ran("lock --upgrade --dry-run").success();
    assert!(planned.out().contains("update --manifest-path"), "{planned}");
    assert!(world.read("pixi.lock").contains("python-3.12.4"));
    ran("lock --upgrade").success();
    assert!(world.read("pixi.lock").contains("python-3.13.1"));
    insta::assert_snapshot!(ran("lock --platform osx-64"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: pixi locks for every platform that `pixi.toml` names
    hint: leave out `--platform`, or say what moves: `--update PACKAGE`
    ");
    insta::assert_snapshot!(ran("lock --with uv"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `pixi.lock` is written by pixi alone, not by `uv`
    hint: leave out `--with`
    ");
    insta::assert_snapshot!(ran("lock --update nope"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Write pixi.lock
    Error:   × could not find a package named 'nope'
    error: [BIN]/pixi failed with exit code 1
      it was started as: [BIN]/pixi update --manifest-path [PROJECT]/pixi.toml nope
    hint: fix the error above and run the same command again
    ");
    // Nobody but the user can say which side of a merge counts.
    let lock = world.read("pixi.lock");
    world.write("pixi.lock", format!("<<<<<<< ours\n{lock}=======\n>>>>>>> theirs\n"));
    insta::assert_snapshot!(ran("lock --check"), @"
    exit code: 1
    ----- stdout -----
    pixi.lock: conflict
      pixi.lock:1: merge conflict
    ----- stderr -----
    hint: run `pyve lock`
    ");
    insta::assert_snapshot!(ran("lock"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: pixi cannot read `pixi.lock`: pixi.lock:1: merge conflict
    hint: take a whole `pixi.lock` from git, or remove it; then run `pyve lock`
    ");
    insta::assert_snapshot!(ran("init --no-direnv"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: pixi cannot read `pixi.lock`
      pixi.lock:1: merge conflict
    hint: take a whole `pixi.lock` from git, or remove it; then run `pyve lock`
    ");
    world.write("pixi.lock", "version: [\n");
    insta::assert_snapshot!(ran("lock --check"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: pixi.lock:2:1 is not valid YAML: while parsing a node, did not find expected node content
    hint: take a whole `pixi.lock` from git, or remove it; then run `pyve lock`
    ");
    world.write("pixi.lock", "version: 99\n");
    insta::assert_snapshot!(ran("lock --check"), @"
    exit code: 1
    ----- stdout -----
    pixi.lock: unknown
      pixi.lock has version 99 of the format, which is not known here
    ----- stderr -----
    hint: run `pyve lock`
    ");
}

#[test]
fn offline_pixi_is_told_so() {
    let Some(world) = world() else { return };
    let ran = |line: &str| ran(&world, line);
    insta::assert_snapshot!(ran("--offline init --no-direnv"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Install the environment `default`
    error: pixi could not install the environment `default`
      no usable repodata cache for https://conda.anaconda.org/conda-forge/
      help: pixi is running in offline mode and only uses locally cached data.
      all it said is in [PROJECT]/.pyve/state/pixi.log
    hint: run the same command without `--offline`, for what is not cached
    ");
    ran("lock").success();
    ran("--offline init --no-direnv").success();
}
