//! A project made by the bash tool: taken over by `pyve init --update`, used by `pyve init`, purged.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use pyve_testkit::{World, interpreter, mode};

use crate::ready::{done, quick, told};

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
