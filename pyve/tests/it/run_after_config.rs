//! `pyve run` once the settings changed: the backend is asked again, and what it says is kept.

use crate::ready::{done, quick, told};

#[test]
fn settings_that_say_the_same_change_nothing() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    for text in ["backend: venv\n", "", "# nothing\n", "backend: auto\nprompt: {show: false}\n"] {
        world.write(".pyve/config", text);
        for _ in 0..2 {
            let outcome = done(&world, "run printenv VIRTUAL_ENV");
            assert_eq!((outcome.out().as_str(), outcome.err().as_str()), ("[PROJECT]/.venv\n", ""), "{text}");
        }
    }
    std::fs::remove_file(world.project().join(".pyve/config")).unwrap();
    assert_eq!(done(&world, "run printenv VIRTUAL_ENV").out(), "[PROJECT]/.venv\n");
}

#[test]
fn settings_that_cannot_be_followed_are_named() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    world.write(".pyve/config", "# mine\nbackend: pixy\n");
    insta::assert_snapshot!(told(&world, "run python -V"), @"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: backend `pixy` not found (`.pyve/config:2`)
      known backends: micromamba, venv
      plugins are looked up in `[HOME]/.pyve/plugins`
    hint: use one of the known backends in `.pyve/config:2`, or remove the line
    ");
    world.write(".pyve/config", "backend: micromamba\n");
    insta::assert_snapshot!(told(&world, "run python -V"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: this project has no micromamba environment yet
      project: [PROJECT]; its environment was last created with venv
    hint: create one: `pyve init --backend micromamba`
    ");
    assert_eq!(done(&world, "run --backend venv printenv VIRTUAL_ENV").out(), "[PROJECT]/.venv\n");
    world.write(".pyve/config", "backend: venv\nvenv:\n  directori: .v\n");
    insta::assert_snapshot!(told(&world, "run python -V"), @"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: .pyve/config:3:3: unknown key `directori` in venv; did you mean `directory`?
    hint: correct or remove it; the keys of venv are directory, requirements, extras, groups, all_extras
    ");
    world.write(".pyve/config", "backend: [\n");
    insta::assert_snapshot!(told(&world, "run python -V"), @r#"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: .pyve/config:2:1: invalid YAML: while parsing a node, did not find expected node content
    hint: correct line 2; a value with special characters needs quotes: key: "value"
    "#);
}

#[test]
fn a_backend_without_an_environment_here() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    insta::assert_snapshot!(told(&world, "run --backend micromamba python -V"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: this project has no micromamba environment yet
      project: [PROJECT]; its environment was last created with venv
    hint: create one: `pyve init --backend micromamba`
    ");
    insta::assert_snapshot!(told(&world, "run --backend ../x python -V"), @"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: invalid value `../x` for `--backend <BACKEND>`
    hint: use letters, digits, `.`, `_`, `-`, at most 64, beginning with a letter or digit
    ");
    insta::assert_snapshot!(told(&world, "run --env docs python -V"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: this project has no environment called `docs` yet
      project: [PROJECT]
    hint: create it: `pyve init --env docs`
    ");
}

#[test]
fn another_folder_in_the_settings_is_for_the_next_init() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    world.write(".pyve/config", "venv: {directory: .other}\n");
    assert_eq!(done(&world, "run printenv VIRTUAL_ENV").out(), "[PROJECT]/.venv\n");
    done(&world, "init");
    assert_eq!(done(&world, "run printenv VIRTUAL_ENV").out(), "[PROJECT]/.other\n");
}
