//! What is written: once, whole, and not again where it says already what it is to say.

use std::os::unix::fs::MetadataExt;

use pyve_testkit::tools_python;

use super::{TREE, done, locked, told, wheels, with_pip, with_uv};

#[test]
fn a_project_is_locked_and_checked_by_content() {
    let Some(world) = with_uv(TREE) else { return };
    world.write("requirements.txt", "top<2\nother<1.5\n");
    insta::assert_snapshot!(told(&world, "lock --check"), @"
    exit code: 1
    ----- stdout -----
    pylock.toml: missing
      pylock.toml does not exist
    ----- stderr -----
    hint: run `pyve lock`
    ");
    insta::assert_snapshot!(told(&world, "lock --dry-run"), @"
    exit code: 0
    ----- stdout -----
    run: UV_PYTHON_DOWNLOADS=never UV_FIND_LINKS=[ROOT]/wheels [BIN]/uv pip compile --universal --no-header --no-progress --python [BIN]/python3 requirements.txt --no-index --output-file [TMP]/pyve-lock-[KEY]/lock/pylock.toml
    ----- stderr -----
    pylock.toml would be written: 4 packages for all platforms
    ");
    assert!(!world.project().join("pylock.toml").exists());
    insta::assert_snapshot!(told(&world, "lock"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ pylock.toml written: 4 packages for all platforms
    ");
    assert!(!world.project().join(".pyve").exists(), "nothing else was made");
    let text = world.read("pylock.toml");
    assert!(text.starts_with("# Written by `pyve lock`"), "{text}");
    assert!(text.ends_with("\n[tool.pyve]\ninputs = [\n    \"other<1.5\",\n    \"top<2\",\n]\n"), "{text}");
    assert_eq!(locked(&world, "pylock.toml"), ["leaf 1.1", "mid 1.0", "other 1.0", "top 1.0"]);
    let before = std::fs::metadata(world.project().join("pylock.toml")).unwrap();
    let left = world.write(".pyve-0123456789abcdef.tmp", "by one that was killed");
    insta::assert_snapshot!(told(&world, "lock"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ pylock.toml is up to date: 4 packages
    ");
    assert!(!left.exists());
    let after = std::fs::metadata(world.project().join("pylock.toml")).unwrap();
    assert_eq!((before.ino(), before.mtime_nsec()), (after.ino(), after.mtime_nsec()), "it was not touched");
    // Order, comments, spaces, names in another spelling, the ends of lines: none of them is content.
    world.write("requirements.txt", "# why\r\n Other  <1.5 ; python_version > '3' # so\r\n\r\nTOP<2\r\n");
    assert!(told(&world, "lock --check").contains("requirements.txt:2 asks for `other<1.5; "));
    world.write("requirements.txt", "# why\r\n Other  <1.5 # so\r\n\r\nTOP<2\r\n");
    assert_eq!(done(&world, "lock --check").out(), "pylock.toml: fresh\n");
    world.write("pylock.toml", text.replace('\n', "\r\n"));
    assert_eq!(done(&world, "lock --check").out(), "pylock.toml: fresh\n");
    done(&world, "lock --upgrade");
    let upgraded = world.read("pylock.toml");
    assert_eq!(upgraded.matches('\n').count(), upgraded.matches("\r\n").count(), "the ends of lines stay");
    assert_eq!(locked(&world, "pylock.toml"), ["leaf 1.1", "mid 1.0", "other 1.0", "top 1.0"]);
    // With an empty PATH: nothing is started to check.
    world.write("requirements.txt", "top\nleaf\n");
    let checked = world.pyve().args(["lock", "--check"]).env("PATH", "/nonexistent").run();
    insta::assert_snapshot!(checked, @"
    exit code: 1
    ----- stdout -----
    pylock.toml: stale
      requirements.txt:2 asks for `leaf`, which is not locked
      requirements.txt:1 asks for `top`, but `top<2` is locked
      `other<1.5` is locked, but no longer asked for
    ----- stderr -----
    hint: run `pyve lock`
    ");
    insta::assert_snapshot!(told(&world, "lock --check --json"), @r#"
    exit code: 1
    ----- stdout -----
    {
      "locks": [
        {
          "action": "checked",
          "backend": "venv",
          "changes": [],
          "commands": [],
          "environment": "default",
          "file": "pylock.toml",
          "reasons": [
            "requirements.txt:2 asks for `leaf`, which is not locked",
            "requirements.txt:1 asks for `top`, but `top<2` is locked",
            "`other<1.5` is locked, but no longer asked for"
          ],
          "state": "stale",
          "warnings": []
        }
      ],
      "project": "[PROJECT]",
      "schema": 1
    }
    ----- stderr -----
    "#);
}

#[test]
fn an_environment_with_a_name_has_a_lock_of_its_own() {
    let Some(world) = with_uv(TREE) else { return };
    world.write(
        "pyproject.toml",
        "[project]\nname = \"app\"\nversion = \"1\"\ndependencies = [\"leaf<2\"]\n\
         [project.optional-dependencies]\nmore = [\"other\"]\n[dependency-groups]\ndev = [\"mid\"]\n",
    );
    world.write(".pyve/config", "envs:\n  dev:\n    backend: venv\n    venv:\n      extras: [more]\n");
    done(&world, "lock --env dev");
    assert_eq!(locked(&world, "pylock.dev.toml"), ["leaf 1.1", "mid 2.0", "other 1.5"]);
    insta::assert_snapshot!(told(&world, "lock --check --all"), @"
    exit code: 1
    ----- stdout -----
    pylock.toml: missing
      pylock.toml does not exist
    pylock.dev.toml: fresh
    ----- stderr -----
    Environment default:
    hint: run `pyve lock`
    Environment dev:
    ");
    done(&world, "lock --all");
    assert_eq!(locked(&world, "pylock.toml"), ["leaf 1.1"]);
    assert_eq!(done(&world, "lock --check --all").out(), "pylock.toml: fresh\npylock.dev.toml: fresh\n");
    // A group of the environment changes: only its lock is stale.
    world.write("pyproject.toml", world.read("pyproject.toml").replace("\"mid\"", "\"mid\", \"top\""));
    insta::assert_snapshot!(told(&world, "lock --check --all"), @"
    exit code: 1
    ----- stdout -----
    pylock.toml: fresh
    pylock.dev.toml: stale
      pyproject.toml:8 asks for `top`, which is not locked
    ----- stderr -----
    Environment default:
    Environment dev:
    hint: run `pyve lock --env dev`
    ");
}

#[test]
fn without_uv_pip_locks_for_this_platform() {
    let Some((world, tools)) = with_pip(TREE).zip(tools_python()) else { return };
    // The tools' pip is new enough.
    world.link_as("pip", &tools.with_file_name("pip"));
    world.write("requirements.txt", "top<2\nother<1.5\n");
    insta::assert_snapshot!(told(&world, "lock"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    warning: uv not found; locked by pip, for this platform and Python only (experimental)
    ✓ pylock.toml written: 4 packages for this platform
    ");
    assert_eq!(locked(&world, "pylock.toml"), ["leaf 1.1", "mid 1.0", "other 1.0", "top 1.0"]);
    world.write("requirements.txt", "top\nother\n");
    wheels(&world, "other 3.0\n");
    insta::assert_snapshot!(told(&world, "lock --update top"), @"
    exit code: 0
    ----- stdout -----
      mid  1.0 → 2.0  required by top 2.0
      top  1.0 → 2.0  requested
    ----- stderr -----
    warning: uv not found; locked by pip, for this platform and Python only (experimental)
    ✓ pylock.toml written: 4 packages for this platform
    ");
    assert_eq!(locked(&world, "pylock.toml"), ["leaf 1.1", "mid 2.0", "other 1.0", "top 2.0"]);
    world.write("requirements.txt", "top\nother\nmid<2\n");
    insta::assert_snapshot!(told(&world, "lock"), @"
    exit code: 0
    ----- stdout -----
      mid  2.0 → 1.0  requirements.txt:3 asks for mid<2
      top  2.0 → 1.0  to fit mid 1.0
    ----- stderr -----
    warning: uv not found; locked by pip, for this platform and Python only (experimental)
    ✓ pylock.toml written: 4 packages for this platform
    ");
    world.unlink("pip");
    insta::assert_snapshot!(told(&world, "lock"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ pylock.toml is up to date: 4 packages
    ");
    insta::assert_snapshot!(told(&world, "lock --with conda-lock"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: could not lock with `conda-lock`: it does not write `pylock.toml`
    hint: use `uv` or `pip`
    ");
}
