//! An environment is installed from its lock, with hashes required, by a pip of any age.

use super::{TREE, done, told, wheels, with_uv};

#[test]
fn init_installs_what_is_locked_and_nothing_else() {
    let Some(world) = with_uv(TREE) else { return };
    world.set("PYVE_LINK_MODE", "hardlink");
    world.write("requirements.txt", "top<2\nother<1.5\n");
    done(&world, "lock");
    world.write("requirements.txt", "top\nother\n");
    done(&world, "lock --update other");
    wheels(&world, "other 2.0\nstray 1.0\n");
    insta::assert_snapshot!(told(&world, "init --install-deps --no-direnv"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    Install what pylock.toml locks
    Successfully installed leaf-1.1 mid-1.0 other-1.5 top-1.0
    ✓ Backend: venv (found `requirements.txt`)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .venv (created)
    ✓ Dependencies: pylock.toml (installed)
    Run commands in it with: pyve run CMD
    ");
    let installed = |world: &pyve_testkit::World| {
        let listed = done(world, "run python -m pip list --format freeze").out();
        let own = |line: &&str| !line.starts_with("pip=") && !line.starts_with("setuptools=");
        listed.lines().filter(own).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(installed(&world), ["leaf==1.1", "mid==1.0", "other==1.5", "top==1.0"]);
    let report = crate::doctor::report(&world, "");
    assert_eq!(crate::doctor::check(&report, "venv.lock")["detail"], "pylock.toml is fresh");
    // What else is installed is named, and removed where that is asked for.
    done(&world, "run python -m pip install -q --no-deps stray leaf==1.0");
    let report = crate::doctor::report(&world, "");
    assert_eq!(crate::doctor::check(&report, "venv.package-not-locked")["detail"], "not in pylock.toml: stray");
    let conflict = crate::doctor::check(&report, "venv.package-conflict");
    assert_eq!(conflict["detail"], "leaf 1.0 is installed, but pylock.toml:6 asks for leaf==1.1");
    insta::assert_snapshot!(told(&world, "init --prune"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: missing argument `--update`
      Usage: pyve init --update --prune [DIR]
    hint: run `pyve init --help`
    ");
    insta::assert_snapshot!(told(&world, "init --update --prune --no-direnv"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Remove what pylock.toml does not lock
    Found existing installation: stray 1.0
    Uninstalling stray-1.0:
      Successfully uninstalled stray-1.0
    Install what pylock.toml locks
    Successfully installed leaf-1.1
    ✓ Backend: venv (set in `.pyve/config:3`)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .venv (kept)
    ✓ Dependencies: pylock.toml (installed)
    Run commands in it with: pyve run CMD
    ");
    assert_eq!(installed(&world), ["leaf==1.1", "mid==1.0", "other==1.5", "top==1.0"]);
    // A stale lock is used after a warning, and with `--strict` not at all.
    world.write("requirements.txt", "top\nother>=2\n");
    insta::assert_snapshot!(told(&world, "init --strict --no-direnv"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: pylock.toml is stale, and --strict refuses it
      requirements.txt:2 asks for `other>=2`, but `other` is locked
    hint: run `pyve lock`
    ");
    insta::assert_snapshot!(told(&world, "init --install-deps --no-direnv"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    warning: Lock file may be stale: pylock.toml: requirements.txt:2 asks for `other>=2`, but `other` is locked; to update it: pyve lock
    Install what pylock.toml locks
    ✓ Backend: venv (set in `.pyve/config:3`)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .venv (kept)
    ✓ Dependencies: pylock.toml (installed)
    Run commands in it with: pyve run CMD
    ");
    let report = crate::doctor::report(&world, "");
    assert_eq!(crate::doctor::check(&report, "venv.lock-stale")["remedy"], serde_json::json!(["pyve", "lock"]));
    // An update of the lock reaches the environment.
    done(&world, "lock");
    done(&world, "init --update --no-direnv");
    assert_eq!(installed(&world), ["leaf==1.1", "mid==1.0", "other==2.0", "top==1.0"]);
    // A file that was exchanged on the way is not installed.
    let text = world.read("pylock.toml");
    let at = text.find("sha256 = \"").unwrap() + 10;
    world.write("pylock.toml", format!("{}{}{}", &text[..at], "0".repeat(64), &text[at + 64..]));
    done(&world, "run python -m pip uninstall -q -y leaf");
    let refused = told(&world, "init --install-deps --no-direnv");
    assert!(refused.contains("THESE PACKAGES DO NOT MATCH THE HASHES") || refused.contains("hash"), "{refused}");
    assert!(refused.starts_with("exit code: 1\n"), "{refused}");
}
