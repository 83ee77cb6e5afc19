//! Several environments of one project: named in the settings, created, listed, used and removed by their names.

use crate::ready::{done, pyve, quick, told};

#[test]
fn each_has_a_directory_lines_of_its_own_and_a_place_in_the_list() {
    let Some(world) = quick("project") else { return };
    world.filter(r"(just now|\d+ \w+ ago)", "[AGO]");
    done(&world, "init --env dev --no-direnv");
    insta::assert_snapshot!(world.read(".pyve/config"), @r#"
    # Settings of this project for pyve. Commit this file, so that a clone gets the same environment.
    pyve_version: "4.0.0"

    envs:
      dev:
        backend: venv
    "#);
    done(&world, "init --env docs --no-direnv");
    assert!(world.read(".pyve/config").ends_with("  docs:\n    backend: venv\n"), "{}", world.read(".pyve/config"));
    let prefix = |line: &str| done(&world, line).out();
    assert_eq!(prefix("run --env dev printenv VIRTUAL_ENV"), "[PROJECT]/.pyve/envs/dev\n");
    insta::assert_snapshot!(told(&world, "envs"), @"
    exit code: 0
    ----- stdout -----
    NAME       BACKEND  PYTHON  PACKAGES  STATUS   LAST USED
    default *  -        -       -         missing  -
    dev        venv     [VERSION]  0         ready    [AGO]
    docs       venv     [VERSION]  0         ready    [AGO]
    ----- stderr -----
    ");
    // What is named where nothing is said.
    world.write(".pyve/config", format!("{}default_env: docs\n", world.read(".pyve/config")));
    for _ in 0..2 {
        assert_eq!(prefix("run printenv VIRTUAL_ENV"), "[PROJECT]/.pyve/envs/docs\n");
    }
    assert!(world.project().join(".pyve/state/meant").exists());
    let by_variable = world.pyve().args(["run", "printenv", "VIRTUAL_ENV"]).env("PYVE_ENV", "dev").run().success();
    assert_eq!(by_variable.out(), "[PROJECT]/.pyve/envs/dev\n");
    assert!(told(&world, "init --explain").contains("\nEnvironment: docs (set in `.pyve/config:9`)\n"));
    assert!(told(&world, "config").contains("\nEnvironment:       docs\n"));
    // The default one is still there to be named.
    done(&world, "init --env default --no-direnv");
    assert_eq!(prefix("run --env default printenv VIRTUAL_ENV"), "[PROJECT]/.venv\n");
    assert_eq!(prefix("run printenv VIRTUAL_ENV"), "[PROJECT]/.pyve/envs/docs\n");
    world.write(".pyve/config", world.read(".pyve/config").replace("default_env: docs\n", ""));
    assert_eq!(prefix("run printenv VIRTUAL_ENV"), "[PROJECT]/.venv\n");
    let listed: serde_json::Value = serde_json::from_str(&done(&world, "envs --json --size").out()).unwrap();
    let environments = listed["environments"].as_array().unwrap();
    let names: Vec<&str> = environments.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["default", "dev", "docs"]);
    assert!(environments.iter().all(|one| one["size"].as_u64().unwrap() > 100 && one["status"] == "ready"), "{listed}");
}

#[test]
fn one_is_removed_by_its_name_and_the_others_stay() {
    let Some(world) = quick("project") else { return };
    let note = "note: this project has the environment `dev`; no name is given, so `default` is created besides; for \
                another one add `--env dev`\n";
    for (line, told) in [
        ("init --env dev --no-direnv", false),
        ("init --no-direnv", true),
        ("init --no-direnv", false),
        ("init --env docs --no-direnv", false),
    ] {
        let outcome = done(&world, line);
        assert_eq!(outcome.err().contains(note), told, "{outcome}");
    }
    insta::assert_snapshot!(told(&world, "purge --env dve --yes"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: environment `dve` not found
      environments: default, dev, docs
    hint: did you mean `--env dev`?
    ");
    insta::assert_snapshot!(told(&world, "purge --env dev --yes"), @"
    exit code: 0
    ----- stdout -----
    In [PROJECT]:
      remove  .pyve/envs/dev/
      remove  the record of `dev` (venv)
    ----- stderr -----
    ✓ removed 2 items
    ");
    assert!(!world.project().join(".pyve/envs/dev").exists());
    insta::assert_snapshot!(told(&world, "run --env dev true"), @"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: this project has no environment called `dev` yet
      project: [PROJECT]
    hint: create it: `pyve init --env dev`
    ");
    insta::assert_snapshot!(told(&world, "run --env doc true"), @"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: this project has no environment called `doc` yet; did you mean `docs`?
      project: [PROJECT]
    hint: create it: `pyve init --env doc`
    ");
    // Where a script set the variable, all are removed only if that is said.
    let purge = |words: &[&str]| world.pyve().arg("purge").args(words).env("PYVE_ENV", "docs").run().success();
    assert!(purge(&["--dry-run"]).out().contains("remove  .pyve/envs/docs/"));
    assert!(!purge(&["--dry-run"]).out().contains("remove  .venv/"));
    purge(&["--all", "--yes"]);
    assert_eq!(world.tree(), "");
}

#[test]
fn all_are_created_and_examined_in_one_go() {
    let Some(world) = quick("project") else { return };
    world.write(".pyve/config", "backend: venv\nenvs:\n  docs: {python: {version: 3.99}}\n  dev:\n");
    let outcome = pyve(&world, "init --all --no-direnv");
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert!(
        outcome.err().ends_with("error: could not create the environment `docs`\nhint: fix the error above\n"),
        "{outcome}"
    );
    assert!(
        world.project().join(".pyve/envs/dev/pyvenv.cfg").exists() && world.project().join(".venv/pyvenv.cfg").exists()
    );
    assert!(!world.project().join(".pyve/envs/docs").exists());
    world.write(".pyve/config", "backend: venv\nenvs:\n  dev:\n");
    done(&world, "init --all --no-direnv");
    let examined = pyve(&world, "doctor --all");
    let titles: Vec<String> =
        examined.out().lines().filter(|line| line.starts_with("Environment: ")).map(str::to_owned).collect();
    assert_eq!(titles, ["Environment: default", "Environment: dev"], "{examined}");
    let reports: serde_json::Value = serde_json::from_str(&pyve(&world, "doctor --all --json").out()).unwrap();
    assert_eq!(reports.as_array().unwrap().len(), 2);
    std::fs::remove_dir_all(world.project().join(".pyve/envs/dev")).unwrap();
    assert_eq!(pyve(&world, "doctor --all").code, Some(1));
    assert!(told(&world, "envs").contains("dev        venv     -       -         missing"), "{}", told(&world, "envs"));
}

#[test]
fn settings_that_are_the_users_are_not_changed_and_the_lines_to_add_are_shown() {
    let Some(world) = quick("project") else { return };
    let settings = "# mine\nbackend: venv\nvenv: {directory: .own}\n";
    world.write(".pyve/config", settings);
    insta::assert_snapshot!(told(&world, "init --env dev --no-direnv"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    ✓ Backend: venv (set in `.pyve/config:2`)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .pyve/envs/dev (created)
    warning: pip: the environment was made without pip; run `pyve run --env dev python -m ensurepip --default-pip`
    .pyve/config does not name the environment `dev`; to share it, add there:
    envs:
      dev:
        backend: venv
    Run commands in it with: pyve run --env dev CMD
    ");
    assert_eq!(world.read(".pyve/config"), settings);
    // The directory of the default environment is not that of another one.
    assert_eq!(done(&world, "run --env dev printenv VIRTUAL_ENV").out(), "[PROJECT]/.pyve/envs/dev\n");
    assert!(!world.project().join(".own").exists());
    world.write(".pyve/config", format!("{settings}envs: {{dev: {{backend: micromamba}}}}\n"));
    let refused = pyve(&world, "init --env dev --backend venv");
    assert_eq!(refused.code, Some(1), "{refused}");
    assert!(refused.err().contains("`.pyve/config:4` says `backend: micromamba`, not `backend: venv`"), "{refused}");
}

#[test]
fn a_directory_that_is_another_ones_is_not_shared() {
    let Some(world) = quick("project") else { return };
    world.write(".pyve/config", "backend: venv\n");
    done(&world, "init --env dev --no-direnv");
    world.write(
        ".pyve/config",
        "backend: venv\nenvs:\n  docs: {venv: {directory: .shared}}\n  test: {venv: {directory: .shared}}\n",
    );
    done(&world, "init --env docs --no-direnv");
    insta::assert_snapshot!(told(&world, "init --env test --no-direnv --yes"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `.shared` is the directory of the environment `docs`
      the environment `test` needs one of its own
    hint: choose another directory, or use that one with `--env docs`
    ");
}

#[test]
fn files_of_its_name_choose_its_backend_and_what_is_installed() {
    let Some(world) = quick("project") else { return };
    world.write("environment.yml", "channels: [conda-forge]\ndependencies: [python]\n");
    world.write("environment.prod.yml", "channels: [conda-forge]\ndependencies: [python]\n");
    world.write("requirements-dev.txt", "ruff\n");
    world.write("pyproject.toml", "[dependency-groups]\ndev = ['six']\n");
    world.write(".pyve/config", "backend: micromamba\n");
    insta::assert_snapshot!(told(&world, "init --env dev --explain"), @"
    exit code: 0
    ----- stdout -----
    Environment: dev (set by `--env`)
    Backend: venv (found `requirements-dev.txt`)
      --backend        not set
      .pyve/config     not set
      last initialised never
    > its own files    [dependency-groups.dev] in pyproject.toml (venv), requirements-dev.txt (venv, generic)
      whole project    micromamba (.pyve/config:1)
      files            environment.yml (micromamba, exclusive), pyproject.toml (venv, generic)
      default          venv
    ----- stderr -----
    ");
    assert!(
        told(&world, "init --env prod --explain").contains("\nBackend: micromamba (found `environment.prod.yml`)\n")
    );
    assert!(!told(&world, "init --explain").contains("its own files"));
    let planned = done(&world, "init --env dev --no-direnv --install-deps --dry-run").out();
    assert!(
        planned.contains("pip install -r requirements-dev.txt") && planned.contains("pip install six"),
        "{planned}"
    );
    done(&world, "init --env dev --no-direnv");
    // What is missing is found, and brought by an update.
    let examined = pyve(&world, "doctor --env dev").out();
    let missing = "not installed\n  ruff (requirements-dev.txt:1), six (pyproject.toml:2)\n";
    assert!(examined.contains(missing), "{examined}");
    let update = done(&world, "init --env dev --update --no-direnv --dry-run").out();
    assert!(update.contains("pip install -r requirements-dev.txt"), "{update}");
    assert!(done(&world, "envs").out().contains("  ready  "));
    world.write("requirements-dev.txt", "ruff>0\n");
    assert!(done(&world, "envs").out().contains("  outdated  "), "the file is remembered");
}

#[test]
fn direnv_enters_the_one_that_was_chosen() {
    let Some(world) = quick("project") else { return };
    let entered = || {
        let text = world.read(".envrc");
        let line = text.lines().find(|line| line.starts_with("export VIRTUAL_ENV=")).expect("it enters one").to_owned();
        line.trim_start_matches("export VIRTUAL_ENV=\"$PWD\"'/").trim_matches('\'').to_owned()
    };
    let done = |line: &str| done(&world, line);
    done("init");
    assert_eq!(entered(), ".venv");
    done("init --env dev");
    assert_eq!(entered(), ".venv");
    let chosen = done("init --direnv-env dev");
    assert!(chosen.err().contains("Environment: .pyve/envs/dev (kept)"), "{chosen}");
    assert_eq!(entered(), ".pyve/envs/dev");
    done("init");
    assert_eq!(entered(), ".pyve/envs/dev", "it is remembered");
    let of = |line: &str| {
        let told = pyve(&world, line).out();
        told.lines().filter(|line| line.contains(".envrc")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(of("doctor")[0], "• direnv file: .envrc enters the environment `dev`");
    assert_eq!(of("doctor --env dev")[0], "✓ direnv file: .envrc");
    world.write(".envrc", world.read(".envrc").replace("VIRTUAL_ENV", "VIRTUAL_ENVS"));
    assert_eq!(of("doctor --env dev")[0], "⚠ direnv file: .envrc");
    done("doctor --env dev --fix");
    insta::assert_snapshot!(told(&world, "purge --env dev --yes"), @"
    exit code: 0
    ----- stdout -----
    In [PROJECT]:
      remove  pyve's block in .envrc, which then enters `default`
      remove  .pyve/envs/dev/
      remove  the record of `dev` (venv)
    ----- stderr -----
    ✓ removed 3 items
    ");
    assert_eq!(entered(), ".venv");
    done("init --env dev");
    assert_eq!(entered(), ".venv", "it was forgotten");
    done("init --all --direnv-env dev");
    assert_eq!(entered(), ".pyve/envs/dev");
    done("init --direnv-env default");
    assert_eq!(entered(), ".venv");
    done("purge --env default --yes");
    assert!(!world.project().join(".envrc").exists());
    let refused = |line: &str| {
        let outcome = pyve(&world, line);
        (outcome.code, outcome.err().lines().take(2).map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(
        refused("init --env dev --direnv-env docs"),
        (
            Some(2),
            vec![
                "error: `--env dev` and `--direnv-env docs` name different environments".to_owned(),
                "hint: create each with a command of its own".to_owned()
            ]
        )
    );
    assert_eq!(refused("init --all --direnv-env docs").1[0], "error: environment `docs` not found");
}
