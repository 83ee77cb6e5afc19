//! What a command finds in an environment of pixi: scripts, folders of PATH, and pixi itself.

use super::{calls, hooks, manifest, ran, settle, world};

const ASKS: &str = "gdal = \"*\"\npython = \"3.12.*\"\n";

#[test]
fn scripts_of_packages_and_of_the_manifest_are_sourced_for_each_caller() {
    let Some(world) = world() else { return };
    let activation = "[activation]\nscripts = [\"setup.sh\"]\n[activation.env]\nSTAGE = \"manifest\"\n";
    manifest(&world, ASKS, activation);
    world.write(
        "setup.sh",
        "export GREETING=\"hello ${WHO:-nobody}\"\nexport PATH=\"$PIXI_PROJECT_ROOT/tools:$PATH\"\n",
    );
    world.write("tools/greet", "#!/bin/sh\necho \"$GREETING from $STAGE\"\n");
    let greet = world.project().join("tools/greet");
    fs_err::set_permissions(greet, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    ran(&world, "init --no-direnv").success();
    settle();
    assert_eq!(ran(&world, "run greet").success().out(), "hello nobody from manifest\n");
    let asked = hooks(&world);
    let greeted = |who: &str| world.pyve().env("WHO", who).args(["run", "greet"]).run().success().out();
    assert_eq!(
        (greeted("Ada"), greeted("Bob")),
        ("hello Ada from manifest\n".into(), "hello Bob from manifest\n".into())
    );
    let data = ran(&world, "run printenv GDAL_DATA PROJ_NETWORK").success();
    assert_eq!(data.out(), "[PROJECT]/.pixi/envs/default/share/gdal\nOFF\n");
    assert_eq!(hooks(&world), asked, "pixi is asked once");
    // A script that changed is sourced as it is now.
    world.write("setup.sh", "export GREETING=bye\nexport PATH=\"$PIXI_PROJECT_ROOT/tools:$PATH\"\n");
    assert_eq!(ran(&world, "run greet").success().out(), "bye from manifest\n");
    // Where it has to do with what the manifest sets behind it, pixi's word counts.
    world.write("setup.sh", "export GREETING=hi STAGE=script\nexport PATH=\"$PIXI_PROJECT_ROOT/tools:$PATH\"\n");
    assert_eq!(ran(&world, "run greet").success().out(), "hi from manifest\n");
}

/// `pixi shell-hook` has a shell source them, so that who brought them must be trusted first.
#[test]
fn scripts_that_pixi_would_source_wait_for_consent() {
    let Some(world) = world() else { return };
    ran(&world, "init --no-direnv").success();
    fs_err::remove_dir_all(world.project().join(".pyve/state")).unwrap();
    manifest(&world, "python = \"3.12.*\"\n", "[activation]\nscripts = [\"trap.sh\"]\n");
    let before = calls(&world);
    insta::assert_snapshot!(ran(&world, "run python -c pass"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: the environment at `.pixi/envs/default` is not trusted: a shell would source its activation script `pixi.toml`
      this user's pyve has no record of it
      project: [PROJECT]
    hint: look at it, then allow it: `pyve allow`
    ");
    assert_eq!(calls(&world), before, "pixi was started");
    ran(&world, "allow").success();
    ran(&world, "run python -c pass").success();
}

#[test]
fn pixi_of_its_own_home_is_found_and_can_be_run() {
    let Some(world) = world() else { return };
    let own = world.home().join(".pixi/bin");
    fs_err::create_dir_all(&own).unwrap();
    fs_err::rename(world.bin().join("pixi"), own.join("pixi")).unwrap();
    ran(&world, "init --no-direnv").success();
    assert_eq!(ran(&world, "run pixi --version").success().out(), "pixi 0.77.0\n");
    insta::assert_snapshot!(ran(&world, "run pip list"), @"
    exit code: 127
    ----- stdout -----
    ----- stderr -----
    error: the environment at .pixi/envs/default has no pip
      a pip outside of it acts on another environment; it is not used unless you write its path
    hint: pixi installs packages of PyPI with `--pypi`; for pip itself: `pixi add pip`
    ");
    fs_err::remove_file(own.join("pixi")).unwrap();
    insta::assert_snapshot!(ran(&world, "init --force --yes --no-direnv"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: pixi is not installed
      asked for by `pixi.toml`
    hint: install pixi and try again: https://pixi.sh/latest/installation
    ");
}
