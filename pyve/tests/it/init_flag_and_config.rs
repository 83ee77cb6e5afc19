//! Where a flag of `pyve init` contradicts the settings: what is done, what is said, what `run` does then.

use crate::ready::{done, pyve, quick, told};

#[test]
fn another_folder_than_the_settings_name() {
    let Some(world) = quick("project") else { return };
    done(&world, "init .first");
    insta::assert_snapshot!(told(&world, "init .second"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    ✓ Backend: venv (set in `.pyve/config:3`)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .second (created)
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    warning: .pyve/config:6 says `directory: .first`; `pyve run` uses what was made now, and the next `pyve init` without a word on it takes what stands there; change it there to keep .second
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    assert!(world.read(".pyve/config").contains("directory: .first\n"));
    insta::assert_snapshot!(told(&world, "run printenv VIRTUAL_ENV"), @r"
    exit code: 0
    ----- stdout -----
    [PROJECT]/.second
    ----- stderr -----
    ");
}

#[test]
fn another_python_than_the_settings_name() {
    let Some(world) = quick("project") else { return };
    world.write(".pyve/config", "python:\n  version: \"3.2.1\"\n");
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python 3.2.1 (`.pyve/config:2`) cannot create virtual environments: that needs >=3.4
    hint: ask for a later version, such as `3.12`
    ");
    insta::assert_snapshot!(told(&world, "init --python-version >=3.11"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    ✓ Backend: venv (default)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .venv (created)
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    warning: .pyve/config:2 says Python 3.2.1, which the next `pyve init` without --python-version takes; change it there to keep >=3.11
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    assert_eq!(world.read(".pyve/config"), "python:\n  version: \"3.2.1\"\n");
    assert_eq!(pyve(&world, "run python --version").code, Some(0));
}

#[test]
fn another_backend_than_settings_of_the_users_name() {
    let Some(world) = quick("project") else { return };
    world.write(".pyve/config", "# mine\nbackend: micromamba\n");
    for line in ["init --backend venv", "init --backend venv --dry-run"] {
        insta::allow_duplicates! { insta::assert_snapshot!(told(&world, line), @"
        exit code: 1
        ----- stdout -----
        ----- stderr -----
        error: `.pyve/config:2` says `backend: micromamba`, not `backend: venv`
          `pyve run` follows that line, and the file is not as pyve wrote it, so it is not changed
        hint: write `backend: venv` in `.pyve/config:2`, then: `pyve init --backend venv`
        ") }
    }
    assert!(!world.project().join(".venv").exists() && !world.project().join(".pyve/state").exists());
    // Another environment's flag is not about that line.
    insta::assert_snapshot!(told(&world, "init --backend venv --env docs --no-direnv"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    ✓ Backend: venv (set by `--backend`)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .pyve/envs/docs (created)
    warning: pip: the environment was made without pip; run `pyve run --env docs --backend venv python -m ensurepip --default-pip`
    .pyve/config does not name the environment `docs`; to share it, add there:
    envs:
      docs:
        backend: venv
    Run commands in it with: pyve run --env docs CMD
    ");
    assert_eq!(done(&world, "run --env docs printenv VIRTUAL_ENV").out(), "[PROJECT]/.pyve/envs/docs\n");
}
