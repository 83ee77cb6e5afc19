//! A check that does not come to an end costs its own answer, and no more than a few seconds.

use std::time::{Duration, Instant};

use pyve_testkit::{World, prerequisite};

use super::{check, fixed_by, give_pyve, healthy, ids, report, wrong};
use crate::ready::{done, quick};

const HANGING: &str = "#!/bin/sh\nexec sleep 600\n";

/// What doctor says, which takes it no longer than `seconds`.
#[track_caller]
fn within(world: &World, seconds: u64) -> serde_json::Value {
    let begun = Instant::now();
    let seen = report(world, "");
    assert!(begun.elapsed() < Duration::from_secs(seconds), "{:?}: {seen:#}", begun.elapsed());
    seen
}

#[test]
fn a_git_that_hangs() {
    let (Some(git), Some(world)) = (prerequisite("git"), healthy()) else { return };
    world.link_as("git", &git);
    let _ = world.command("git").args(["init", "-q"]).run().success();
    assert!(wrong(&world).is_empty());
    let program = world.stand_in("git", HANGING);
    within(&world, 6);
    fixed_by(&world, "pyve.no-answer", |help| {
        let program = program.display();
        assert_eq!(help, format!("start {program} yourself to see what it waits for"));
        world.link_as("git", &git);
    });
}

#[test]
fn a_direnv_that_hangs_is_never_started() {
    let Some(world) = healthy() else { return };
    world.stand_in("direnv", HANGING);
    within(&world, 5);
    assert!(wrong(&world).is_empty());
}

#[test]
fn a_python_that_hangs() {
    let Some(world) = quick("project") else { return };
    let python = world.bin().join("python3");
    let kept = world.root().join("python3");
    std::fs::rename(&python, &kept).unwrap();
    world.stand_in("python3", &format!("#!/bin/sh\necho $$ > {}/process\nexec sleep 600\n", world.root().display()));
    world.set("PYVE_DOCTOR_TIMEOUT", "3");
    let seen = within(&world, 8);
    assert!(ids(&seen).iter().eq(["pyve.no-answer"]), "{seen:#}");
    let silent = check(&seen, "pyve.no-answer");
    assert_eq!(silent["subject"], "Environment");
    assert_eq!(silent["detail"], format!("no answer within 3 seconds from {}", python.display()));
    assert_eq!(check(&seen, "pyve.backend")["status"], "ok");
    assert_eq!(check(&seen, "pyve.disk")["status"], "ok");
    // What was given up is not left behind.
    let process = std::fs::read_to_string(world.root().join("process")).unwrap();
    assert_ne!(world.command("kill").args(["-0", process.trim()]).run().code, Some(0));
    std::fs::remove_file(&python).unwrap();
    std::fs::rename(&kept, &python).unwrap();
    done(&world, "init --no-direnv");
    assert!(wrong(&world).is_empty());
}

#[test]
fn a_plugin_that_hangs() {
    let world = World::new();
    give_pyve(&world);
    let library = crate::plugins::build::libraries().path("stress");
    world.pyve().args(["plugin", "add", "--yes"]).arg(library).run().success();
    world.write("stress.txt", "");
    world.set("STRESS", "diagnose:loop");
    world.set("PYVE_DOCTOR_TIMEOUT", "3");
    let seen = within(&world, 8);
    assert!(ids(&seen).iter().eq(["pyve.no-answer"]), "{seen:#}");
    let silent = check(&seen, "pyve.no-answer");
    assert_eq!(silent["detail"], "no answer within 3 seconds from plugin `stress` to `diagnose`");
    assert_eq!(silent["hint"], "report this to its author, or run `pyve plugin remove stress` to do without it");
    assert_eq!(check(&seen, "pyve.plugin")["status"], "ok");
    // That it was slow for once is no crash.
    world.set("STRESS", "");
    assert!(wrong(&world).iter().eq(["stress.environment"]));
    world.set("STRESS", "diagnose:loop");
    let _ = world.command("sh").args(["-c", "pyve plugin remove stress"]).stdin("y\n").run().success();
    assert!(!wrong(&world).contains("pyve.no-answer"));
}
