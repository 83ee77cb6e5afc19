//! Plugins and environments with names: one that passes the name over is refused, and how locks are is listed.

use pyve_testkit::World;

use super::build::libraries;
use crate::ready::{done, pyve, told};

/// A project of the stress plugin, which was added while it was told so.
pub fn world(stress: &str) -> World {
    let world = World::new();
    world.set("STRESS", stress);
    world.pyve().args(["plugin", "add", "--yes"]).arg(libraries().path("stress")).run().success();
    world.write("stress.txt", "");
    world
}

#[test]
fn one_that_passes_the_name_over_is_refused() {
    let world = world("");
    world.set("STRESS", "create:same,run:same,inspect:same,diagnose:same");
    insta::assert_snapshot!(told(&world, "init --env dev --no-direnv"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: backend `stress` has no environments with names
      it would use `.stress`, the directory of the default environment, for `dev`
    hint: leave out `--env`, or choose another backend for this environment with `--backend`
    ");
    assert!(!world.project().join(".pyve").exists() && !world.project().join(".stress").exists());
    let examined = pyve(&world, "doctor --env dev");
    let lines: Vec<String> = examined
        .out()
        .lines()
        .skip_while(|line| !line.starts_with("✗ Environment"))
        .take(3)
        .map(str::to_owned)
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    ✗ Environment: backend `stress` has no environments with names; it would use `.stress`, the directory of the default environment, for `dev`
      → leave out `--env`, or choose another backend for this environment with `--backend`
    • Record: none: no environment was created yet
    ");
    // The default one it has.
    done(&world, "init --no-direnv");
    done(&world, "run printenv STRESSED");
    assert_eq!(pyve(&world, "run --env dev printenv STRESSED").code, Some(125));
    let purged = pyve(&world, "purge --env dev --yes --unrecorded");
    assert!(purged.code == Some(1) && world.project().join(".stress/ready").exists(), "{purged}");
    world.set("STRESS", "");
    done(&world, "init --env dev --no-direnv");
}

#[test]
fn how_locks_are_is_listed() {
    let world = world("lock:state=stale");
    done(&world, "init --no-direnv");
    let lock = |state: &str| {
        world.set("STRESS", format!("lock:state={state}"));
        let listed: serde_json::Value = serde_json::from_str(&done(&world, "envs --json").out()).unwrap();
        listed["environments"][0]["lock"].as_str().unwrap().to_owned()
    };
    let words = ["fresh", "stale", "conflict", "unknown", "missing", "melting"].map(lock);
    assert_eq!(words, ["fresh", "stale", "conflict", "unknown", "none", "unknown"]);
    world.set("STRESS", "lock:state=stale");
    assert!(done(&world, "envs").out().starts_with("NAME       BACKEND  STATUS  LOCK   LAST USED\n"));
    world.set("STRESS", "lock:state=missing");
    assert!(!done(&world, "envs").out().contains("LOCK"));
}
