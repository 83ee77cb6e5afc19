//! Faults of the shell that pyve was started from.

use std::fs;

use super::{check, healthy, report, wrong};

#[test]
fn another_environment_is_active() {
    let Some(world) = healthy() else { return };
    world.set("VIRTUAL_ENV", "/somewhere/else");
    let outer = check(&report(&world, ""), "pyve.outer-environment");
    assert_eq!(outer["detail"], "VIRTUAL_ENV is /somewhere/else: another environment is active in this shell");
    world.set("VIRTUAL_ENV", world.project().join(".venv"));
    assert!(wrong(&world).is_empty());
}

#[test]
fn a_shim_comes_before_the_environments_own_programs() {
    let Some(world) = healthy() else { return };
    let shims = world.root().join("shims");
    fs::create_dir(&shims).unwrap();
    std::os::unix::fs::symlink("/bin/true", shims.join("python")).unwrap();
    let own = world.project().join(".venv/bin");
    let path = |folders: &[&std::path::Path]| std::env::join_paths(folders).unwrap();
    let with = |value: std::ffi::OsString| {
        let outcome = world.pyve().args(["doctor", "--json"]).env("PATH", value).run();
        serde_json::from_slice::<serde_json::Value>(&outcome.stdout).unwrap()
    };
    let bin = world.bin();
    let seen = with(path(&[&shims, &own, &bin]));
    assert!(check(&seen, "pyve.path-shadowed")["detail"].as_str().unwrap().contains("/shims/python comes before"));
    let seen = with(path(&[&own, &shims, &bin]));
    assert_eq!(check(&seen, "pyve.path")["status"], "ok");
}

#[test]
fn a_direnv_that_is_missing_or_not_started_by_the_shell() {
    let Some(world) = healthy() else { return };
    world.set("SHELL", "/bin/bash");
    let hook = check(&report(&world, ""), "pyve.direnv-not-hooked");
    let rc = world.home().join(".bashrc");
    let line = hook["hint"].as_str().unwrap().strip_prefix(&format!("add to {}: ", rc.display())).unwrap().to_owned();
    fs::write(&rc, format!("{line}\n")).unwrap();
    assert!(wrong(&world).is_empty());
    for (shell, file) in [("zsh", ".zshrc"), ("fish", ".config/fish/config.fish")] {
        world.set("SHELL", format!("/usr/bin/{shell}"));
        let hook = check(&report(&world, ""), "pyve.direnv-not-hooked");
        assert!(hook["hint"].as_str().unwrap().contains(file), "{hook:#}");
    }
    world.set("DIRENV_DIR", "-/somewhere");
    assert!(wrong(&world).is_empty());
    world.unlink("direnv");
    assert!(wrong(&world).iter().eq(["pyve.direnv-missing"]));
}
