//! Where a project lies.

use std::fs;

use super::{check, equipped, ids, report_in, type_remedy_in, wrong};
use crate::ready::{done, quick};

#[test]
fn folders_that_services_copy() {
    let Some(world) = quick("project") else { return };
    for (service, folder) in [
        ("Dropbox", "Dropbox (Work)"),
        ("OneDrive", "OneDrive - Contoso"),
        ("iCloud", "Library/Mobile Documents/com~apple~CloudDocs"),
        ("Google Drive", "Library/CloudStorage/GoogleDrive-a@b.c/My Drive"),
        ("a cloud service", "Library/CloudStorage/Box-Box"),
    ] {
        let project = world.home().join(folder).join("it's mine");
        fs::create_dir_all(&project).unwrap();
        fs::write(project.join("mine.txt"), service).unwrap();
        let seen = report_in(&world, &project);
        let synced = check(&seen, "pyve.synced-folder");
        let detail =
            format!("{}: {service} copies this directory, which damages environments in it", project.display());
        assert_eq!(synced["detail"], detail);
        type_remedy_in(&world, &project, &synced);
        let moved = world.home().join("it's mine");
        assert_eq!(fs::read_to_string(moved.join("mine.txt")).unwrap(), service);
        assert!(ids(&report_in(&world, &moved)).iter().eq(["venv.environment"]));
        fs::remove_dir_all(moved).unwrap();
    }
}

#[test]
fn a_project_with_an_environment_is_moved_out_of_a_synced_folder() {
    let Some(world) = quick("Dropbox").and_then(equipped) else { return };
    let project = world.project().join("app");
    fs::create_dir(&project).unwrap();
    // Where its name is taken at home, the user says where it goes.
    fs::create_dir(world.home().join("app")).unwrap();
    let _ = world.pyve().current_dir(&project).args(["init", "--no-direnv"]).run().success();
    let synced = check(&report_in(&world, &project), "pyve.synced-folder");
    assert_eq!(synced["hint"], "move the project to a directory that is not synchronised");
    let moved = world.root().join("app");
    fs::rename(&project, &moved).unwrap();
    let _ = world.pyve().current_dir(&moved).args(["init", "--force", "--no-direnv", "--yes"]).run().success();
    assert!(ids(&report_in(&world, &moved)).is_empty());
    // Where it is free the command is printed, and what it leaves to be done is told next.
    fs::remove_dir(world.home().join("app")).unwrap();
    fs::rename(&moved, &project).unwrap();
    let _ = world.pyve().current_dir(&project).args(["init", "--force", "--no-direnv", "--yes"]).run().success();
    let seen = report_in(&world, &project);
    assert!(ids(&seen).iter().eq(["pyve.synced-folder"]), "{seen:#}");
    type_remedy_in(&world, &project, &check(&seen, "pyve.synced-folder"));
    let moved = world.home().join("app");
    let seen = report_in(&world, &moved);
    assert!(ids(&seen).iter().eq(["pyve.record-moved"]), "{seen:#}");
    type_remedy_in(&world, &moved, &check(&seen, "pyve.record-moved"));
    assert!(ids(&report_in(&world, &moved)).is_empty());
    // It was made without one.
    assert!(!moved.join(".envrc").exists());
}

#[test]
fn an_empty_folder_without_any_tool() {
    let world = pyve_testkit::World::new();
    assert!(wrong(&world).iter().eq(["venv.environment", "venv.tool"]));
}

#[test]
fn from_a_subfolder_it_is_the_same_project() {
    let Some(world) = quick("project") else { return };
    done(&world, "init --no-direnv");
    std::fs::create_dir_all(world.project().join("a/b")).unwrap();
    let outcome = world.pyve().current_dir("a/b").args(["doctor", "--json"]).run();
    let seen: serde_json::Value = serde_json::from_slice(&outcome.stdout).unwrap();
    assert_eq!(seen["project"], world.project().to_str().unwrap());
    assert_eq!(check(&seen, "venv.environment")["status"], "ok");
}
