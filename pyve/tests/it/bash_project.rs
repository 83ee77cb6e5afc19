//! A project made by the bash tool: taken over by `pyve init --update`, used by `pyve init`, purged.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use pyve_testkit::{World, interpreter, mode};

use crate::ready::{done, pyve, quick, told};

const ENVRC: &str = "# my own first line\n\
                     export VIRTUAL_ENV=\"$PWD/.venv\"\n\
                     export PATH=\"$PWD/.venv/bin:$PATH\"\n\
                     export PS1=\"(venv:${PWD##*/}) $PS1\"\n\
                     \n\
                     if [[ -f \".env\" ]]; then\n    dotenv\nfi\n\
                     export MINE='kept'";
const TOOLS: &str = "ruby 3.3.0\npython 3\nnodejs 22.1.0 20.0.0\n";
const IGNORE: &str = "*.log\n.venv\n.env\n.envrc\nbuild/";

/// What v0.6.6 leaves, with lines of the user's in every file.
fn made_by_bash() -> Option<World> {
    let (world, python) = (quick("project")?, interpreter(3, 11)?);
    let venv = world.project().join(".venv");
    let _ = world.command(&python.path).args(["-I", "-m", "venv", "--without-pip"]).arg(&venv).run().success();
    world.write(".venv/mark", "");
    world.write(".envrc", ENVRC);
    world.write(".tool-versions", TOOLS);
    world.write(".gitignore", IGNORE);
    let env = world.write(".env", "TOKEN=1\n");
    fs::set_permissions(&env, fs::Permissions::from_mode(0o600)).unwrap();
    Some(world)
}

/// A project of a later version: its settings, its `.envrc`, and where its environment is.
struct Later {
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
    prefix: &'static str,
    /// What `init --update` says of the settings.
    changed: &'static str,
}

const LATER: [Later; 4] = [
    Later {
        name: "0.8",
        files: &[
            (".pyve/config", "pyve_version: \"0.8.7\"\nbackend: venv\nvenv:\n  directory: .venv-dev\n"),
            (
                ".envrc",
                "# pyve-managed direnv configuration\n# Activates Python virtual environment and loads .env\n\n\
                 VENV_DIR=\".venv-dev\"\n\nif [[ -d \"$VENV_DIR\" ]]; then\n    source \"$VENV_DIR/bin/activate\"\n    \
                 # Update prompt to show backend and environment\n    export PS1=\"(venv:project) $PS1\"\nfi\n\n\
                 if [[ -f \".env\" ]]; then\n    dotenv\nfi\n",
            ),
        ],
        prefix: ".venv-dev",
        changed: "✓ pyve_version: 0.8.7 → 4.0.0 (`.pyve/config`)\n",
    },
    Later {
        name: "1.5 --no-direnv",
        files: &[(".pyve/config", "pyve_version: \"1.5.4\"\nbackend: venv\nvenv:\n  directory: .venv\n")],
        prefix: ".venv",
        changed: "✓ pyve_version: 1.5.4 → 4.0.0 (`.pyve/config`)\n",
    },
    Later {
        name: "2.8",
        files: &[
            (".pyve/config", "pyve_version: \"2.8.0\"\nbackend: venv\nvenv:\n  directory: .venv\n"),
            (
                ".envrc",
                "# pyve-managed direnv configuration\n# Uniform template — all backends share this shape (v2.3.2).\n\n\
                 PATH_add \".venv/bin\"\nexport VIRTUAL_ENV=\"$PWD/.venv\"\nexport PYVE_BACKEND=\"venv\"\n\
                 export PYVE_ENV_NAME=\"project\"\nexport PYVE_PROMPT_PREFIX=\"(venv:project) \"\n\n\
                 if [[ -f \".env\" ]]; then\n    dotenv\nfi\n",
            ),
        ],
        prefix: ".venv",
        changed: "✓ pyve_version: 2.8.0 → 4.0.0 (`.pyve/config`)\n",
    },
    Later {
        name: "3.2",
        files: &[
            // Its own `environment.yml` is of another environment.
            ("environment.yml", "dependencies:\n  - python\n"),
            (
                "pyve.toml",
                "pyve_schema = \"3.0\"\n\n[env.root]\npurpose = \"utility\"\nbackend = \"venv\"\n\n[env.testenv]\n\
                 backend = \"venv\"\ndefault = true\n",
            ),
        ],
        prefix: ".venv",
        changed: "note: `pyve.toml:7`: to create the environment `testenv`, run `pyve init --env testenv --backend venv`\n\
                  note: not used of `pyve.toml`: `env.root.purpose` (line 4), `env.testenv.default` (line 9)\n",
    },
];

#[test]
fn projects_of_every_later_version_run_and_are_taken_over() {
    let Some(world) = quick("project") else { return };
    let Some(python) = interpreter(3, 11) else { return };
    for Later { name, files, prefix, changed } in &LATER {
        for (file, text) in *files {
            world.write(file, text);
        }
        let venv = world.project().join(prefix);
        let _ = world.command(&python.path).args(["-I", "-m", "venv", "--without-pip"]).arg(&venv).run().success();
        let prefix_shown = format!("[PROJECT]/{prefix}\n");
        assert_eq!(done(&world, "run printenv VIRTUAL_ENV").out(), prefix_shown, "{name}");
        let doctor = pyve(&world, "doctor").out();
        assert!(doctor.contains("was written by the bash tool; pyve can take the project over"), "{name}: {doctor}");
        let said = done(&world, "init --update").err();
        assert!(said.contains(changed) && said.contains(&format!("Environment: {prefix} (kept)")), "{name}: {said}");
        assert_eq!(done(&world, "run printenv VIRTUAL_ENV").out(), prefix_shown, "{name}");
        if files.iter().any(|(file, _)| *file == ".envrc") {
            let envrc = world.read(".envrc");
            assert!(envrc.starts_with("# >>> pyve >>>\n") && envrc.ends_with("# <<< pyve <<<\n"), "{name}: {envrc}");
        }
        let again = done(&world, "init --update").err();
        assert!(!again.contains("pyve_version"), "{name}: {again}");
        // It is pyve's to remove now; the settings and the declaration are the user's.
        let purged = done(&world, "purge --yes").out();
        assert!(purged.contains(&format!("  remove  {prefix}/\n")), "{name}: {purged}");
        for (file, text) in *files {
            match *file {
                ".envrc" => assert!(!world.project().join(file).exists(), "{name}"),
                ".pyve/config" => assert_eq!(world.read(file).matches("4.0.0").count(), 1, "{name}"),
                _ => assert_eq!(world.read(file), *text, "{name}"),
            }
            let _ = fs::remove_file(world.project().join(file));
        }
    }
}

#[test]
fn an_environment_in_a_directory_of_the_users_choice_is_named() {
    let (Some(world), Some(python)) = (quick("project"), interpreter(3, 11)) else { return };
    let venv = world.project().join(".venv-dev");
    let _ = world.command(&python.path).args(["-I", "-m", "venv", "--without-pip"]).arg(&venv).run().success();
    world.write(
        ".envrc",
        "# pyve-managed direnv configuration\nVENV_DIR=\".venv-dev\"\n\nif [[ -d \"$VENV_DIR\" ]]; then\n    source \"$VENV_DIR/bin/activate\"\nfi\n",
    );
    insta::assert_snapshot!(told(&world, "run true"), @"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: this project has no environment yet
      project: [PROJECT]
      `.venv-dev` is an environment, and not the one that is meant
    hint: take it over: `pyve init --update .venv-dev`
    ");
    // Those for tests stood where the version put them, and are found by their name.
    for place in [".pyve/envs/testenv/venv", ".pyve/testenvs/docs/venv"] {
        fs::create_dir_all(world.project().join(place).parent().unwrap()).unwrap();
        let venv = world.project().join(place);
        let _ = world.command(&python.path).args(["-I", "-m", "venv", "--without-pip"]).arg(&venv).run().success();
        let name = place.split('/').nth(2).unwrap();
        assert_eq!(
            done(&world, &format!("run --env {name} printenv VIRTUAL_ENV")).out(),
            format!("[PROJECT]/{place}\n")
        );
        let said = done(&world, &format!("init --env {name} --backend venv")).err();
        assert!(said.contains(&format!("Environment: {place} (kept)")), "{said}");
    }
}

/// What neither command may change.
fn kept(world: &World) {
    assert!(world.project().join(".venv/mark").exists());
    assert_eq!(world.read(".tool-versions"), TOOLS);
    assert!(world.read(".gitignore").starts_with(IGNORE), "{}", world.read(".gitignore"));
    assert_eq!((world.read(".env").as_str(), mode(&world.project().join(".env"))), ("TOKEN=1\n", 0o600));
    assert_eq!(done(world, "run printenv VIRTUAL_ENV").out(), "[PROJECT]/.venv\n");
}

#[test]
fn an_update_takes_it_over() {
    let Some(world) = made_by_bash() else { return };
    insta::assert_snapshot!(told(&world, "init --update"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ Backend: venv (default)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .venv (kept)
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    kept(&world);
    let envrc = world.read(".envrc");
    assert!(envrc.starts_with("# my own first line\n# >>> pyve >>>\n"), "{envrc}");
    assert!(envrc.ends_with("# <<< pyve <<<\nexport MINE='kept'"), "{envrc}");
    assert!(!envrc.contains("PS1"), "{envrc}");
    insta::assert_snapshot!(world.read(".gitignore"), @r"
    *.log
    .venv
    .env
    .envrc
    build/
    # >>> pyve >>>
    # (pyve ended the line above; it had no line ending)
    /.pyve/bin
    /.pyve/envs
    /.pyve/state
    # <<< pyve <<<
    ");
    insta::assert_snapshot!(told(&world, "purge --yes"), @"
    exit code: 0
    ----- stdout -----
    In [PROJECT]:
      remove  .venv/
      remove  pyve's block in .gitignore
      remove  pyve's block in .envrc
      remove  .pyve/config
      remove  .pyve/state/
      keep    .env: not empty
    ----- stderr -----
    ✓ removed 5 items
    ");
    assert_eq!(world.read(".envrc"), "# my own first line\nexport MINE='kept'");
    assert_eq!((world.read(".gitignore").as_str(), world.read(".tool-versions").as_str()), (IGNORE, TOOLS));
    assert_eq!(world.read(".env"), "TOKEN=1\n");
    assert!(!world.project().join(".venv").exists() && !world.project().join(".pyve").exists());
}

#[test]
fn a_plain_init_uses_it_and_leaves_its_lines() {
    let Some(world) = made_by_bash() else { return };
    insta::assert_snapshot!(told(&world, "init"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ Backend: venv (default)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .venv (kept)
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    .envrc still has lines of the bash tool; to replace them: pyve init --update
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    kept(&world);
    let envrc = world.read(".envrc");
    assert!(envrc.starts_with(&format!("{ENVRC}\n# >>> pyve >>>\n")), "{envrc}");
    // What the bash tool made is not pyve's to remove until it is taken over.
    insta::assert_snapshot!(told(&world, "purge --yes"), @"
    exit code: 0
    ----- stdout -----
    In [PROJECT]:
      remove  pyve's block in .gitignore
      remove  pyve's block in .envrc
      remove  .pyve/config
      remove  .pyve/state/
      keep    .venv: not created by pyve
      keep    .env: not empty
    ----- stderr -----
    ✓ removed 4 items
    ");
    assert_eq!(world.read(".envrc"), ENVRC);
    assert_eq!((world.read(".gitignore").as_str(), world.read(".tool-versions").as_str()), (IGNORE, TOOLS));
    assert!(world.project().join(".venv/mark").exists());
}

#[test]
fn an_update_after_a_plain_init_takes_it_over_too() {
    let Some(world) = made_by_bash() else { return };
    done(&world, "init");
    done(&world, "init --update");
    let envrc = world.read(".envrc");
    assert_eq!(envrc.matches("VIRTUAL_ENV=").count(), 1, "{envrc}");
    assert!(envrc.starts_with("# my own first line\n# >>> pyve >>>\n"), "{envrc}");
    assert!(envrc.contains("\nexport MINE='kept'"), "{envrc}");
    kept(&world);
    done(&world, "purge --yes");
    assert_eq!(world.read(".envrc"), "# my own first line\nexport MINE='kept'");
    assert!(!world.project().join(".venv").exists());
}

#[test]
fn the_doctor_says_how_to_take_it_over_and_purge_leaves_the_rest() {
    let Some(world) = made_by_bash() else { return };
    // An environment of its later versions, of which no record of pyve's tells.
    world.write(".pyve/envs/um/conda-meta/history", "mine\n");
    for line in ["doctor", "doctor --fix --yes"] {
        let said = world.pyve().args(line.split(' ')).run();
        assert!(!said.out().contains("rm -rf"), "{said}");
    }
    assert!(world.project().join(".venv/mark").exists());
    done(&world, "init --update");
    let purged = done(&world, "purge --yes");
    assert!(purged.out().contains("keep    .pyve/envs/um: not created by pyve"), "{purged}");
    assert_eq!(world.read(".pyve/envs/um/conda-meta/history"), "mine\n");
    assert!(!world.project().join(".venv").exists());
}
