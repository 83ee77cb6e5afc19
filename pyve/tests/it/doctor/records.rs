//! Faults of what pyve wrote down, and what it left behind.

use std::collections::BTreeSet;
use std::fs;

use super::{
    allow, check, exactly, fixed, fixed_by, healthy, ids, report, report_in, type_remedy, type_remedy_in, wrong,
};
use crate::ready::{done, quick};

const RECORD: &str = ".pyve/state/default/venv.json";
const SEALED: &str = "default/venv.json";

#[test]
fn a_making_that_was_interrupted() {
    let Some(world) = healthy() else { return };
    world.state().edit(SEALED, |text| {
        let text = text.replace("\"status\":\"ready\"", "\"status\":\"creating\"");
        text.replace("\"ready\":true", "\"ready\":false")
    });
    // The old one is not taken for rubbish as long as there is no new one.
    world.write(".venv.pyve-old-abc/pyvenv.cfg", "");
    fixed(&world, "pyve.record-unfinished");
    assert!(!world.project().join(".venv.pyve-old-abc").exists());
}

#[test]
fn a_record_that_counts_for_nothing() {
    let Some(world) = healthy() else { return };
    let text = world.read(RECORD);
    for content in ["{", &text.replace("ready", "raedy")] {
        world.write(RECORD, content);
        fixed(&world, "pyve.record-unsealed");
    }
}

#[test]
fn a_project_that_was_moved() {
    let Some(world) = healthy() else { return };
    let there = world.root().join("elsewhere");
    fs::rename(world.project(), &there).unwrap();
    fs::create_dir(world.project()).unwrap();
    let moved = report_in(&world, &there);
    assert!(ids(&moved).iter().eq(["pyve.record-moved"]), "{moved:#}");
    type_remedy_in(&world, &there, &check(&moved, "pyve.record-moved"));
    let _ = world.command("direnv").current_dir(&there).args(["allow"]).run().success();
    assert_eq!(ids(&report_in(&world, &there)), BTreeSet::new());
    assert_eq!(fs::read_dir(world.project()).unwrap().count(), 0);
}

#[test]
fn a_project_that_was_copied() {
    let Some(world) = healthy() else { return };
    let copy = world.root().join("copy");
    let _ = world.command("cp").args(["-pR", "."]).arg(&copy).run().success();
    let copied = report_in(&world, &copy);
    type_remedy_in(&world, &copy, &check(&copied, "pyve.record-moved"));
    let _ = world.command("direnv").current_dir(&copy).args(["allow"]).run().success();
    assert_eq!(ids(&report_in(&world, &copy)), BTreeSet::new());
    // The first is as good as before.
    assert!(wrong(&world).is_empty());
}

#[test]
fn a_record_of_a_newer_pyve() {
    let Some(world) = healthy() else { return };
    world.state().edit(SEALED, |text| text.replace("\"schema\":1", "\"schema\":9"));
    fixed_by(&world, "pyve.record-unreadable", |help| {
        assert_eq!(help, "upgrade pyve, or recreate the environment with this one: `pyve init --force`");
        let _ = world.command("sh").args(["-c", "pyve init --force"]).stdin("y\n").run().success();
        allow(&world);
    });
}

#[test]
fn a_record_that_a_newer_pyve_would_keep() {
    let Some(world) = healthy() else { return };
    world.state().write("old/venv.json", &world.state().content(SEALED));
    world.state().edit("old/venv.json", |text| text.replace("\"schema\":1", "\"schema\":9"));
    fixed_by(&world, "pyve.record-other", |help| {
        assert_eq!(help, "update pyve");
        // A pyve that knows the format reads it as this one reads its own.
        fs::remove_dir_all(world.project().join(".pyve/state/old")).unwrap();
    });
}

#[test]
fn a_pyve_that_is_older_or_newer_than_its_project() {
    let Some(world) = healthy() else { return };
    let (text, settings) = (world.state().content(SEALED), world.read(".pyve/config"));
    let newer = |help: &str| {
        assert_eq!(help, "update pyve, or go on with this one: `pyve init --update`");
        let _ = world.command("sh").args(["-c", help.split_once(": ").unwrap().1.trim_matches('`')]).run().success();
    };
    world.state().write(SEALED, &text.replace("\"pyve_version\":\"4.0.0\"", "\"pyve_version\":\"9.1.0\""));
    let detail = exactly(&world, "pyve.version-older")["detail"].clone();
    assert_eq!(detail, "4.0.0: the environment's record is of pyve 9.1.0, which is newer");
    fixed_by(&world, "pyve.version-older", newer);
    world.write(".pyve/config", settings.replace("\"4.0.0\"", "\"5.0\" # ours"));
    let detail = exactly(&world, "pyve.version-older")["detail"].clone();
    assert_eq!(detail, "4.0.0: .pyve/config:2 is of pyve 5.0, which is newer");
    fixed_by(&world, "pyve.version-older", newer);
    assert_eq!(world.read(".pyve/config"), settings.replace("\"4.0.0\"", "\"4.0.0\" # ours"));
    world.state().write(SEALED, &text.replace("\"pyve_version\":\"4.0.0\"", "\"pyve_version\":\"0.9.0\""));
    let older = check(&report(&world, ""), "pyve.version");
    assert_eq!(older["status"], "info");
    type_remedy(&world, &older);
    assert_eq!(check(&report(&world, ""), "pyve.version")["status"], "ok");
}

#[test]
fn what_was_left_behind() {
    let Some(world) = healthy() else { return };
    world.write(".venv.pyve-old-abc/pyvenv.cfg", "");
    fixed(&world, "pyve.left-over");
    std::fs::create_dir_all(world.project().join(".pyve/envs/stale")).unwrap();
    fixed(&world, "pyve.orphaned-environment");
    // What somebody put there is not pyve's to remove, be it an environment or not.
    world.write(".pyve/envs/other/notes", "mine");
    let found = exactly(&world, "pyve.orphaned-environment");
    assert!(found["remedy"].as_array().unwrap().is_empty() && found["fixable"] == false, "{found}");
    std::fs::remove_dir_all(world.project().join(".pyve/envs/other")).unwrap();
    world.write(".pyve/envs/other/pyvenv.cfg", "home = /usr/bin\n");
    let found = check(&report(&world, ""), "pyve.unrecorded-environment");
    assert_eq!((&found["status"], found["remedy"][2].as_str()), (&"info".into(), Some("--update")), "{found}");
    world.write(".pyve/state/old/venv.json", "{");
    fixed(&world, "pyve.record-other");
}

#[test]
fn a_project_of_the_bash_tool_can_be_taken_over() {
    let Some(world) = quick("project") else { return };
    world.write(".envrc", "export VIRTUAL_ENV=\"$PWD/.venv\"\nPATH_add \".venv/bin\"\n");
    world.write("pyve.toml", "[env.root]\nbackend = \"pnpm\"\n");
    let found = check(&report(&world, ""), "pyve.bash-manifest");
    let asks = "`pyve.toml:2` asks for `pnpm`, which is not a backend of pyve's";
    assert_eq!((&found["status"], &found["detail"]), (&"info".into(), &asks.into()), "{found}");
    let found = check(&report(&world, ""), "pyve.bash-project");
    assert_eq!((&found["status"], found["remedy"].as_array().unwrap().len()), (&"info".into(), 3), "{found}");
    done(&world, "init --update");
    let checks = report(&world, "")["checks"].clone();
    assert!(checks.as_array().unwrap().iter().all(|check| check["id"] != "pyve.bash-project"), "{checks}");
}

#[test]
fn a_choice_of_a_newer_pyve_is_fixed_too() {
    let Some(world) = healthy() else { return };
    world.state().edit("default/current", |text| text.replace("\"schema\":1", "\"schema\":9"));
    let ids = wrong(&world);
    assert_eq!(ids.into_iter().collect::<Vec<_>>(), ["pyve.backend"]);
    fixed_by(&world, "pyve.backend", |help| {
        assert_eq!(help, "upgrade pyve, or recreate the environment with this one: `pyve init --force`");
        let _ = world.command("sh").args(["-c", "pyve init --force"]).stdin("y\n").run().success();
        allow(&world);
    });
}

#[test]
fn an_environment_that_somebody_else_could_have_put_there() {
    let Some(world) = healthy() else { return };
    fs::remove_dir_all(world.project().join(".pyve/state")).unwrap();
    let record = check(&report(&world, ""), "pyve.record");
    assert_eq!(record["detail"], "none: `.venv` was not created by pyve, and is used");
    fs::set_permissions(world.project(), std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    fixed(&world, "pyve.record-untrusted");
}
