//! The state of plugins, and what a backend from a plugin finds or fails to find.

use std::fs;
use std::time::SystemTime;

use pyve_testkit::World;

use super::{check, exactly, fixed, fixed_by, give_pyve, report, type_remedy, wrong};
use crate::plugins::build::libraries;
use crate::ready::{done, quick};

/// A project of the built-in backend beside a plugin that behaves unless `STRESS` says otherwise.
fn beside() -> Option<World> {
    let world = quick("project")?;
    give_pyve(&world);
    add(&world);
    done(&world, "init --no-direnv");
    assert!(wrong(&world).is_empty(), "{:#}", report(&world, ""));
    Some(world)
}

/// A project of the plugin's own.
pub fn of_plugin() -> World {
    let world = World::new();
    give_pyve(&world);
    add(&world);
    world.write("stress.txt", "");
    done(&world, "init --no-direnv");
    assert!(wrong(&world).is_empty(), "{:#}", report(&world, ""));
    world
}

fn add(world: &World) {
    let library = libraries().path("stress");
    world.pyve().args(["plugin", "add", "--yes"]).arg(library).run().success();
}

fn file(world: &World) -> std::path::PathBuf {
    world.home().join(".pyve/plugins").join(format!("stress{}", std::env::consts::DLL_SUFFIX))
}

/// The plugin ends a pyve, which the next one notices.
pub fn crash(world: &World) {
    let asked = ["plugin", "try", "--added", "detect", "stress"];
    assert_ne!(world.pyve().args(asked).env("STRESS", "detect:segfault").run().code, Some(0));
}

#[test]
fn one_whose_file_is_gone() {
    let Some(world) = beside() else { return };
    fs::remove_file(file(&world)).unwrap();
    fixed(&world, "pyve.plugin-missing");
}

#[test]
fn one_that_was_written_over() {
    let Some(world) = beside() else { return };
    fs::File::options().append(true).open(file(&world)).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    fixed(&world, "pyve.plugin-changed");
    assert_eq!(check(&report(&world, ""), "pyve.plugin")["detail"], "stress 0.1.0");
}

#[test]
fn one_that_ended_pyve() {
    let Some(world) = beside() else { return };
    crash(&world);
    fixed(&world, "pyve.plugin-quarantined");
    // In a project of its own its backend is missed, too, and comes back with it.
    let world = of_plugin();
    crash(&world);
    let seen = report(&world, "");
    assert!(super::ids(&seen).iter().eq(["pyve.backend", "pyve.plugin-quarantined"]), "{seen:#}");
    type_remedy(&world, &check(&seen, "pyve.plugin-quarantined"));
    assert!(wrong(&world).is_empty());
}

#[test]
fn one_that_nobody_added() {
    let Some(world) = beside() else { return };
    done(&world, "plugin remove --yes stress");
    fs::copy(libraries().path("stress"), file(&world)).unwrap();
    assert!(wrong(&world).is_empty());
    type_remedy(&world, &check(&report(&world, ""), "pyve.plugin-not-added"));
    assert_eq!(check(&report(&world, ""), "pyve.plugin")["status"], "ok");
}

/// The settings name the file `bytes` of the stress plugin, which lies in the project.
fn name(world: &World, bytes: &[u8]) {
    use sha2::{Digest, Sha256};
    world.write("tools/stress.so", bytes);
    let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let needed = format!("plugins:\n  - id: stress\n    source: tools/stress.so\n    sha256: {hash}\n");
    world.write(".pyve/config", world.read(".pyve/config") + &needed);
}

#[test]
fn one_that_the_settings_name_and_nobody_added() {
    let Some(world) = beside() else { return };
    done(&world, "plugin remove --yes stress");
    name(&world, &fs::read(libraries().path("stress")).unwrap());
    fixed(&world, "pyve.plugin-needed");
}

#[test]
fn one_that_is_another_than_the_settings_name() {
    let Some(world) = beside() else { return };
    let bytes = fs::read(libraries().path("stress")).unwrap();
    name(&world, &[&bytes[..], &[0]].concat());
    fixed(&world, "pyve.plugin-other");
}

#[test]
fn one_under_development_that_takes_its_place_or_is_none() {
    let Some(world) = beside() else { return };
    let folder = world.root().join("development");
    fs::create_dir(&folder).unwrap();
    let own = folder.join(file(&world).file_name().unwrap());
    fs::copy(libraries().path("stress"), &own).unwrap();
    world.set("PYVE_PLUGIN_PATH", &folder);
    let replaced = check(&report(&world, ""), "pyve.plugin-replaced");
    assert_eq!(replaced["hint"], "unset PYVE_PLUGIN_PATH to use the one that was added");
    fs::write(&own, "no library").unwrap();
    fixed_by(&world, "pyve.plugin-refused", |help| {
        assert!(help.contains("build") || help.contains("library"), "{help}");
        fs::copy(libraries().path("stress"), &own).unwrap();
    });
    world.set("PYVE_PLUGIN_PATH", "");
    let seen = report(&world, "");
    assert!(!seen.to_string().contains("pyve.plugin-replaced"), "{seen:#}");
}

#[test]
fn a_list_that_cannot_be_read() {
    let Some(world) = beside() else { return };
    let manifest = world.home().join(".pyve/plugins/manifest.json");
    fs::write(&manifest, "{").unwrap();
    fixed_by(&world, "pyve.plugins", |help| {
        let expected = format!("remove {} and add the plugins again with `pyve plugin add`", manifest.display());
        assert_eq!(help, expected);
        fs::remove_file(&manifest).unwrap();
        type_remedy(&world, &check(&report(&world, ""), "pyve.plugin-not-added"));
    });
    assert_eq!(check(&report(&world, ""), "pyve.plugin")["status"], "ok");
}

#[test]
fn one_that_finds_its_environment_missing_or_unfit() {
    let world = of_plugin();
    fs::remove_file(world.project().join(".stress/ready")).unwrap();
    fixed(&world, "pyve.launch-failed");
    fs::remove_dir_all(world.project().join(".stress")).unwrap();
    fixed(&world, "stress.environment");
}

#[test]
fn one_that_fails_when_it_is_asked() {
    let world = of_plugin();
    for (stress, id) in [("diagnose:panic", "pyve.diagnosis"), ("run:panic", "pyve.launch-failed")] {
        world.set("STRESS", stress);
        fixed_by(&world, id, |help| {
            assert_eq!(help, "report this to its author, or run `pyve plugin remove stress` to do without it");
            // The author mends it.
            world.set("STRESS", "");
        });
    }
    world.set("STRESS", "diagnose:panic");
    done(&world, "plugin remove --yes stress");
    let missed = exactly(&world, "pyve.backend");
    assert!(missed["detail"].as_str().unwrap().starts_with("backend `stress` not found (`.pyve/config:3`); known "));
}

#[test]
fn one_that_knows_no_environment_of_the_name() {
    let world = of_plugin();
    world.set("STRESS", "inspect:same");
    let unknown = check(&report(&world, "--env dev"), "pyve.environment-unknown");
    assert_eq!(
        unknown["detail"].as_str().unwrap().split(';').next(),
        Some("backend `stress` has no environments with names")
    );
    world.set("STRESS", "");
    let missing = report(&world, "--env dev");
    assert!(missing.to_string().contains("stress.environment") && !missing.to_string().contains("environment-unknown"));
}

#[test]
fn what_an_example_finds_is_told_under_its_own_name() {
    let Some(python) = pyve_testkit::interpreter(3, 10) else { return };
    let world = crate::plugin_examples::world_with("pyve_minimal").python(python);
    give_pyve(&world);
    world.write("minimal.txt", "");
    done(&world, "init --no-direnv");
    assert!(wrong(&world).is_empty(), "{:#}", report(&world, ""));
    fs::remove_file(world.project().join(".minimal/bin/python")).unwrap();
    fixed(&world, "minimal.python");
}

#[test]
fn what_uv_finds_is_fixed_by_what_it_says() {
    use crate::plugin_examples::uv;
    let Some(world) = uv::world() else { return };
    give_pyve(&world);
    world.write("pyproject.toml", uv::PROJECT);
    world.command("uv").args(["lock", "--quiet"]).run().success();
    done(&world, "init --no-direnv");
    assert!(wrong(&world).is_empty(), "{:#}", report(&world, ""));
    fs::remove_file(world.project().join(".venv/bin/python")).unwrap();
    fixed(&world, "uv.interpreter-missing");
    fs::remove_dir_all(world.project().join(".venv")).unwrap();
    fixed(&world, "uv.environment-missing");
    let whole = world.read("uv.lock");
    world.write("uv.lock", format!("<<<<<<< HEAD\n{whole}=======\n{whole}>>>>>>> theirs\n"));
    fixed(&world, "uv.lock-conflict");
    world.write("uv.lock", "version =\n");
    fixed_by(&world, "uv.lock-unreadable", |help| {
        assert_eq!(help, "take a whole `uv.lock` from git, or remove it; then run `pyve lock`");
        fs::remove_file(world.project().join("uv.lock")).unwrap();
        done(&world, "lock");
    });
    fs::remove_file(world.project().join("uv.lock")).unwrap();
    fixed(&world, "uv.lock-missing");
    world.write("pyproject.toml", uv::PROJECT.replace("0.1.0", "0.2.0"));
    fixed(&world, "uv.lock-stale");
    world.command("uv").args(["pip", "uninstall", "--quiet", "--python", ".venv", "pluggy"]).run().success();
    fixed(&world, "uv.packages-differ");
}
