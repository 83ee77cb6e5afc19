//! `pyve init` with the venv backend: what it makes, from where, and under which spellings.

use std::fs;

use pyve_testkit::{World, contents, tree};

use crate::ready::{changed_nothing, done, prompt_by_python, pyve, quick, told, whole};

#[test]
fn a_fresh_project_gets_exactly_this() {
    let Some(world) = whole("project") else { return };
    let prompt = prompt_by_python(&world);
    world.write("requirements.txt", "");
    insta::assert_snapshot!(told(&world, "init --no-install-deps"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    ✓ Backend: venv (found `requirements.txt`)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .venv (created)
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    insta::assert_snapshot!(tree(world.project(), &[".venv"]), @r"
    0600 .env
    0644 .envrc
    0644 .gitignore
    0755 .pyve/
    0644 .pyve/config
    0755 .pyve/state/
    0644 .pyve/state/.gitignore
    0755 .pyve/state/default/
    0600 .pyve/state/default/current
    0600 .pyve/state/default/venv.json
    0644 .pyve/state/lock
    0755 .venv/
    0644 requirements.txt
    ");
    insta::assert_snapshot!(world.read(".pyve/config"), @r#"
    # Settings of this project for pyve. Commit this file, so that a clone gets the same environment.
    pyve_version: "4.0.0"
    backend: venv
    "#);
    insta::assert_snapshot!(world.read(".gitignore"), @r"
    # >>> pyve >>>
    # pyve made this file; lines of your own outside of this block stay yours.
    /.pyve/bin
    /.pyve/envs
    /.pyve/state
    .env
    /.envrc
    /.venv
    # <<< pyve <<<
    ");
    // The prompt is the one that this very Python writes: `.venv` for 3.13, `(.venv) ` for 3.11.
    let prompt = format!("export VIRTUAL_ENV_PROMPT='{prompt}'\n");
    assert_eq!(world.read(".envrc").matches(&prompt).count(), 1, "{prompt}{}", world.read(".envrc"));
    let envrc = world.read(".envrc").replace(&prompt, "export VIRTUAL_ENV_PROMPT=[PROMPT]\n");
    // But for what its functions do, which their own tests tell.
    let envrc = envrc.lines().filter(|line| !line.starts_with("  ")).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(envrc, @r#"
    # >>> pyve >>>
    # pyve made this file; lines of your own outside of this block stay yours.
    # Written by `pyve init`, which replaces these lines. Your own belong outside of the marks.
    [ -d "$PWD"'/.venv' ] || log_error 'pyve: the environment is missing; make it with: pyve init'
    case $- in *u*) pyve_nounset=-u ;; *) pyve_nounset=+u ;; esac
    case $- in *e*) pyve_errexit=-e ;; *) pyve_errexit=+e ;; esac
    set +eu
    pyve_undo() {
    }
    pyve_undo CONDA_PREFIX CONDA_SHLVL '__CONDA_SHLVL_' 'etc/conda/deactivate.d' 'etc/conda/env_vars.d' '' 'conda-meta/state' 'env_vars'
    unset -f pyve_undo
    set "$pyve_nounset" "$pyve_errexit"; unset pyve_nounset pyve_errexit
    pyve_leave() {
    }
    pyve_leave VIRTUAL_ENV
    pyve_leave CONDA_PREFIX
    unset -f pyve_leave
    unset PYTHONHOME
    unset CONDA_PREFIX
    unset CONDA_DEFAULT_ENV
    unset CONDA_PROMPT_MODIFIER
    unset CONDA_SHLVL
    export VIRTUAL_ENV="$PWD"'/.venv'
    export VIRTUAL_ENV_PROMPT=[PROMPT]
    PATH="$PWD"'/.venv/bin':"$PATH"
    export PATH
    export PYVE_BACKEND='venv'
    export PYVE_ENV_NAME='project'
    export PYVE_PROMPT_PREFIX='(venv:project)'
    watch_file .env
    if [ -f .env ] && [ -s .env ]; then dotenv .env; fi
    # <<< pyve <<<
    "#);
    assert_eq!(world.read(".env"), "");
    let said = done(&world, "run python -m pip --version");
    assert!(said.out().contains("from [PROJECT]/.venv/lib/"), "{said}");
    assert_eq!(said.err(), "");
    let home = tree(&world.home(), &[".pyve/cache"]);
    let kept = "0755 .pyve/\n0755 .pyve/cache/\n0600 .pyve/key\n";
    assert_eq!(home, kept, "the home directory has pyve's cache and key, and nothing else");
}

#[test]
fn a_second_init_changes_not_a_byte() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    // The first one ends too soon after its last change for times to tell anything, and so keeps none.
    let files = |world: &World| {
        let all = contents(world.project()).into_iter();
        all.filter(|(path, _)| !path.starts_with(".pyve/state")).collect()
    };
    let before = files(&world);
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ Backend: venv (set in `.pyve/config:3`)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .venv (kept)
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    changed_nothing(&before, &files(&world));
    let before = contents(world.project());
    done(&world, "init");
    changed_nothing(&before, &contents(world.project()));
}

#[test]
fn it_works_from_a_subfolder_and_with_c() {
    let Some(world) = quick("project") else { return };
    world.write("pyproject.toml", "");
    world.write("src/deep/module.py", "");
    let outcome = world.pyve().arg("init").current_dir("src/deep").run().success();
    assert!(outcome.err().contains("✓ Environment: .venv (created)\n"), "{outcome}");
    assert!(world.project().join(".venv/bin/python").exists() && !world.project().join("src/deep/.venv").exists());
    let outcome = world.pyve().args(["-C", "project/src", "init"]).current_dir("..").run().success();
    assert!(outcome.err().contains("✓ Environment: .venv (kept)\n"), "{outcome}");
    insta::assert_snapshot!(told(&world, "-C nowhere init"), @r"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: could not change to `[PROJECT]/nowhere`: no such file or directory
    ");
}

#[test]
fn the_spellings_of_the_bash_tool_are_known() {
    let Some(world) = quick("project") else { return };
    for (line, made) in [("--init", ".venv (created)"), ("-i", ".venv (kept)"), ("-i .venv/", ".venv (kept)")] {
        let outcome = done(&world, line);
        assert!(outcome.err().contains(&format!("✓ Environment: {made}\n")), "{line}: {outcome}");
    }
}

#[test]
fn the_folder_may_be_named() {
    let Some(world) = quick("project") else { return };
    done(&world, "init my_env-3.x");
    assert!(world.project().join("my_env-3.x/bin/python").exists() && !world.project().join(".venv").exists());
    assert!(world.read(".gitignore").contains("\n/my_env-3.x\n"));
    assert!(world.read(".pyve/config").contains("venv:\n  directory: my_env-3.x\n"));
    // The config says it from now on.
    let outcome = done(&world, "init");
    assert!(outcome.err().contains("✓ Environment: my_env-3.x (kept)"), "{outcome}");
    let outcome = done(&world, "run printenv VIRTUAL_ENV");
    assert_eq!(outcome.out(), "[PROJECT]/my_env-3.x\n");
}

#[test]
fn names_that_cannot_be_the_folder_are_refused() {
    let Some(world) = quick("project") else { return };
    insta::assert_snapshot!(told(&world, "init .git"), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `.git` (command line) cannot be the directory of the virtual environment: that name has another meaning in a project
    hint: name a directory directly in the project, such as .venv
    "#);
    insta::assert_snapshot!(told(&world, "init ../victim"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: invalid DIR `../victim`: `..` may lead out of the project
    hint: use a path inside the project, such as `env`
    ");
    for name in [".env", ".gitignore", ".tool-versions", ".python-version", ".envrc", ".pyve", "..", ".", "/", "a/b"] {
        let outcome = pyve(&world, &format!("init {name}"));
        assert_eq!(outcome.code, Some(2), "{name}: {outcome}");
    }
    for name in ["my env", "$(id)", "é", "", "a\nb"] {
        let outcome = world.pyve().args(["init", name]).run();
        assert_eq!(outcome.code, Some(2), "{name}: {outcome}");
    }
    assert_eq!(world.tree(), "");
}

#[test]
fn a_foreign_folder_is_not_touched() {
    let Some(world) = quick("project") else { return };
    world.write(".venv/notes.txt", "mine");
    world.write("src/app.py", "");
    let before = contents(world.project());
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: .venv exists and is not an environment of pyve's: it is not empty and has no pyvenv.cfg
      it was not touched
    hint: name another directory: pyve init DIR
    ");
    insta::assert_snapshot!(told(&world, "init src --force --yes"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: src exists and is not an environment of pyve's: it is not empty and has no pyvenv.cfg
      it was not touched
    hint: name another directory: pyve init DIR
    ");
    fs::write(world.project().join("file"), "").unwrap();
    insta::assert_snapshot!(told(&world, "init file"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: file exists and is not an environment of pyve's: it is not a folder
      it was not touched
    hint: name another directory: pyve init DIR
    ");
    fs::remove_file(world.project().join("file")).unwrap();
    assert_eq!(contents(world.project()), before);
}

#[test]
fn a_link_out_of_the_project_is_foreign() {
    let Some(world) = quick("project") else { return };
    let elsewhere = world.root().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    crate::ready::link(&world.project().join(".venv"), &elsewhere);
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: .venv exists and is not an environment of pyve's: it is a link to [ROOT]/elsewhere, outside the project
      it was not touched
    hint: name another directory: pyve init DIR
    ");
    assert_eq!(tree(&elsewhere, &[]), "");
}
