//! `pyve lock` of a project of uv's.

use super::world;

const PROJECT: &str = "[project]\nname = \"demo\"\nversion = \"0.1.0\"\nrequires-python = \">=3.10\"\n\
    dependencies = [\"humanize\"]\n\n[tool.uv]\npackage = false\n";

#[test]
fn uv_locks_and_how_the_lock_is_told_without_it() {
    let Some(world) = world() else { return };
    world.write("pyproject.toml", PROJECT);
    let missing = world.pyve().args(["lock", "--check", "--backend", "uv"]).run();
    assert_eq!(
        (missing.code, missing.out().as_str()),
        (Some(1), "uv.lock: missing\n  uv.lock does not exist\n"),
        "{missing}"
    );
    let locked = world.pyve().arg("lock").run().success();
    assert!(locked.err().ends_with("✓ uv.lock written\n") && locked.err().contains("Resolved 2 packages"), "{locked}");
    let again = world.pyve().args(["lock", "--upgrade", "--dry-run"]).run().success();
    insta::assert_snapshot!(again, @r"
    exit code: 0
    ----- stdout -----
    run: [BIN]/uv lock --upgrade --python [BIN]/python3
    ----- stderr -----
    uv.lock would be written
    ");
    let update = world.pyve().args(["lock", "--update", "humanize"]).run().success();
    assert!(update.err().contains("uv.lock is up to date"), "{update}");

    world.write("pyproject.toml", PROJECT.replace("\"humanize\"", "\"humanize>=4\", \"click\""));
    // uv is not needed to tell.
    world.unlink("uv");
    let stale = world.pyve().args(["lock", "--check"]).run();
    insta::assert_snapshot!(stale, @r"
    exit code: 1
    ----- stdout -----
    uv.lock: stale
      pyproject.toml:5 asks for `humanize>=4`, but `humanize` is locked
      pyproject.toml:5 asks for `click`, which is not locked
    ----- stderr -----
    hint: run `pyve lock`
    ");
    world.write("pyproject.toml", PROJECT);
    world.write("uv.lock", world.read("uv.lock").replace("version = 1\n", "<<<<<<< ours\nversion = 1\n"));
    let conflict = world.pyve().args(["lock", "--check"]).run();
    assert_eq!((conflict.code, conflict.out().as_str()), (Some(1), "uv.lock: conflict\n  uv.lock:1: merge conflict\n"));
}

#[test]
fn what_uv_cannot_do_is_refused() {
    let Some(world) = world() else { return };
    world.write("requirements.txt", "humanize\n");
    let refused = world.pyve().args(["lock", "--backend", "uv"]).run();
    insta::assert_snapshot!(refused, @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: uv locks projects only: no `pyproject.toml` here has a `[project]` table
    hint: add `[project]` to `pyproject.toml`, or choose another backend with `--backend`
    ");
    world.write("pyproject.toml", PROJECT);
    let refused = world.pyve().args(["lock", "--backend", "uv", "--platform", "linux-64"]).run();
    insta::assert_snapshot!(refused, @r"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: uv.lock is for all platforms; it cannot be locked for some of them
    hint: list them as `environments` in the `[tool.uv]` table of `pyproject.toml`
    ");
    world.write("pyproject.toml", PROJECT.replace("humanize", "humanize>99"));
    let failed = world.pyve().args(["lock", "--backend", "uv"]).run();
    insta::assert_snapshot!(failed, @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Lock with uv
    Using CPython [VERSION] interpreter at: [BIN]/python3
    error: No solution found when resolving dependencies
      cause: Because only humanize==4.12.3 is available and your project depends on humanize>99, we can conclude that your project's requirements are unsatisfiable.
    error: [BIN]/uv failed with exit code 1
      it was started as: [BIN]/uv lock --python [BIN]/python3
    hint: fix the error above and run the same command again
    ");
    assert!(!world.project().join("uv.lock").exists());
    world.write("pyproject.toml", format!("{PROJECT}required-version = \">=99\"\n"));
    let other = world.pyve().args(["init", "--backend", "uv"]).run();
    insta::assert_snapshot!(other, @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: no uv that is `>=99` is installed
      asked for by `pyproject.toml:9`
      found: uv 0.13.8 ([BIN]/uv)
    hint: install uv >=99 and try again: https://docs.astral.sh/uv/getting-started/installation
    ");
}
