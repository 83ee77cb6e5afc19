//! Environments that pixi keeps outside of the project.

use super::{calls, ran, world};

#[test]
fn detached_environments_are_used_and_never_put_aside_or_removed() {
    let Some(world) = world() else { return };
    let folder = world.root().join("detached");
    world.write(".pixi/config.toml", format!("detached-environments = {folder:?}\n"));
    world.filter(r"demo-\d+", "demo-[HASH]");
    let made = ran(&world, "init --no-direnv").success();
    let link = fs_err::read_link(world.project().join(".pixi/envs")).unwrap();
    let prefix = link.join("default");
    assert!(prefix.starts_with(&folder) && prefix.join("conda-meta").is_dir(), "{made}");
    let inside = ran(&world, "run printenv CONDA_PREFIX").success().out();
    assert!(inside.contains("detached/demo-[HASH]/envs/default"), "{inside}");
    ran(&world, "run python -c pass").success();
    fs_err::write(prefix.join("mark"), "mine").unwrap();
    let said = ran(&world, "doctor").success();
    assert!(said.out().contains("/default (detached; pixi keeps it, and pyve never removes it)\n"), "{said}");
    let installs = || calls(&world).iter().filter(|call| call.starts_with("install")).count();
    let before = installs();
    // Forced, it is brought in line where it stands.
    ran(&world, "init --force --yes --no-direnv").success();
    assert_eq!((installs(), prefix.join("mark").exists()), (before + 1, true));
    assert!(
        ran(&world, "envs").success().out().contains("default *  pixi     3.12.4  3         ready"),
        "{}",
        ran(&world, "envs")
    );
    // Without a record the link tells, which anybody could have made.
    fs_err::remove_dir_all(world.project().join(".pyve/state")).unwrap();
    let refused = ran(&world, "run python -c pass");
    assert!(refused.err().contains("/envs/default`, outside of the project\n"), "{refused}");
    ran(&world, "allow").success();
    ran(&world, "run python -c pass").success();
    ran(&world, "init --no-direnv").success();
    ran(&world, "purge --yes").success();
    assert!(prefix.join("mark").exists() && prefix.join("bin/python").exists());
}
