//! Faults of what pyve wrote down, and what it left behind.

use std::fs;

use super::{check, give_pyve, healthy, mended, problems, report, wrong};

const RECORD: &str = ".pyve/state/default/venv.json";

#[test]
fn a_making_that_was_interrupted() {
    let Some(world) = healthy() else { return };
    let text = world.read(RECORD).replace("\"status\": \"ready\"", "\"status\": \"creating\"");
    world.write(RECORD, text.replace("\"ready\": true", "\"ready\": false"));
    mended(&world, "pyve.record-unfinished");
}

#[test]
fn a_damaged_record() {
    let Some(world) = healthy() else { return };
    world.write(RECORD, "{");
    mended(&world, "pyve.record-unreadable");
}

#[test]
fn a_project_that_was_moved() {
    let Some(world) = healthy() else { return };
    let text = world.read(RECORD);
    let here = world.project().display().to_string();
    let there = here.replace("/project", "/elsewhere");
    fs::rename(world.project(), &there).unwrap();
    fs::create_dir(world.project()).unwrap();
    let moved = world.pyve().args(["-C", &there, "doctor", "--json"]).run();
    let moved: serde_json::Value = serde_json::from_slice(&moved.stdout).unwrap();
    let ids: Vec<_> = problems(&moved).iter().map(|check| check["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, ["pyve.record-moved"], "{moved:#}");
    assert!(text.contains(&here));
    let remade = world.pyve().args(["-C", &there, "init", "--force", "--yes"]).run();
    assert_eq!(remade.code, Some(0), "{remade}");
    let _ = world.command("direnv").current_dir(&there).args(["allow"]).run().success();
    let healed = world.pyve().args(["-C", &there, "doctor"]).run();
    assert_eq!(healed.code, Some(0), "{healed}");
}

#[test]
fn a_record_of_a_newer_pyve() {
    let Some(world) = healthy() else { return };
    let text = world.read(RECORD);
    world.write(RECORD, text.replace("\"schema\": 1", "\"schema\": 9"));
    assert_eq!(problems(&report(&world, ""))[0]["id"], "pyve.record-unreadable");
    world.write(RECORD, text.replace("\"pyve_version\": \"1.0.0\"", "\"pyve_version\": \"9.1.0\""));
    let seen = report(&world, "");
    assert_eq!(
        check(&seen, "pyve.version-older")["detail"],
        "1.0.0: the environment's record is of pyve 9.1.0, which is newer"
    );
    world.write(RECORD, text.replace("\"pyve_version\": \"1.0.0\"", "\"pyve_version\": \"0.9.0\""));
    let older = check(&report(&world, ""), "pyve.version");
    assert_eq!((older["status"].as_str(), older["remedy"][2].as_str()), (Some("info"), Some("--update")));
    crate::ready::done(&world, "init --update");
    assert_eq!(check(&report(&world, ""), "pyve.version")["status"], "ok");
}

#[test]
fn what_was_left_behind() {
    let Some(world) = healthy() else { return };
    world.write(".venv.pyve-old-abc/pyvenv.cfg", "");
    mended(&world, "pyve.left-over");
    world.write(".pyve/envs/stale/conda-meta/history", "");
    mended(&world, "pyve.orphaned-environment");
    world.write(".pyve/state/old/venv.json", "{");
    mended(&world, "pyve.record-other");
}

#[test]
fn a_damaged_choice_is_mended_too() {
    let Some(world) = healthy() else { return };
    give_pyve(&world);
    world.write(".pyve/state/default/current", "{");
    let ids = wrong(&world);
    assert_eq!(ids.into_iter().collect::<Vec<_>>(), ["pyve.backend"]);
    mended(&world, "pyve.backend");
}
