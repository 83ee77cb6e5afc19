//! The built-in venv backend loaded as a library under another id does what the built-in one does.

use pyve_testkit::{World, contents, interpreter};

use super::world_with;
use crate::ready::without_pip;

fn world() -> Option<World> {
    let world = world_with("pyve_venv_as_plugin");
    without_pip(&world, interpreter(3, 11)?);
    Some(world)
}

/// The steps that a backend plans, with its id made neutral.
fn planned(world: &World, backend: &str) -> String {
    let shown = world.pyve().args(["init", "--dry-run", "--backend", backend]).run().success();
    let out = shown.out();
    out.split_once("In [PROJECT]:").expect("the plan").1.to_owned()
}

#[test]
fn it_plans_makes_runs_and_purges_as_the_built_in_one() {
    let Some(world) = world() else { return };
    world.write("requirements.txt", "");
    let before = contents(world.project());
    assert_eq!(planned(&world, "loaded-venv"), planned(&world, "venv"));
    world.pyve().args(["init", "--backend", "loaded-venv", "--no-install-deps"]).run().success();
    let ran = world.pyve().args(["run", "python", "-c", "import sys; print(sys.prefix)"]).run().success();
    assert_eq!(ran.out(), "[PROJECT]/.venv\n");
    let kept = contents(world.project());
    let again = world.pyve().args(["init", "--no-install-deps"]).run().success();
    assert!(again.err().contains("Environment: .venv (kept)"), "{again}");
    assert_eq!(contents(world.project()).keys().collect::<Vec<_>>(), kept.keys().collect::<Vec<_>>());
    world.pyve().args(["purge", "--yes"]).run().success();
    assert_eq!(contents(world.project()), before);
}

#[test]
fn a_plugin_that_is_gone_is_missed_by_those_projects_only_that_use_it() {
    let Some(world) = world() else { return };
    world.pyve().args(["init", "--backend", "loaded-venv"]).run().success();
    assert!(pyve_testkit::plugin_library("pyve_venv_as_plugin").is_file());
    // A file that changed a moment ago could change again unnoticed: what was read of it is not kept yet.
    std::thread::sleep(std::time::Duration::from_millis(100));
    world.pyve().args(["run", "python", "-c", ""]).run().success();
    world.pyve().args(["plugin", "remove", "loaded-venv"]).stdin("y\n").run().success();
    // The launch is known: no plugin is needed to run in the environment that stands.
    world.pyve().args(["run", "python", "-c", ""]).run().success();
    let refused = world.pyve().arg("init").run();
    assert_eq!(refused.code, Some(1), "{refused}");
    assert!(refused.err().contains("loaded-venv"), "{refused}");
    let elsewhere = world.root().join("elsewhere");
    fs_err::create_dir(&elsewhere).unwrap();
    world.pyve().current_dir(&elsewhere).args(["init", "--backend", "venv", "--dry-run"]).run().success();
}
