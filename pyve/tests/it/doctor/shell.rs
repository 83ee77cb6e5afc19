//! Faults of the shell that pyve was started from.

use std::fs;

use serde_json::Value;

use super::{check, fixed_by, healthy, ids, report, wrong};

#[test]
fn another_environment_is_active() {
    let Some(world) = healthy() else { return };
    let other = world.root().join("other");
    let _ = world.command("python3").args(["-I", "-m", "venv"]).arg(&other).run().success();
    let script = ". ../other/bin/activate && pyve doctor --json > active.json; deactivate && pyve doctor --json";
    let left = world.command("sh").args(["-c", script]).run().success();
    let active: Value = serde_json::from_str(&world.read("active.json")).unwrap();
    let outer = check(&active, "pyve.outer-environment");
    assert!(ids(&active).iter().eq(["pyve.outer-environment"]), "{active:#}");
    assert_eq!(
        outer["detail"],
        format!("VIRTUAL_ENV is {}: another environment is active in this shell", other.display())
    );
    assert_eq!(outer["hint"], "deactivate it, or open another shell (`pyve run` is not touched by VIRTUAL_ENV)");
    let left: Value = serde_json::from_slice(&left.stdout).unwrap();
    assert!(ids(&left).is_empty(), "{left:#}");
    world.set("CONDA_PREFIX", "/opt/conda");
    let conda = check(&report(&world, ""), "pyve.outer-environment");
    assert_eq!(conda["detail"], "CONDA_PREFIX is /opt/conda: another environment is active in this shell");
    world.set("CONDA_PREFIX", "");
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
    let rc = world.home().join(".bashrc");
    fixed_by(&world, "pyve.direnv-not-hooked", |help| {
        let line = help.strip_prefix(&format!("add to {}: ", rc.display())).unwrap();
        fs::write(&rc, format!("{line}\n")).unwrap();
    });
    for (shell, file) in [("zsh", ".zshrc"), ("fish", ".config/fish/config.fish")] {
        world.set("SHELL", format!("/usr/bin/{shell}"));
        let hook = check(&report(&world, ""), "pyve.direnv-not-hooked");
        assert!(hook["hint"].as_str().unwrap().contains(file), "{hook:#}");
    }
    world.set("DIRENV_DIR", "-/somewhere");
    assert!(wrong(&world).is_empty());
    assert_eq!(check(&report(&world, ""), "pyve.direnv-hook")["status"], "ok");
    let direnv = fs::read_link(world.bin().join("direnv")).unwrap();
    world.unlink("direnv");
    fixed_by(&world, "pyve.direnv-missing", |help| {
        assert_eq!(help, "install it (apt install direnv, brew install direnv); `pyve run` needs none");
        world.link_as("direnv", &direnv);
    });
}
