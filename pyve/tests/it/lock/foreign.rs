//! Lock files of other tools are named with what serves them, never passed over in silence.

use super::{TREE, told, with_uv};

#[test]
fn they_are_named_by_init_doctor_and_lock() {
    let Some(world) = with_uv(TREE) else { return };
    world.write("requirements.txt", "leaf\n");
    world.write("uv.lock", "");
    world.write("linux-64.lock", "# platform: linux-64\n@EXPLICIT\nhttps://h/x.conda\n");
    insta::assert_snapshot!(told(&world, "lock"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    warning: uv.lock is not read; `uv sync` installs from it
    warning: linux-64.lock is not read; `micromamba create -p .pyve/envs/explicit -f linux-64.lock` installs from it
    ✓ pylock.toml written: 1 package for all platforms
    ");
    let report = crate::doctor::report(&world, "");
    let named: Vec<String> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["id"] == "venv.foreign-lock")
        .map(|check| check["detail"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(named[0], "uv.lock is not read; `uv sync` installs from it");
    assert!(named[1].starts_with("linux-64.lock is not read; "), "{named:?}");
    let planned = crate::ready::pyve(&world, "init --no-direnv --dry-run");
    assert_eq!(planned.code, Some(0), "{planned}");
}
